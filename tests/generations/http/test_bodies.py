"""Answers that hang, drip, never end, unpack to too much or are garbage: each ends, typed."""

import gzip
import json
import socket
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from generations.adapters.base import (
    BadOutput,
    ConnectionLost,
    ProviderTimeout,
    ToolError,
    Unavailable,
)
from generations.http import Client, Guard, Request
from generations.http.allowed import allowed_in
from tests.servers import free_port
from tests.website import HERE, Page, Talk, Website, head, page

MIB = 1024 * 1024
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PACKED = gzip.compress(b"{}", mtime=0)
GARBAGE = {
    "no JSON": b"<html>",
    "nothing": b"",
    "half": b'{"id": "a',
    "NaN": b"[NaN]",
    "a number that overflows": b"1e999",
    "U+0000": b'{"id": "\\u0000"}',
    "U+0000 alone": b'"\\u0000"',
    "a lone surrogate": b'["\\ud800"]',
    "no UTF-8": b'"\xff"',
    "a key twice": b'{"id": 1, "id": 2}',
    "5000 digits": b"9" * 5000,
    "deep": b"[" * 40 + b"]" * 40,
    "very deep": b"[" * 500_000,
}


def short(value: str | bytes) -> str:
    """Name a case by its beginning."""
    return repr(value)[:30]


def fail(pages: dict[str, Page], seconds: float = 5, method: str = "GET", **more: int) -> ToolError:
    """Ask for ``/``, which must fail; return how."""
    with Website(pages) as site:
        client = Client(seconds, guard=site.guard())
        with pytest.raises(ToolError) as failed:
            client.ask(Request(method, f"{site.root}/"), **more).json()
    return failed.value


@contextmanager
def at_most(mib: float) -> Iterator[None]:
    """Fail when more memory than this is in use at any moment."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < mib * MIB
    finally:
        tracemalloc.stop()


def hang(talk: Talk) -> None:
    talk.ended.wait(20)


def hang_in_head(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\nContent-")
    talk.ended.wait(20)


def hang_in_body(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    talk.ended.wait(20)


def drip_head(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    talk.repeat(b"x", every=0.01)


def drip_body(talk: Talk) -> None:
    talk.send(head())
    talk.repeat(b"x", every=0.01)


def drip_chunks(talk: Talk) -> None:
    talk.send(CHUNKED)
    talk.repeat(b"1\r\nx\r\n", every=0.01)


def drip_interim(talk: Talk) -> None:
    talk.repeat(b"HTTP/1.1 100 Continue\r\n\r\n", every=0.01)


@pytest.mark.failure("G5")
@pytest.mark.fault(16)
@pytest.mark.parametrize(
    "slow",
    [hang, hang_in_head, hang_in_body, drip_head, drip_body, drip_chunks, drip_interim],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_slow_answer_ends_with_the_deadline(slow: Page, method: str) -> None:
    """Guard: PinnedStream waits for the one deadline of all, not for each piece anew."""
    began = monotonic()
    error = fail({"/": slow}, seconds=0.3, method=method)
    assert type(error) is ProviderTimeout
    assert monotonic() - began < 3
    assert error.ambiguous is (method == "POST")


@pytest.mark.failure("G5")
def test_redirects_have_one_deadline_together() -> None:
    """Guard: all hops of a request share the client's deadline."""

    def linger(talk: Talk) -> None:
        talk.ended.wait(0.2)
        talk.send(page(status="302 Found", Location="/"))

    began = monotonic()
    assert type(fail({"/": linger}, seconds=0.5)) is ProviderTimeout
    assert monotonic() - began < 3


@pytest.mark.failure("G5")
def test_a_server_that_does_not_read_is_left_in_time() -> None:
    """Guard: PinnedStream.write waits for the deadline, too."""
    with socket.create_server((HERE, 0)) as deaf:
        port = deaf.getsockname()[1]
        request = Request("POST", f"http://{HERE}:{port}/", content=bytes(20 * MIB))
        with pytest.raises(ProviderTimeout) as failed:
            Client(0.3, guard=Guard(allowed_in([f"{HERE}:{port}"]))).ask(request)
    assert failed.value.ambiguous


