"""What a status means, what of an answer is kept, and how long a server may ask to wait."""

from datetime import UTC, datetime

import pytest

from generations.adapters.base import (
    BadOutput,
    Busy,
    InvalidInput,
    JobLost,
    OutOfCredit,
    ProviderTimeout,
    RateLimited,
    Refused,
    ToolError,
    Unauthorized,
    Unavailable,
)
from generations.failures import Failure
from generations.http import Client, Request
from generations.http.retry_after import seconds_in
from generations.http.statuses import Meanings
from generations.http.words import words_in
from generations.retry import MAX_RETRY_AFTER_S
from tests.website import Page, Talk, Website, head, page

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
DATE = "Mon, 23 Nov 2026 12:00:00 GMT"
MEANINGS: dict[int, type[ToolError]] = {
    300: BadOutput,
    304: BadOutput,
    400: InvalidInput,
    401: Unauthorized,
    402: OutOfCredit,
    403: Unauthorized,
    404: InvalidInput,
    405: InvalidInput,
    408: Unavailable,
    409: Refused,
    410: InvalidInput,
    413: InvalidInput,
    418: InvalidInput,
    422: InvalidInput,
    423: Busy,
    425: Unavailable,
    429: RateLimited,
    451: Refused,
    499: InvalidInput,
    500: Unavailable,
    501: Refused,
    502: Unavailable,
    503: Unavailable,
    504: ProviderTimeout,
    520: Unavailable,
    524: ProviderTimeout,
    529: Busy,
    599: Unavailable,
    600: BadOutput,
    999: BadOutput,
}


def fail(answer: Page, method: str = "GET", meanings: Meanings | None = None) -> ToolError:
    with Website({"/": answer}) as site:
        with pytest.raises(ToolError) as failed:
            Client(5, guard=site.guard(), meanings=meanings).ask(Request(method, f"{site.root}/"))
        assert len(site.visits) == 1
    return failed.value


@pytest.mark.fault(15)
@pytest.mark.failure("C4")
@pytest.mark.parametrize("status", MEANINGS)
def test_a_status_has_one_meaning(status: int) -> None:
    """Guard: meaning_of, a closed table; no text decides."""
    error = fail(page(b'{"detail": "It exceeded 429."}', f"{status} Whatever"), "POST")
    assert type(error) is MEANINGS[status]
    assert error.http_status == status
    assert error.ambiguous is (status in {502, 504, 520, 524})
    assert Failure.from_error(error, "call", 1).provider["status"] == status


def test_a_provider_may_mean_something_else() -> None:
    error = fail(page(status="404 Not Found"), meanings={404: JobLost})
    assert type(error) is JobLost


def test_an_expected_status_is_an_answer() -> None:
    with Website({"/": page(b"none", "404 Not Found")}) as site:
        request = Request("GET", f"{site.root}/", expected={200, 404})
        answer = Client(5, guard=site.guard()).ask(request)
    assert (answer.status, answer.body) == (404, b"none")


@pytest.mark.failure("C13")
def test_what_the_server_said_is_kept() -> None:
    """Guard: Exchange.facts."""
    body = b'{"error": {"message": "The prompt is empty.", "code": "empty"}}'
    error = fail(page(body, "422 Unprocessable Entity", X_Request_Id="req-7"))
    assert (error.http_status, error.request_id, error.body) == (422, "req-7", body.decode())
    assert "answered 422 Unprocessable" in error.message
    assert error.message.endswith(": The prompt is empty.")


@pytest.mark.failure("G5")
def test_the_body_of_a_failure_is_bounded_and_may_break_off() -> None:
    """Guard: the status is the answer; _beginning reads a part of the body."""

    def pour(talk: Talk) -> None:
        talk.send(head(Content_Type="text/plain").replace(b"200 OK", b"400 Bad Request"))
        talk.repeat(b"x" * 65_536)

    error = fail(pour)
    assert type(error) is InvalidInput
    assert len(error.body) <= 64_000
    assert len(error.message) <= 2_000
    broken = fail(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 9\r\n\r\nhalf")
    assert (type(broken), broken.body) == (InvalidInput, "half")
    packed = fail(page(b"no gzip", "500 Oops", Content_Encoding="gzip"))
    assert type(packed) is Unavailable
    assert "broken" in packed.body


@pytest.mark.failure("G6")
@pytest.mark.fault(14)
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        ("0", 0.0),
        ("3600", 3600.0),
        ("3601", 3600.0),
        ("999999999", 3600.0),
        ("9" * 5000, 3600.0),
        ("Mon, 23 Nov 2026 12:01:30 GMT", 90.0),
        ("Monday, 23-Nov-26 12:01:30 GMT", 90.0),
        ("Mon Nov 23 12:01:30 2026", 90.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0),
        ("Mon, 99 Nov 2026 12:01:30 GMT", None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("1e9", None),
        ("NaN", None),
        ("inf", None),
        ("\u0665", None),
        ("\u00b2", None),
        ("5, 10", None),
        ("soon", None),
        (None, None),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_how_long_to_wait_is_read_in_both_forms_and_capped(
    header: str | None, seconds: float | None
) -> None:
    """Guard: seconds_in."""
    assert seconds_in(header, DATE, NOW) == seconds
    assert seconds_in(header, None, NOW) == seconds


def test_a_time_to_come_back_is_by_the_clock_of_the_server() -> None:
    ahead = "Mon, 23 Nov 2026 13:00:00 GMT"
    assert seconds_in("Mon, 23 Nov 2026 13:00:20 GMT", ahead, NOW) == 20
    assert seconds_in("Mon, 23 Nov 2026 12:00:20 GMT", "nonsense", NOW) == 20


@pytest.mark.failure("G6")
@pytest.mark.fault(14)
@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("9" * 30, MAX_RETRY_AFTER_S), ("Mon, 23 Nov 2026 12:00:09 GMT", 9), ("x", None)],
)
def test_a_limit_tells_how_long_to_wait(header: str, seconds: float | None) -> None:
    """Guard: Exchange.unwanted hands on what Retry-After says."""
    error = fail(page(status="429 Too Many Requests", Retry_After=header, Date=DATE))
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


def test_an_outage_that_names_its_end_is_a_lack_of_room() -> None:
    error = fail(page(status="503 Service Unavailable", Retry_After="3"))
    assert (type(error), error.retry_after) == (Busy, 3)


@pytest.mark.parametrize(
    ("body", "media_type", "words"),
    [
        (b'{"error": "no"}', "application/json", "no"),
        (b'{"error": {"message": "no"}}', "application/json", "no"),
        (b'{"detail": [{"loc": ["a"], "msg": "no"}, {"msg": "nor"}]}', "", "no; nor"),
        (b'{"title": "no", "status": 400}', "application/problem+json", "no"),
        (b'{"error": null, "message": "no"}', "application/json", "no"),
        (b"it is\r\n  full", "text/plain", "it is full"),
        (b"<html>no</html>", "text/html", ""),
        (b'{"error": 5}', "application/json", ""),
        (b"\xff\xfe", "application/json", ""),
        (b"", "", ""),
        (b"x" * 5000, "text/plain", "x" * 399 + "…"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_the_words_of_a_failure_are_found(body: bytes, media_type: str, words: str) -> None:
    assert words_in(body, media_type) == words
