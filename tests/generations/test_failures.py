"""What is kept of a failure: enough to find the cause, bounded, without secrets."""

import pytest

from generations.adapters.base import Unavailable
from generations.failures import BODY_LIMIT, CODES, MESSAGE_LIMIT, TRACE_LIMIT, Failure

SECRET = "abcdefgh12345678"


def recorded(message: str = "It broke.", **more: str | int) -> Failure:
    """The failure of a call that raised a typed error."""
    with pytest.raises(Unavailable) as raised:
        raise Unavailable(message, **more)  # type: ignore[arg-type]
    return Failure.from_error(raised.value, "art", 2)


@pytest.mark.failure("C13")
def test_what_the_provider_said_is_kept() -> None:
    """Guard: Failure.from_error takes status, code, body and request id of the provider."""
    failure = recorded(http_status=503, provider_code="busy", request_id="r-1", body="try later")
    assert failure.provider == {
        "status": 503,
        "code": "busy",
        "request_id": "r-1",
        "body": "try later",
    }
    assert (failure.code, failure.step, failure.attempt) == ("provider_unavailable", "art", 2)


@pytest.mark.failure("C13")
def test_the_trace_of_an_error_is_kept() -> None:
    """Guard: Failure.from_error and from_exception write the trace down."""
    assert "raise Unavailable" in recorded().trace
    assert recorded(trace="in the child: line 7").trace == "in the child: line 7"
    with pytest.raises(ZeroDivisionError) as raised:
        divmod(1, 0)
    assert "divmod(1, 0)" in Failure.from_exception(raised.value, "art", 1).trace


@pytest.mark.failure("C13")
@pytest.mark.parametrize("part", ["message", "body", "trace"])
def test_no_part_of_a_failure_holds_a_secret(part: str) -> None:
    """Guard: redacted(), on each part that may quote a request."""
    failure = recorded(**{part: f"Authorization: Bearer {SECRET} was refused"})
    assert SECRET not in str(failure)
    assert "was refused" in str(failure)


@pytest.mark.failure("C13")
def test_every_part_of_a_failure_is_bounded() -> None:
    """Guard: redacted() cuts."""
    long = "x" * 1_000_000
    failure = recorded(long, body=long, trace=long)
    assert len(failure.message) == MESSAGE_LIMIT
    assert len(failure.provider["body"]) == BODY_LIMIT
    assert len(failure.trace) == TRACE_LIMIT


@pytest.mark.failure("C4")
def test_a_failure_has_a_code_of_the_table() -> None:
    """Guard: Failure.__post_init__; what nobody listed cannot be written down."""
    assert "exceeded" not in CODES
    with pytest.raises(ValueError, match="exceeded"):
        Failure(code="exceeded", message="It broke.")
