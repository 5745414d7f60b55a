"""The stuck casts of a run: which, since when, why, and what would be done."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from casts.diagnosis import diagnose
from casts.models import Cast
from casts.states import LIVE, Reason
from casts.stuck import with_stuck
from generations.models import Generation
from generations.states import LIVE as LIVE_ATTEMPTS
from generations.tools import catalogue

FAIL_CAST = "fail the cast"
FOR_A_PERSON = "fail the step: a person must decide"


@dataclass(frozen=True)
class Wanted:
    """Which stuck casts a run is about; empty means all."""

    casts: frozenset[UUID] = frozenset()
    reasons: frozenset[str] = frozenset()
    older_than: timedelta = timedelta()
    limit: int = 500


@dataclass
class StuckCast:
    """A stuck cast; ``outcome`` is filled in by the repair."""

    cast: UUID
    spell: str
    step: str
    reason: str
    since: datetime
    evidence: str
    action: str
    outcome: str = "untouched"
    told: str = field(default="")


def count_open() -> int:
    """Return how many casts have not ended."""
    return Cast.objects.filter(status__in=LIVE).count()


def find(wanted: Wanted, now: datetime) -> list[StuckCast]:
    """Return the stuck casts of a run, oldest first."""
    live = Cast.objects.filter(status__in=LIVE).select_related("version__spell")
    rows: QuerySet[Any] = with_stuck(live, now)
    rows = rows.filter(stuck_reason__isnull=False)
    if wanted.casts:
        rows = rows.filter(pk__in=wanted.casts)
    if wanted.reasons:
        rows = rows.filter(stuck_reason__in=wanted.reasons)
    if wanted.older_than:
        rows = rows.filter(stuck_since__lte=now - wanted.older_than)
    casts = list(rows.order_by("id")[: wanted.limit])
    attempts = _live_attempts(casts)
    return [_stuck_cast(cast, attempts[cast.pk], now) for cast in casts]


def _live_attempts(casts: Sequence[Cast]) -> dict[UUID, list[Generation]]:
    by_cast: dict[UUID, list[Generation]] = defaultdict(list)
    live = Generation.objects.filter(cast__in=casts, status__in=LIVE_ATTEMPTS)
    for row in live.order_by("created_at"):
        by_cast[row.cast_id].append(row)
    return by_cast


def _stuck_cast(cast: Any, attempts: list[Generation], now: datetime) -> StuckCast:
    reason: str = cast.stuck_reason
    since: datetime = cast.stuck_since or cast.created_at
    said = diagnose(cast, attempts, now, stuck_reason=reason, stuck_since=since)
    return StuckCast(
        cast=cast.pk,
        spell=str(cast.version),
        step=", ".join(row.step for row in attempts),
        reason=reason,
        since=since,
        evidence=said.sentence,
        action=action_of(reason, attempts, now),
    )


def action_of(reason: str, attempts: Iterable[Generation], now: datetime) -> str:
    """Say what a look at the cast, and a worker after it, will do."""
    if reason == Reason.PAST_DEADLINE:
        return FAIL_CAST
    if reason == Reason.NEVER_STARTED:
        return "hand to a worker"
    if reason == Reason.BETWEEN_STEPS:
        return "start what is next"
    abandoned = [row for row in attempts if row.lease_until and row.lease_until < now]
    return "; ".join(dict.fromkeys(_of_abandoned(row) for row in abandoned)) or "look again"


def _of_abandoned(row: Generation) -> str:
    tool = catalogue.find(row.tool)
    if row.submit_intent_at is not None and not (tool and tool.repeatable):
        return FOR_A_PERSON
    if row.lost + 1 >= settings.MAX_LOST_LEASES:
        return "fail the step: too many workers were lost"
    return f"give to another worker (lost {row.lost + 1} of {settings.MAX_LOST_LEASES})"
