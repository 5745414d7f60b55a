"""Nothing that users aim leads into our own network, however it is written, named or redirected."""

import re
import socket
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address
from threading import Event

import httpx
import pytest

from generations.adapters.base import BadOutput, InvalidInput, Unavailable
from generations.http import BlockedAddress, Client, Deadline, Guard, GuardedTransport, Request
from generations.http.allowed import allowed_in
from generations.http.refusals import Unresolved
from generations.http.resolver import Resolve, resolve_by_system
from generations.http.targets import is_host_name, target_of, url_in
from tests.generations.http.corpus import PLAIN, UNUSUAL, URLS
from tests.website import Bait, Page, Website, page

# What can stand in a header and is no path on the same server.
ABSOLUTE = re.compile(r"(https?:)?//[^\x00-\x1f]*$", re.IGNORECASE)
PUBLIC = "93.184.216.34"


def names(*answers: Sequence[str]) -> Resolve:
    """A name server whose answers change from one question to the next; the last one stays."""
    left = list(answers)

    def resolve(host: str, port: int, seconds: float) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


def open_to(*ports: int, resolve: Resolve = resolve_by_system) -> Guard:
    """A guard that minds addresses and no ports."""
    return Guard(ports=frozenset(ports), resolve=resolve)


@pytest.mark.failure("K4")
@pytest.mark.fault(20)
@pytest.mark.parametrize("form", URLS)
def test_no_form_of_a_private_address_is_called(form: str, bait: Bait) -> None:
    """Guard: Guard.admit, which every request passes; the bait sees no connection."""
    url = form.replace("{port}", str(bait.port))
    with pytest.raises(InvalidInput) as refused:
        Client(5, guard=open_to(bait.port)).ask(Request("GET", url))
    assert not bait.was_visited
    assert refused.value.retry == "never"
    assert not refused.value.ambiguous


def test_the_bait_would_be_seen() -> None:
    with Bait() as listening:
        socket.create_connection(("127.0.0.1", listening.port)).close()
        assert listening.was_visited
        assert not listening.was_visited


@pytest.mark.failure("K4")
@pytest.mark.parametrize("host", UNUSUAL)
def test_an_unusual_form_is_no_name_of_a_host(host: str) -> None:
    """Guard: is_host_name; what a resolver could read as an address is never asked of it."""
    assert not is_host_name(host) or host == "localhost"


@pytest.mark.failure("K4")
@pytest.mark.parametrize("literal", PLAIN)
def test_a_name_that_leads_to_a_private_address_is_blocked(literal: str, bait: Bait) -> None:
    """Guard: Guard.admit checks every address that the resolver gives."""
    answer = "127.0.0.1" if "ocal" in literal.lower() else literal.strip("[]")
    for answers in ([answer], [PUBLIC, answer], [answer, PUBLIC], ["2a00:1450::1", PUBLIC, answer]):
        with pytest.raises(BlockedAddress, match=r"example\.org resolves to"):
            Client(5, guard=open_to(bait.port, resolve=names(answers))).ask(
                Request("GET", f"http://example.org:{bait.port}/")
            )
    assert not bait.was_visited


@pytest.mark.failure("K4")
@pytest.mark.fault(20)
def test_a_name_that_changes_its_address_is_connected_to_the_checked_one() -> None:
    """Guard: PinnedBackend; the name is asked for once, and its second answer is not reached."""
    pages: dict[str, Page] = {"/": page(b"here")}
    with Website(pages, host="127.0.0.2") as site, Website(pages, port=site.port) as private:
        allowed = allowed_in([f"127.0.0.2/32:{site.port}"])
        guard = Guard(allowed, resolve=names(["127.0.0.2"], ["127.0.0.1"]))
        request = Request("GET", f"http://rebinding.example:{site.port}/")
        assert Client(5, guard=guard).ask(request).body == b"here"
        with pytest.raises(BlockedAddress):
            Client(5, guard=guard).ask(request)
        assert (site.connections, private.connections) == (1, 0)


@pytest.mark.failure("K4")
def test_a_name_that_changes_between_two_hops_is_checked_again() -> None:
    """Guard: every hop goes through GuardedTransport.handle_request by itself."""
    pages: dict[str, Page] = {
        "/": page(status="302 Found", Location="/again"),
        "/again": page(b"there"),
    }
    with Website(pages, host="127.0.0.2") as site, Website(pages, port=site.port) as private:
        allowed = allowed_in([f"127.0.0.2/32:{site.port}"])
        guard = Guard(allowed, resolve=names(["127.0.0.2"], ["127.0.0.1"]))
        with pytest.raises(BlockedAddress, match=r"rebinding\.example resolves to 127\.0\.0\.1"):
            Client(5, guard=guard).ask(Request("GET", f"http://rebinding.example:{site.port}/"))
        assert (site.connections, private.connections) == (1, 0)


@pytest.mark.failure("K4")
@pytest.mark.fault(20)
@pytest.mark.parametrize("form", [form for form in URLS if ABSOLUTE.match(form)])
def test_a_redirect_to_a_private_address_is_not_followed(form: str, bait: Bait) -> None:
    """Guard: redirects are followed by us, one checked request after the other."""
    location = form.replace("{port}", str(bait.port))
    with Website({"/": page(status="302 Found", Location=location)}) as site:
        guard = replace(site.guard(), ports=frozenset({bait.port}))
        with pytest.raises((InvalidInput, BadOutput)):
            Client(5, guard=guard).ask(Request("GET", f"{site.root}/"))
        assert not bait.was_visited
        assert len(site.visits) == 1


