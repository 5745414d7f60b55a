"""Whether a failed attempt is tried again, and when. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from generations.failures import Failure

MAX_BACKOFF_S = 3600.0
MAX_RETRY_AFTER_S = 3600.0
RATE_LIMITED = "rate_limited"


class Policy(Protocol):
    """How often a step may be tried, and how long it waits after the first failure."""

    @property
    def attempts(self) -> int: ...

    @property
    def backoff_s(self) -> float: ...


@dataclass(frozen=True)
class RetryAt:
    """Try again, not before ``at``."""

    at: datetime


@dataclass(frozen=True)
class GiveUp:
    """The failure stands."""


@dataclass(frozen=True)
class AskPerson:
    """Only a person can tell whether it may be tried again."""


Decision = RetryAt | GiveUp | AskPerson


def decide(failure: Failure, used: int, policy: Policy, now: datetime, jitter: float) -> Decision:
    """Decide on the failure of an attempt, the ``used``-th that counts against the policy.

    ``jitter`` is a number from 0 to 1 that spreads retries over the upper half of the wait: the
    wait doubles with each attempt from ``backoff_s`` up to an hour ("equal jitter" in
    M. Brooker, Exponential Backoff And Jitter, 2015), and is never less than the failure's own
    ``retry_after``.
    """
    if failure.code == "submit_unknown":
        return AskPerson()
    if not failure.retryable:
        return GiveUp()
    if failure.code != RATE_LIMITED and used >= policy.attempts:
        return GiveUp()
    full = min(policy.backoff_s * 2 ** max(used - 1, 0), MAX_BACKOFF_S)
    asked = min(failure.retry_after or 0.0, MAX_RETRY_AFTER_S)
    return RetryAt(now + timedelta(seconds=max(full / 2 * (1 + jitter), asked)))
