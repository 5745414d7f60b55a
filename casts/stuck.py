"""Stuck: something should have happened to a cast and did not. Derived, never stored.

One predicate, with a reason, for the API, the admin, the command and the pages.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from casts.models import Cast
from casts.states import LIVE as LIVE_CASTS
from casts.states import Reason
from casts.states import Status as CastStatus
from generations.models import Generation
from generations.states import LIVE, Status

# Recovery by itself takes a lease and a tick; what is late by more than this is stuck.
PATIENCE = timedelta(seconds=60)


if TYPE_CHECKING:

    class StuckCast(Cast):
        """A cast as these queries give it."""

        stuck_reason: str | None
        stuck_since: datetime | None

        class Meta:
            abstract = True


def with_stuck(casts: QuerySet[Cast], now: datetime) -> "QuerySet[StuckCast]":
    """Annotate casts with ``stuck_reason`` (null when not stuck) and ``stuck_since``."""
    late = now - PATIENCE
    live = Generation.objects.filter(cast=OuterRef("pk"), status__in=LIVE)
    expired = live.filter(status=Status.RUNNING, lease_until__lt=late)
    overdue = live.filter(deadline_at__lt=late, hold_reason__isnull=True)
    unclaimed = live.filter(status=Status.PENDING, next_look_at__lt=late)
    is_live = Q(status__in=LIVE_CASTS)
    annotated: Any = casts.annotate(
        stuck_reason=Case(
            When(is_live & Q(deadline_at__lt=late), then=Value(Reason.PAST_DEADLINE.value)),
            When(
                Q(status=CastStatus.QUEUED, created_at__lt=late),
                then=Value(Reason.NEVER_STARTED.value),
            ),
            When(is_live & Exists(expired), then=Value(Reason.LEASE_EXPIRED.value)),
            When(is_live & Exists(overdue), then=Value(Reason.PAST_DEADLINE.value)),
            When(is_live & Exists(unclaimed), then=Value(Reason.BETWEEN_STEPS.value)),
            When(
                Q(status=CastStatus.RUNNING, started_at__lt=late) & ~Exists(live),
                then=Value(Reason.BETWEEN_STEPS.value),
            ),
            default=None,
            output_field=CharField(null=True),
        ),
        stuck_since=Case(
            When(is_live & Q(deadline_at__lt=late), then=F("deadline_at")),
            When(Q(status=CastStatus.QUEUED, created_at__lt=late), then=F("created_at")),
            When(is_live & Exists(expired), then=_first(expired, "lease_until")),
            When(is_live & Exists(overdue), then=_first(overdue, "deadline_at")),
            When(is_live & Exists(unclaimed), then=_first(unclaimed, "next_look_at")),
            default=F("started_at"),
            output_field=DateTimeField(null=True),
        ),
    )
    return annotated  # type: ignore[no-any-return]


def stuck(now: datetime) -> "QuerySet[StuckCast]":
    """Return the casts that are stuck, oldest first."""
    return with_stuck(Cast.objects.all(), now).filter(stuck_reason__isnull=False).order_by("id")


def _first(rows: QuerySet[Generation], column: str) -> Subquery:
    return Subquery(rows.order_by(column).values(column)[:1])
