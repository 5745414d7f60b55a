"""Where a cast stands, decided from its rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from casts.diagnosis import holding, overdue
from casts.diagnosis.rows import AttemptRow, CastRow, Diagnosis, names_of
from casts.spans import ahead, clock, spoken
from casts.states import FINAL, Reason
from casts.states import Status as CastStatus
from generations.failures import CODES
from generations.states import LIVE, HoldReason, Status

# Failures after which only a person can tell what is to be done.
FOR_A_PERSON = frozenset({"submit_unknown"})


def diagnose(
    cast: CastRow,
    attempts: Sequence[AttemptRow],
    now: datetime,
    *,
    stuck_reason: str | None = None,
    stuck_since: datetime | None = None,
) -> Diagnosis:
    """Say where a cast stands; stuck as ``casts.stuck.with_stuck`` found it at ``now``."""
    if cast.status in FINAL:
        return waiting_on(cast, attempts, now) or _ended(cast, now)
    if stuck_reason:
        return _stuck(cast, attempts, now, stuck_reason, stuck_since or cast.created_at)
    return waiting_on(cast, attempts, now) or _under_way(cast, attempts, now)


def waiting_on(cast: CastRow, attempts: Sequence[AttemptRow], now: datetime) -> Diagnosis | None:
    """Say what a cast waits for although nothing is wrong; None when it does not wait.

    It waits when every live attempt holds for a reason, or when only a person can go on.
    """
    if cast.status in FINAL:
        return _for_a_person(cast)
    live = [attempt for attempt in attempts if attempt.status in LIVE]
    if not live or not all(_holds(attempt, now) for attempt in live):
        return None
    first = min(live, key=lambda attempt: attempt.next_look_at or attempt.created_at)
    reason = first.hold_reason or HoldReason.PROVIDER
    return Diagnosis(
        kind=str(reason),
        since=first.hold_since or first.started_at or first.created_at,
        until=first.next_look_at,
        sentence=holding.SENTENCES[HoldReason(reason)](first, now),
    )


def _holds(attempt: AttemptRow, now: datetime) -> bool:
    if attempt.status == Status.WAITING:
        return True
    is_early = attempt.next_look_at is None or attempt.next_look_at > now
    return attempt.hold_reason is not None and is_early


def _for_a_person(cast: CastRow) -> Diagnosis | None:
    code = (cast.failure or {}).get("code")
    if cast.status != CastStatus.FAILED or code not in FOR_A_PERSON:
        return None
    sentence = f"{CODES[code].sentence} {CODES[code].action}"
    return Diagnosis(HoldReason.PERSON.value, cast.finished_at, None, sentence)


def _ended(cast: CastRow, now: datetime) -> Diagnosis:
    assert cast.finished_at is not None  # noqa: S101 - the database holds: final ⇔ finished_at
    took = spoken(cast.finished_at - cast.created_at)
    at = clock(cast.finished_at, now)
    sentence = {
        CastStatus.SUCCEEDED: f"It succeeded at {at}, {took} after it was asked for.",
        CastStatus.CANCELLED: f"It was cancelled at {at}. Retry it if it is still wanted.",
        CastStatus.FAILED: _of_failure(cast.failure),
    }[CastStatus(cast.status)]
    return Diagnosis("ended", cast.finished_at, None, sentence)


def _of_failure(failure: Mapping[str, Any] | None) -> str:
    explained = CODES.get((failure or {}).get("code", ""), CODES["internal_error"])
    return f"{explained.sentence} {explained.action}"


def _under_way(cast: CastRow, attempts: Sequence[AttemptRow], now: datetime) -> Diagnosis:
    running = [attempt for attempt in attempts if attempt.status == Status.RUNNING]
    if running:
        return _working(running, now)
    pending = [attempt for attempt in attempts if attempt.status == Status.PENDING]
    since = pending[0].created_at if pending else cast.created_at
    if cast.status == CastStatus.QUEUED:
        sentence = f"Queued for {spoken(now - since)}; the next free worker begins it."
        return Diagnosis("queued", since, None, sentence)
    if pending:
        ready = names_of(pending)
        sentence = f"Ready for {spoken(now - since)}: {ready}; the next free worker begins."
        return Diagnosis("queued", since, None, sentence)
    sentence = "Between two steps; a worker goes on with it by itself."
    return Diagnosis("working", cast.started_at, None, sentence)


def _working(running: Sequence[AttemptRow], now: datetime) -> Diagnosis:
    since = min(attempt.started_at or attempt.created_at for attempt in running)
    ends = [attempt.deadline_at for attempt in running if attempt.deadline_at]
    until = max(ends, default=None)
    sentence = f"Running {names_of(running)} for {spoken(now - since)}"
    sentence += f"; ends {ahead(until, now)} at the latest." if until else "."
    return Diagnosis("working", since, until, sentence)


def _stuck(
    cast: CastRow,
    attempts: Sequence[AttemptRow],
    now: datetime,
    reason: str,
    since: datetime,
) -> Diagnosis:
    again = f"It is looked at again {ahead(cast.quiet_until, now)}."
    since_when = f"{clock(since, now)} ({spoken(now - since)})"
    evidence = overdue.SENTENCES[Reason(reason)](attempts, since_when)
    return Diagnosis(reason, since, cast.quiet_until, f"{evidence} {again}")