@pytest.mark.failure("G5")
@pytest.mark.fault(16)
@pytest.mark.parametrize("start", [head(), CHUNKED + b"FFFFFFFFFF\r\n"])
def test_a_body_without_an_end_is_cut_off_in_flat_memory(start: bytes) -> None:
    """Guard: bounded() counts while the body comes."""

    def pour(talk: Talk) -> None:
        talk.send(start)
        talk.repeat(b"x" * 65_536)

    with at_most(mib=8):
        error = fail({"/": pour}, largest=2 * MIB)
    assert type(error) is BadOutput
    assert "larger than 2097152 bytes" in error.message


@pytest.mark.failure("G5")
@pytest.mark.fault(16)
def test_a_body_that_unpacks_to_too_much_is_cut_off_in_flat_memory() -> None:
    """Guard: unpacked() unpacks piece by piece and counts what comes out."""
    bomb = gzip.compress(bytes(100 * MIB), 9)
    assert len(bomb) < MIB
    with at_most(mib=4):
        error = fail({"/": page(bomb, Content_Encoding="gzip")}, largest=MIB)
    assert type(error) is BadOutput
    assert "larger than 1048576 bytes" in error.message


@pytest.mark.failure("G5")
@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate", "compress", "x"])
def test_a_packing_that_was_not_asked_for_is_not_unpacked(encoding: str) -> None:
    """Guard: unpacked() knows one packing, once."""
    error = fail({"/": page(gzip.compress(gzip.compress(b"{}")), Content_Encoding=encoding)})
    assert type(error) is BadOutput
    assert "was not asked for" in error.message


@pytest.mark.parametrize(
    "packed",
    [PACKED[:-4], b"no gzip", PACKED + b"more", b"\x1f\x8b"],
    ids=["cut off", "no gzip", "with more", "its beginning"],
)
def test_a_broken_packing_is_a_bad_answer(packed: bytes) -> None:
    assert type(fail({"/": page(packed, Content_Encoding="gzip")})) is BadOutput


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip", " gzip "])
def test_a_packed_body_is_unpacked(encoding: str) -> None:
    body = b'{"text": "' + b"x" * 300_000 + b'"}'
    pages: dict[str, Page] = {"/": page(gzip.compress(body), Content_Encoding=encoding)}
    with Website(pages) as site:
        answer = Client(5, guard=site.guard()).ask(Request("GET", f"{site.root}/"))
        assert answer.body == body
        assert "content-encoding" not in answer.headers
        assert site.visits[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    "whole",
    [
        page(b"{}"),
        page(b"{}", Content_Encoding="identity"),
        head() + b"{}",
        CHUNKED + b"1\r\n{\r\n1;name=value\r\n}\r\n0\r\nX-Trailer: 1\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + page(b"{}"),
        b"HTTP/1.0 200 OK\r\n\r\n{}",
    ],
)
def test_an_ordinary_body_is_read(whole: bytes) -> None:
    with Website({"/": whole}) as site:
        assert Client(5, guard=site.guard()).ask(Request("GET", f"{site.root}/")).json() == {}


@pytest.mark.failure("G5")
@pytest.mark.fault(17)
@pytest.mark.parametrize("case", GARBAGE)
def test_garbage_in_the_place_of_json_is_a_bad_answer(case: str) -> None:
    """Guard: Answer.json reads with value_in, as strictly as what we are sent ourselves."""
    error = fail({"/": page(GARBAGE[case], X_Request_Id="r-1")}, method="POST")
    assert type(error) is BadOutput
    assert error.retry == "never"
    assert error.ambiguous
    assert (error.http_status, error.request_id) == (200, "r-1")
    assert len(error.body) <= 64_000


@pytest.mark.parametrize("value", [[], "text", 1, None, {"a": [1.5, True, "é"]}])
def test_any_json_value_is_read(value: object) -> None:
    with Website({"/": page(json.dumps(value, ensure_ascii=False).encode())}) as site:
        answer = Client(5, guard=site.guard()).ask(Request("GET", f"{site.root}/"))
    assert answer.json() == value