@pytest.mark.failure("K4")
def test_a_client_of_another_library_is_guarded_too(bait: Bait) -> None:
    """Guard: the guard is in the transport, below any client built on httpx."""
    transport = GuardedTransport(open_to(bait.port), Deadline(5), largest=1000)
    with (
        httpx.Client(transport=transport, trust_env=False, follow_redirects=True) as client,
        pytest.raises(httpx.TransportError, match="loopback"),
    ):
        client.get(f"http://127.0.0.1:{bait.port}/")
    assert not bait.was_visited


@pytest.mark.failure("K4")
def test_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, bait: Bait
) -> None:
    """Guard: the client has no transport but ours, which knows no proxies."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{bait.port}")
    with Website({"/": page(b"direct")}) as site:
        answer = Client(5, guard=site.guard()).ask(Request("GET", f"{site.root}/"))
    assert answer.body == b"direct"
    assert not bait.was_visited


@pytest.mark.failure("K4")
@pytest.mark.parametrize("port", [1, 22, 25, 81, 3306, 5432, 6379, 9200, 11211, 65535])
def test_an_unusual_port_is_not_called(port: int) -> None:
    """Guard: Guard.admit, before any name is asked for."""
    asked: list[str] = []

    def resolve(host: str, port: int, seconds: float) -> Sequence[str]:
        asked.append(host)
        return [PUBLIC]

    guard = Guard(allowed_in(["10.0.0.5:8188"]), resolve=resolve)
    with pytest.raises(BlockedAddress, match=f"port {port} may not be called"):
        Client(5, guard=guard).ask(Request("GET", f"http://example.org:{port}/"))
    assert asked == []


@pytest.mark.failure("K4")
def test_the_port_of_an_allowed_place_is_not_opened_for_others() -> None:
    """Guard: Guard._check, once more for every address."""
    guard = Guard(allowed_in(["10.0.0.5:8188"]), resolve=names([PUBLIC]))
    with pytest.raises(BlockedAddress, match="port 8188 may not be called"):
        Client(5, guard=guard).ask(Request("GET", "http://example.org:8188/"))


@pytest.mark.failure("K4")
def test_a_place_that_is_allowed_without_a_port_is_so_on_the_usual_ones(bait: Bait) -> None:
    """Guard: Guard._entries_for."""
    guard = Guard(allowed_in(["127.0.0.1"]))
    with pytest.raises(BlockedAddress, match=f"port {bait.port} may not be called"):
        Client(5, guard=guard).ask(Request("GET", f"http://127.0.0.1:{bait.port}/"))
    guard = Guard(allowed_in(["127.0.0.1", f"10.0.0.5:{bait.port}"]))
    with pytest.raises(BlockedAddress):
        Client(5, guard=guard).ask(Request("GET", f"http://127.0.0.1:{bait.port}/"))
    assert not bait.was_visited
    with Website({"/": page(b"mine")}) as site:
        guard = Guard(allowed_in(["127.0.0.1"]), ports=frozenset({site.port}))
        assert Client(5, guard=guard).ask(Request("GET", f"{site.root}/")).body == b"mine"


def test_what_is_public_is_let_through_with_all_its_addresses() -> None:
    guard = Guard(resolve=names([PUBLIC, "2a00:1450::1"]))
    target, addresses = guard.admit(url_in("https://example.org/a?b#c"), Deadline(5))
    assert str(target) == "https://example.org"
    assert list(addresses) == [ip_address(PUBLIC), ip_address("2a00:1450::1")]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://EXAMPLE.org", "http://example.org"),
        ("http://example.org:80/", "http://example.org"),
        ("https://example.org:443/", "https://example.org"),
        ("http://example.org:443/", "http://example.org:443"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("https://3com.example/", "https://3com.example"),
        ("https://a_b.example/", "https://a_b.example"),
        ("https://1.1.1.1/", "https://1.1.1.1"),
        ("https://[2606:4700::1111]:8443/", "https://[2606:4700::1111]:8443"),
        ("http://example.org/#@127.0.0.1", "http://example.org"),
        ("http://example.org/@127.0.0.1", "http://example.org"),
    ],
)
def test_an_ordinary_url_is_read(url: str, shown: str) -> None:
    assert str(target_of(url_in(url))) == shown


def test_a_url_has_a_length() -> None:
    with pytest.raises(InvalidInput, match="8192 characters"):
        Client(5).ask(Request("GET", "https://example.org/" + "x" * 8192))


@pytest.mark.parametrize("answer", [[], ["nonsense"]])
def test_a_name_without_a_usable_address_is_a_passing_failure(answer: list[str]) -> None:
    with pytest.raises(Unavailable, match=r"example\.org"):
        Client(5, guard=Guard(resolve=names(answer))).ask(Request("GET", "http://example.org/"))


def test_a_name_that_does_not_exist_is_a_passing_failure() -> None:
    with pytest.raises(Unavailable, match="cannot be resolved"):
        Client(5).ask(Request("GET", "http://nowhere.invalid/"))


@pytest.mark.failure("G5")
def test_a_name_server_that_hangs_does_not_hang_us() -> None:
    """Guard: resolve_by_system waits within the deadline only."""
    answered = Event()

    def ask(host: str, port: int) -> Sequence[str]:
        answered.wait(20)
        return [PUBLIC]

    with pytest.raises(Unresolved, match="not resolved in time"):
        resolve_by_system("slow.example", 80, 0.05, ask)
    answered.set()
