"""When a failed attempt is tried again."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generations.failures import Failure
from generations.retry import MAX_BACKOFF_S, AskPerson, GiveUp, RetryAt, decide

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Policy:
    attempts: int = 3
    backoff_s: float = 2.0


def failure(code: str = "provider_unavailable", **more: object) -> Failure:
    return Failure(code=code, message="no", retryable=True, **more)  # type: ignore[arg-type]


def wait(decision: object) -> float:
    assert isinstance(decision, RetryAt)
    return (decision.at - NOW).total_seconds()


def test_a_failure_that_cannot_pass_is_given_up() -> None:
    lasting = Failure(code="invalid_input", message="no")
    assert decide(lasting, 1, Policy(), NOW, 0.5) == GiveUp()


@pytest.mark.failure("B7")
def test_the_wait_doubles_with_each_attempt() -> None:
    """Guard: the exponent in retry.decide."""
    waits = [wait(decide(failure(), used, Policy(attempts=9), NOW, 1.0)) for used in (1, 2, 3, 4)]
    assert waits == [2, 4, 8, 16]


@pytest.mark.failure("B7")
def test_attempts_are_bounded() -> None:
    """Guard: `used >= policy.attempts`."""
    assert isinstance(decide(failure(), 2, Policy(attempts=3), NOW, 0.5), RetryAt)
    assert decide(failure(), 3, Policy(attempts=3), NOW, 0.5) == GiveUp()


@pytest.mark.failure("B7")
@given(
    used=st.integers(1, 60),
    backoff=st.floats(0.1, 3600),
    jitter=st.floats(0, 1),
)
def test_a_wait_never_shrinks_below_half_of_the_doubled_one(
    used: int, backoff: float, jitter: float
) -> None:
    """Guard: jitter spreads over the upper half only, and the cap holds."""
    policy = Policy(attempts=100, backoff_s=backoff)
    full = min(backoff * 2 ** (used - 1), MAX_BACKOFF_S)
    waited = wait(decide(failure(), used, policy, NOW, jitter))
    assert full / 2 - 1e-5 <= waited <= full + 1e-5


def test_being_rate_limited_uses_up_no_attempt() -> None:
    limited = failure("rate_limited", retry_after=7.0)
    assert wait(decide(limited, 99, Policy(attempts=1), NOW, 1.0)) == 3600
    assert wait(decide(limited, 0, Policy(attempts=1), NOW, 0.0)) == 7


def test_an_absurd_retry_after_is_capped() -> None:
    asked = failure("rate_limited", retry_after=10.0**9)
    assert wait(decide(asked, 0, Policy(), NOW, 0.0)) <= timedelta(hours=1).total_seconds()


def test_a_person_decides_on_a_submit_nobody_knows_of() -> None:
    assert decide(failure("submit_unknown"), 1, Policy(), NOW, 0.0) == AskPerson()