@pytest.mark.failure("G5")
@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"\x00\x01\x02\x03\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
        CHUNKED + b"xyz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
        b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 50_000,
    ],
    ids=short,
)
def test_what_is_not_http_is_a_bad_answer(raw: bytes) -> None:
    """Guard: Exchange.broken; heads are bounded by the library."""

    def babble(talk: Talk) -> None:
        talk.send(raw)
        talk.ended.wait(20)

    error = fail({"/": babble}, method="POST")
    assert type(error) is BadOutput
    assert "does not speak HTTP" in error.message
    assert error.ambiguous


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "beginning",
    [b"", b"HTTP/1.1 200 OK\r\nConte", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
     CHUNKED + b"9\r\nhalf"],
)  # fmt: skip
@pytest.mark.parametrize("how", ["closed", "reset"])
def test_a_connection_that_ends_after_sending_is_lost(
    beginning: bytes, how: str, method: str
) -> None:
    def end(talk: Talk) -> None:
        talk.send(beginning)
        if how == "reset":
            talk.reset()

    error = fail({"/": end}, method=method)
    assert type(error) is ConnectionLost
    assert error.retry == "same_order"
    assert error.ambiguous is (method == "POST")
    assert "RemoteProtocolError" in error.trace or "ReadError" in error.trace


@pytest.mark.fault(13)
def test_a_connection_that_is_refused_was_not_sent() -> None:
    with Website({}, port=free_port()) as site:
        pass
    with pytest.raises(Unavailable, match="refused") as failed:
        Client(5, guard=site.guard()).ask(Request("POST", f"http://{HERE}:{site.port}/"))
    assert not failed.value.ambiguous
    assert failed.value.retry == "later"


def test_no_time_at_all_is_no_time_to_send() -> None:
    with Website({"/": page()}) as site:
        with pytest.raises(Unavailable) as failed:
            Client(0, guard=site.guard()).ask(Request("POST", f"{site.root}/"))
        assert site.connections == 0
    assert not failed.value.ambiguous


def test_a_body_is_had_in_pieces_while_it_comes() -> None:
    def two(talk: Talk) -> None:
        talk.send(CHUNKED + b"5\r\nfirst\r\n")
        talk.ended.wait(20) if len(talk.visit.target) > 1 else talk.send(b"4\r\nlast\r\n0\r\n\r\n")

    with Website({"/": two, "/hang": two}) as site:
        client = Client(5, guard=site.guard())
        with client.open(Request("GET", f"{site.root}/hang")) as incoming:
            assert next(incoming.pieces()) == b"first"
        with client.open(Request("GET", f"{site.root}/")) as incoming:
            assert b"".join(incoming.pieces()) == b"firstlast"


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain", "é".encode(), "é"),
        ("text/plain; charset=ISO-8859-1", b"\xe9", "é"),
        ('text/html; charset="windows-1252"', b"\x80", "€"),
        ("text/plain;charset=utf-16", "é".encode("utf-16"), "é"),
        ("text/plain", b"", ""),
    ],
)
def test_a_text_is_read_in_its_charset(content_type: str, body: bytes, text: str) -> None:
    with Website({"/": page(body, Content_Type=content_type)}) as site:
        assert Client(5, guard=site.guard()).ask(Request("GET", f"{site.root}/")).text() == text


@pytest.mark.failure("G5")
@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("utf-8", b"\xff"),
        ("us-ascii", b"\xe9"),
        ("utf-8", b"a\x00b"),
        ("bz2_codec", b"x"),
        ("zip", b"x"),
        ("unicode_escape", b"x"),
        ("punycode", b"x"),
        ("utf-7", b"x"),
        ("nonsense", b"x"),
        ("x" * 5000, b"x"),
    ],
    ids=short,
)
def test_a_text_in_no_charset_is_a_bad_answer(charset: str, body: bytes) -> None:
    """Guard: Answer.text knows charsets by a list, and nothing that unpacks."""
    pages: dict[str, Page] = {"/": page(body, Content_Type=f"text/plain; charset={charset}")}
    with Website(pages) as site:
        answer = Client(5, guard=site.guard()).ask(Request("GET", f"{site.root}/"))
    with pytest.raises(BadOutput):
        answer.text()
