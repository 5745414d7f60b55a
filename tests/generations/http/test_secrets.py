"""A secret that is sent stands in nothing that is written down, whatever goes wrong."""

import logging
import traceback

import pytest

from generations.adapters.base import InvalidInput, ToolError
from generations.failures import Failure
from generations.http import Client, Exchange, Request
from tests.website import Page, Talk, Website, page

SECRET = "canary-4f1b7c2d9e"
CREDENTIALS = {"Authorization": f"Bearer {SECRET}", "X-Api-Key": f"{SECRET}-2"}


def echo(status: str) -> Page:
    def answer(talk: Talk) -> None:
        told = talk.visit.headers["authorization"]
        body = f'{{"error": "{told} is wrong, and so is {SECRET}-2"}}'.encode()
        talk.send(page(body, f"{status} {told}", X_Request_Id=told, Content_Type="text/plain"))

    return answer


def echo_garbage(talk: Talk) -> None:
    talk.send(talk.visit.headers["authorization"].encode() + b"\r\n\r\n")
    talk.ended.wait(20)


def echo_bad_json(talk: Talk) -> None:
    told = talk.visit.headers["authorization"]
    talk.send(page(f'{{"{told}": 1, "{told}": 2}}'.encode(), X_Request_Id=told))


def echo_bad_redirect(talk: Talk) -> None:
    told = talk.visit.headers["x-api-key"]
    talk.send(page(status="302 Found", Location=f"http://{told}:x/"))


def echo_bad_encoding(talk: Talk) -> None:
    talk.send(page(b"x", Content_Encoding=talk.visit.headers["x-api-key"]))


def break_off(talk: Talk) -> None:
    talk.reset()


def everything_of(error: ToolError) -> str:
    failure = Failure.from_error(error, "call", 1)
    told = "".join(traceback.format_exception(error))
    return f"{error!r} {error} {vars(error)} {told} {failure.to_json()}"


@pytest.mark.failure("K6")
@pytest.mark.parametrize(
    "answer",
    [echo("400"), echo("401"), echo("429"), echo("500"), echo("302"), echo_garbage, echo_bad_json,
     echo_bad_redirect, echo_bad_encoding, break_off],
)  # fmt: skip
def test_no_failure_holds_a_secret(answer: Page, caplog: pytest.LogCaptureFixture) -> None:
    """Guard: Exchange.hide, on every part of every error."""
    caplog.set_level(logging.DEBUG)
    with Website({"/": answer}) as site:
        request = Request("GET", f"{site.root}/?key={SECRET}", credentials=CREDENTIALS)
        with pytest.raises(ToolError) as failed:
            Client(5, guard=site.guard()).ask(request).json()
        assert site.visits[0].headers["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in everything_of(failed.value)
    assert SECRET not in caplog.text


@pytest.mark.failure("K6")
@pytest.mark.parametrize(
    "value",
    [f"{SECRET}\r\nX: y", f"{SECRET}\x00", f"é{SECRET}", SECRET * 999],
    ids=["two lines", "NUL", "not ASCII", "long"],
)
def test_a_credential_that_cannot_be_sent_is_not_quoted(value: str) -> None:
    """Guard: headers are checked before the library sees them, which would quote them."""
    request = Request("GET", "https://example.org/", credentials={"Authorization": value})
    with pytest.raises(InvalidInput, match="The header Authorization must be") as failed:
        Client(5).ask(request)
    assert SECRET not in everything_of(failed.value)


@pytest.mark.failure("K6")
def test_nothing_of_the_client_shows_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Guard: what may hold a secret is left out of every repr and of every log."""
    caplog.set_level(logging.DEBUG)
    cookie = page(SECRET.encode(), Set_Cookie=f"session={SECRET}")
    with Website({"/": cookie}) as site:
        request = Request(
            "POST",
            f"{site.root}/?key={SECRET}",
            query={"token": SECRET},
            headers={"X-Note": SECRET},
            credentials=CREDENTIALS,
            content=SECRET.encode(),
        )
        client = Client(5, guard=site.guard())
        with client.open(request) as incoming:
            answer = incoming.whole()
    shown = [repr(thing) for thing in (request, client, incoming, answer, answer.exchange)]
    assert SECRET not in " ".join(shown)
    assert SECRET not in caplog.text
    assert answer.body == SECRET.encode()


@pytest.mark.failure("K6")
def test_the_longest_secret_is_taken_out_first() -> None:
    """Guard: Exchange.hide leaves no rest of a secret that begins like another."""
    exchange = Exchange("it", secrets=(SECRET, f"{SECRET}-2"))
    assert exchange.hide(f"a {SECRET}-2 b {SECRET}", 100) == "a [redacted] b [redacted]"


@pytest.mark.parametrize(
    "name",
    ["Host", "content-length", "Transfer-Encoding", "Connection", "Proxy-Authorization",
     "Accept-Encoding", "a b", "a:", "", "é"],
)  # fmt: skip
def test_a_header_of_the_connection_cannot_be_given(name: str) -> None:
    with pytest.raises(InvalidInput):
        Client(5).ask(Request("GET", "https://example.org/", headers={name: "x"}))


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "get", "", "GET /\r\n"])
def test_an_unusual_method_is_not_sent(method: str) -> None:
    with pytest.raises(InvalidInput, match="method"):
        Client(5).ask(Request(method, "https://example.org/"))
