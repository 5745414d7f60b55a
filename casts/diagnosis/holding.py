"""What a live attempt waits for although nothing is wrong: one sentence for each reason."""

from datetime import datetime

from casts.diagnosis.rows import AttemptRow
from casts.spans import ahead, clock
from generations.states import HoldReason


def _since(attempt: AttemptRow, now: datetime) -> str:
    return clock(attempt.hold_since or attempt.started_at or attempt.created_at, now)


def _provider(attempt: AttemptRow, now: datetime) -> str:
    job = f" to job {attempt.job_id}" if attempt.job_id else ""
    ends = f"; gives up {ahead(attempt.deadline_at, now)}" if attempt.deadline_at else ""
    return (
        f"Step {attempt.step} waits for its provider's answer{job} since {_since(attempt, now)}; "
        f"next poll {ahead(attempt.next_look_at, now)}{ends}."
    )


def _backoff(attempt: AttemptRow, now: datetime) -> str:
    return (
        f"Step {attempt.step} failed and is tried again {ahead(attempt.next_look_at, now)}: "
        f"attempt {attempt.attempt}."
    )


def _rate(attempt: AttemptRow, now: datetime) -> str:
    return (
        f"The provider of step {attempt.step} asked to wait; it goes on "
        f"{ahead(attempt.next_look_at, now)}."
    )


def _slot(attempt: AttemptRow, now: datetime) -> str:
    return (
        f"Step {attempt.step} waits for a free place at its provider since "
        f"{_since(attempt, now)}; asked again {ahead(attempt.next_look_at, now)}."
    )


def _breaker(attempt: AttemptRow, now: datetime) -> str:
    return (
        f"Step {attempt.step} waits because its provider keeps failing; tried again "
        f"{ahead(attempt.next_look_at, now)}."
    )


def _budget(attempt: AttemptRow, now: datetime) -> str:
    return (
        f"Step {attempt.step} does not fit the account's budget since {_since(attempt, now)}; "
        f"looked at again {ahead(attempt.next_look_at, now)}. Raise the budget to go on."
    )


def _person(attempt: AttemptRow, now: datetime) -> str:
    return f"Step {attempt.step} waits for a person's decision since {_since(attempt, now)}."


SENTENCES = {
    HoldReason.PROVIDER: _provider,
    HoldReason.BACKOFF: _backoff,
    HoldReason.RATE: _rate,
    HoldReason.SLOT: _slot,
    HoldReason.BREAKER: _breaker,
    HoldReason.BUDGET: _budget,
    HoldReason.PERSON: _person,
}
