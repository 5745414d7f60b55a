"""A pinned connection still proves the name that was asked for."""

import socket
import ssl
from collections.abc import Sequence
from threading import Thread

import pytest

from generations.adapters.base import BadOutput, ConnectionLost, Unavailable
from generations.http import Client, Guard, Request
from generations.http.allowed import allowed_in
from tests.certificates import Authority
from tests.website import HERE, Website, page


def here(host: str, port: int, seconds: float) -> Sequence[str]:
    return [HERE]


def guard_of(site: Website) -> Guard:
    return Guard(allowed_in([f"{HERE}/32:{site.port}"]), resolve=here)


def test_the_name_stays_in_the_request_and_in_tls(authority: Authority) -> None:
    tls = authority.server_tls("provider.example")
    greeted: list[str | None] = []

    def note_name(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
        greeted.append(name)

    tls.sni_callback = note_name
    with Website({"/": page(b"secured")}, tls=tls) as site:
        client = Client(5, guard=guard_of(site), tls=authority.client_tls())
        answer = client.ask(Request("GET", f"https://provider.example:{site.port}/"))
        assert answer.body == b"secured"
        assert greeted == ["provider.example"]
        assert site.visits[0].headers["host"] == f"provider.example:{site.port}"


@pytest.mark.failure("K4")
def test_a_server_that_cannot_prove_its_name_gets_nothing(authority: Authority) -> None:
    """Guard: PinnedStream.start_tls verifies the name that was asked for, not the address."""
    with Website({"/": page()}, tls=authority.server_tls("provider.example")) as site:
        client = Client(5, guard=guard_of(site), tls=authority.client_tls())
        with pytest.raises(Unavailable, match=r"not valid for 'other\.example'") as refused:
            client.ask(Request("POST", f"https://other.example:{site.port}/"))
        assert site.visits == []
    assert not refused.value.ambiguous


def test_an_unknown_authority_is_not_trusted(authority: Authority) -> None:
    with Website({"/": page()}, tls=authority.server_tls("provider.example")) as site:
        client = Client(5, guard=guard_of(site))
        with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
            client.ask(Request("GET", f"https://provider.example:{site.port}/"))
        assert site.visits == []


@pytest.mark.failure("K4")
def test_a_redirect_never_leads_out_of_tls(authority: Authority) -> None:
    """Guard: redirected() refuses to go from https to http."""
    with Website({"/": page(b"plain")}) as plain:
        pages = {"/": page(status="301 Moved Permanently", Location=f"{plain.root}/")}
        with Website(pages, tls=authority.server_tls("provider.example")) as site:
            guard = Guard(plain.allowed + guard_of(site).allow, resolve=here)
            client = Client(5, guard=guard, tls=authority.client_tls())
            with pytest.raises(BadOutput, match="from https to http"):
                client.ask(Request("GET", f"https://provider.example:{site.port}/"))
        assert plain.connections == 0


@pytest.mark.failure("G5")
def test_a_server_that_says_nothing_before_tls_is_left_in_time(authority: Authority) -> None:
    """Guard: PinnedStream.start_tls waits for the deadline only, and nothing was sent yet."""
    with Website({}) as site:
        client = Client(0.3, guard=guard_of(site), tls=authority.client_tls())
        with pytest.raises(Unavailable, match="did not secure it in time") as refused:
            client.ask(Request("POST", f"https://provider.example:{site.port}/"))
    assert not refused.value.ambiguous


@pytest.mark.failure("C14")
def test_a_connection_that_breaks_before_tls_was_not_sent(authority: Authority) -> None:
    """Guard: Wire.was_sent; only what may have arrived is in doubt."""
    with socket.create_server((HERE, 0)) as listening:
        port = listening.getsockname()[1]

        def break_off() -> None:
            connection, _ = listening.accept()
            connection.recv(10)
            connection.close()

        breaking = Thread(target=break_off)
        breaking.start()
        guard = Guard(allowed_in([f"{HERE}/32:{port}"]), resolve=here)
        with pytest.raises(Unavailable) as refused:
            Client(5, guard=guard, tls=authority.client_tls()).ask(
                Request("POST", f"https://provider.example:{port}/")
            )
        breaking.join()
    assert not refused.value.ambiguous


@pytest.mark.failure("C14")
def test_a_connection_that_breaks_after_tls_is_in_doubt(authority: Authority) -> None:
    """Guard: Wire.was_sent."""
    tls = authority.server_tls("provider.example")
    with Website({"/": lambda talk: talk.reset()}, tls=tls) as site:
        client = Client(5, guard=guard_of(site), tls=authority.client_tls())
        with pytest.raises(ConnectionLost) as lost:
            client.ask(Request("POST", f"https://provider.example:{site.port}/"))
    assert lost.value.ambiguous
