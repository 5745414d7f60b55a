"""The sentence that says where a cast stands, what happens next, and when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casts.diagnosis import diagnose, waiting_on
from casts.states import Reason
from casts.states import Status as CastStatus
from generations.failures import CODES, Failure
from generations.states import HoldReason, Status

NOW = datetime(2026, 11, 23, 9, 31, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


LONG_AGO, RECENT = later(-60), later(-30)


@dataclass(frozen=True)
class Cast:
    status: str = CastStatus.RUNNING
    failure: Any = None
    created_at: datetime = LONG_AGO
    started_at: datetime | None = LONG_AGO
    finished_at: datetime | None = None
    quiet_until: datetime | None = None


@dataclass(frozen=True)
class Attempt:
    step: str = "upscale"
    attempt: int = 1
    status: str = Status.PENDING
    hold_reason: str | None = None
    hold_since: datetime | None = None
    created_at: datetime = RECENT
    started_at: datetime | None = None
    next_look_at: datetime | None = None
    deadline_at: datetime | None = None
    lease_until: datetime | None = None
    lost: int = 0
    job_id: str | None = None


RUNNING = Attempt(
    status=Status.RUNNING, started_at=later(-28), deadline_at=later(32), lease_until=later(8)
)


def test_a_running_step_says_how_long_and_until_when() -> None:
    said = diagnose(Cast(), [RUNNING], NOW)
    assert said.kind == "working"
    assert said.sentence == (
        "Running step upscale for 28 s; ends in 32 s (09:31:32 UTC) at the latest."
    )
    assert waiting_on(Cast(), [RUNNING], NOW) is None


def test_a_queued_cast_waits_for_a_worker() -> None:
    said = diagnose(Cast(status=CastStatus.QUEUED, started_at=None), [], NOW)
    assert said.kind == "queued"
    assert said.sentence == "Queued for 1 m 00 s; the next free worker begins it."


def test_a_ready_step_waits_for_a_worker() -> None:
    assert "Ready for 30 s: step upscale" in diagnose(Cast(), [Attempt()], NOW).sentence


def test_between_two_steps_nothing_is_wrong() -> None:
    assert diagnose(Cast(), [Attempt(status=Status.SUCCEEDED)], NOW).kind == "working"


def test_a_step_between_two_tries_says_when_the_next_one_is() -> None:
    held = Attempt(
        attempt=2, hold_reason=HoldReason.BACKOFF, hold_since=NOW, next_look_at=later(12)
    )
    said = waiting_on(Cast(), [held], NOW)
    assert said is not None
    assert (said.kind, said.since, said.until) == ("backoff", NOW, later(12))
    assert said.sentence == (
        "Step upscale failed and is tried again in 12 s (09:31:12 UTC): attempt 2."
    )


def test_a_step_at_its_provider_names_the_job_the_next_poll_and_the_end() -> None:
    out = Attempt(
        status=Status.WAITING,
        job_id="8f3",
        started_at=later(-60),
        next_look_at=later(20),
        deadline_at=later(1800),
    )
    said = waiting_on(Cast(), [out], NOW)
    assert said is not None
    assert said.kind == "provider"
    assert said.sentence == (
        "Step upscale waits for its provider's answer to job 8f3 since 09:30:00 UTC; next poll "
        "in 20 s (09:31:20 UTC); gives up in 30 m 00 s (10:01:00 UTC)."
    )


@pytest.mark.parametrize("reason", list(HoldReason))
def test_every_hold_reason_has_a_sentence_that_names_the_step(reason: HoldReason) -> None:
    held = Attempt(hold_reason=reason, hold_since=later(-5), next_look_at=later(30))
    said = waiting_on(Cast(), [held], NOW)
    assert said is not None
    assert said.kind == reason.value
    assert "tep upscale" in said.sentence or "step upscale" in said.sentence
    assert said.sentence.endswith(".")


def test_a_hold_whose_time_has_come_is_no_wait() -> None:
    due = Attempt(hold_reason=HoldReason.BACKOFF, next_look_at=later(-1))
    assert waiting_on(Cast(), [due], NOW) is None


def test_a_cast_waits_only_when_all_that_lives_waits() -> None:
    held = Attempt(hold_reason=HoldReason.BACKOFF, next_look_at=later(12))
    assert waiting_on(Cast(), [held, RUNNING], NOW) is None


def test_the_wait_that_ends_first_is_told() -> None:
    first = Attempt(step="soon", hold_reason=HoldReason.RATE, next_look_at=later(5))
    last = Attempt(step="late", hold_reason=HoldReason.BUDGET, next_look_at=later(50))
    said = waiting_on(Cast(), [last, first], NOW)
    assert said is not None
    assert "soon" in said.sentence


@pytest.mark.parametrize("reason", list(Reason))
def test_a_stuck_cast_says_the_evidence_and_when_it_is_looked_at_again(reason: Reason) -> None:
    cast = Cast(quiet_until=later(12))
    said = diagnose(cast, [RUNNING], NOW, stuck_reason=reason, stuck_since=later(-600))
    assert said.kind == reason.value
    assert "09:21:00 UTC (10 m 00 s)" in said.sentence
    assert said.sentence.endswith("It is looked at again in 12 s (09:31:12 UTC).")


def test_a_lost_worker_is_told_with_its_step() -> None:
    said = diagnose(Cast(), [RUNNING], NOW, stuck_reason=Reason.LEASE_EXPIRED)
    assert said.sentence.startswith("The worker on step upscale (attempt 1)")
    assert said.sentence.endswith("It is looked at again at any moment.")


@pytest.mark.failure("C14")
def test_only_a_person_can_go_on_after_an_unknown_submit() -> None:
    """Guards that ``submit_unknown`` reads as waiting for a person, not as a plain end."""
    failure = Failure(code="submit_unknown", message="?").to_json()
    cast = Cast(status=CastStatus.FAILED, failure=failure, finished_at=NOW)
    said = waiting_on(cast, [], NOW)
    assert said is not None
    assert said.kind == "person"
    assert CODES["submit_unknown"].action in said.sentence
    assert diagnose(cast, [], NOW) == said


@pytest.mark.parametrize("code", sorted(set(CODES) - {"submit_unknown"}))
def test_every_failure_is_told_with_its_next_action(code: str) -> None:
    failure = Failure(code=code, message="?").to_json()
    cast = Cast(status=CastStatus.FAILED, failure=failure, finished_at=NOW)
    said = diagnose(cast, [], NOW)
    assert said.kind == "ended"
    assert said.sentence == f"{CODES[code].sentence} {CODES[code].action}"
    assert waiting_on(cast, [], NOW) is None


@pytest.mark.parametrize("status", [CastStatus.SUCCEEDED, CastStatus.CANCELLED])
def test_an_end_is_told_with_its_time(status: CastStatus) -> None:
    said = diagnose(Cast(status=status, finished_at=NOW), [], NOW)
    assert said.kind == "ended"
    assert "09:31:00 UTC" in said.sentence
