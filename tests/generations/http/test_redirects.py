"""Redirects: some are followed, each is checked, and what is secret stays at home."""

import pytest

from generations.adapters.base import BadOutput
from generations.http import Client, Guard, Request
from generations.http.redirects import MAX_HOPS
from tests.website import Page, Visit, Website, page

SECRET = "canary-4f1b7c"


def moved(location: str, status: str = "302 Found") -> bytes:
    return page(status=status, Location=location)


@pytest.mark.parametrize(
    "status",
    ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect",
     "308 Permanent Redirect"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_redirect_is_followed(status: str, method: str) -> None:
    with Website({"/a/b": moved("../c?d=e#f", status), "/c": page(b"there")}) as site:
        answer = Client(5, guard=site.guard()).ask(Request(method, f"{site.root}/a/b"))
        assert [(visit.method, visit.target) for visit in site.visits] == [
            (method, "/a/b"),
            (method, "/c?d=e"),
        ]
    assert answer.status == 200


def test_a_redirect_that_was_expected_is_the_answer() -> None:
    with Website({"/": moved("/there")}) as site:
        request = Request("GET", f"{site.root}/", expected={302})
        answer = Client(5, guard=site.guard()).ask(request)
        assert (answer.status, answer.headers["location"]) == (302, "/there")
        assert len(site.visits) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_changes_something_is_never_sent_on(method: str) -> None:
    with Website({"/": moved("/there", "307 Temporary Redirect"), "/there": page()}) as site:
        with pytest.raises(BadOutput, match="answered 307 Temporary Redirect"):
            Client(5, guard=site.guard()).ask(Request(method, f"{site.root}/"))
        assert len(site.visits) == 1


@pytest.mark.failure("G5")
def test_redirects_in_a_circle_end() -> None:
    """Guard: MAX_HOPS."""
    with Website({"/": moved("/on"), "/on": moved("/")}) as site:
        with pytest.raises(BadOutput, match=f"redirects more than {MAX_HOPS} times"):
            Client(5, guard=site.guard()).ask(Request("GET", f"{site.root}/"))
        assert len(site.visits) == MAX_HOPS + 1


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("", "does not say where to"),
        ("ftp://example.org/", "not a URL"),
        ("http://", "not a URL"),
        ("http://example.org:port/", "not a URL"),
        ("http://user:word@example.org/", "leads nowhere"),
        ("http://example.org\\@127.0.0.1/", "not a URL"),
        ("http://2130706433/", "leads nowhere"),
        ("mailto:a@example.org", "not a URL"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_a_bad_answer(location: str, why: str) -> None:
    with Website({"/": moved(location)}) as site, pytest.raises(BadOutput, match=why):
        Client(5, guard=site.guard()).ask(Request("GET", f"{site.root}/"))


def follow(locations: list[str], sites: list[Website]) -> list[Visit]:
    guard = Guard(tuple(entry for site in sites for entry in site.allowed))
    request = Request(
        "GET",
        locations[0],
        headers={"Accept": "text/plain", "X-Api-Version": "2", "Cookie": f"id={SECRET}"},
        credentials={"Authorization": f"Bearer {SECRET}", "X-Api-Key": SECRET},
    )
    Client(5, guard=guard).ask(request)
    return [visit for site in sites for visit in site.visits]


@pytest.mark.failure("K6")
def test_credentials_stay_with_the_origin_they_are_for() -> None:
    """Guard: redirected() takes only what is for anybody to another origin."""
    with Website({"/": page(b"there")}) as other:
        pages: dict[str, Page] = {"/": moved(f"{other.root}/")}
        with Website(pages) as site:
            first, second = follow([f"{site.root}/"], [site, other])
    assert first.headers["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in str(second)
    assert second.headers["accept"] == "text/plain"
    assert "x-api-version" not in second.headers
    assert second.headers["host"] == f"127.0.0.1:{other.port}"


@pytest.mark.failure("K6")
def test_credentials_do_not_come_back_with_the_way_back() -> None:
    """Guard: each hop takes along what the one before it carried, not what the first one did."""
    pages: dict[str, Page] = {}
    with Website(pages) as site, Website(pages) as other:
        site.pages = {"/": moved(f"{other.root}/"), "/back": page(b"there")}
        other.pages = {"/": moved(f"{site.root}/back")}
        first, back, _ = follow([f"{site.root}/"], [site, other])
    assert SECRET in str(first)
    assert back.target == "/back"
    assert SECRET not in str(back)


def test_credentials_go_along_within_their_origin() -> None:
    with Website({"/": moved("/on"), "/on": page(b"there")}) as site:
        _, second = follow([f"{site.root}/"], [site])
    assert second.headers["authorization"] == f"Bearer {SECRET}"
    assert second.headers["x-api-version"] == "2"
