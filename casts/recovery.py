"""Finding what should be looked at again, and hinting it. Changes no state of any cast.

``tick`` asks the indexes what is due now; ``sweep`` is the backstop for whatever no index catches.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from uuid import UUID

from django.db import Error, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from casts.hints import hint
from casts.models import Cast
from casts.states import LIVE as LIVE_CASTS
from casts.states import Status as CastStatus
from generations.models import Delivery, Generation
from generations.states import LIVE, WORKED_ON
from spellhub import database

logger = logging.getLogger(__name__)

# At most so many casts are hinted in one tick; the rest are due again in the next.
HINTS_PER_TICK = 200
# A hinted cast is left alone for this long, doubling with each hint that changed nothing.
QUIET_S = 30.0
MAX_DOUBLINGS = 4
# A delivery that nobody came to read in so many seconds is hinted again.
DELIVERY_PATIENCE_S = 5.0
SWEEP_PAGE = 200
SWEEP_LIMIT = 10_000
# What has been due for so long should have been seen by the clock.
SWEEP_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Due:
    """A cast that something is due of."""

    cast: UUID
    account: int
    since: datetime


@dataclass(frozen=True)
class Swept:
    """What a sweep did: casts looked at, casts woken, casts it could not wake."""

    looked_at: int
    woken: int
    failed: int


def tick() -> int:
    """Hint what is due now, fairly between accounts; return how many casts were hinted."""
    now = database.now()
    chosen = fairly(_due(now))[:HINTS_PER_TICK]
    return sum(_wake(due.cast, now) for due in chosen)


def fairly(due: Iterable[Due]) -> list[Due]:
    """Order so that every account's first comes before any account's second. Pure."""
    by_account: dict[int, list[Due]] = defaultdict(list)
    for item in sorted(due, key=lambda item: item.since):
        by_account[item.account].append(item)
    rounds = zip_longest(*by_account.values())
    return [item for item in chain.from_iterable(rounds) if item is not None]


def _due(now: datetime) -> list[Due]:
    """Return the oldest due casts, each once, that are not being quiet."""
    found: dict[UUID, Due] = {}
    for cast, account, since in chain(
        _due_generations(now, "next_look_at", LIVE),
        _due_generations(now, "lease_until", WORKED_ON),
        _due_ends(now),
        _unread_deliveries(now),
        _due_casts(now, Q(status=CastStatus.QUEUED), "created_at"),
        _due_casts(now, Q(status__in=LIVE_CASTS), "deadline_at"),
    ):
        found.setdefault(cast, Due(cast, account, since))
    return list(found.values())


def _due_generations(
    now: datetime, column: str, statuses: Iterable[str]
) -> QuerySet[Generation, tuple[UUID, int, datetime]]:
    is_new = Q(cast__hinted_at__lt=F(column))
    return (
        Generation.objects.filter(**{f"{column}__lte": now}, status__in=list(statuses))
        .filter(_is_audible(now, "cast__") | is_new, cast__status__in=LIVE_CASTS)
        .order_by(column)
        .values_list("cast_id", "cast__account_id", column)[: HINTS_PER_TICK * 5]
    )


def _due_ends(now: datetime) -> QuerySet[Generation, tuple[UUID, int, datetime]]:
    """Return the casts of attempts that are over and whose jobs are not; final casts, too."""
    rows = Generation.objects.filter(
        cancel_intent_at__isnull=False, cancel_done_at__isnull=True, next_look_at__lte=now
    )
    rows = rows.filter(_is_audible(now, "cast__") | Q(cast__hinted_at__lt=F("next_look_at")))
    found = rows.order_by("next_look_at").values_list("cast_id", "cast__account_id", "next_look_at")
    return found[: HINTS_PER_TICK * 5]  # type: ignore[return-value]


def _unread_deliveries(now: datetime) -> QuerySet[Delivery, tuple[UUID, int, datetime]]:
    """Return the casts of deliveries that lie unread although their hint is long gone."""
    late = now - timedelta(seconds=DELIVERY_PATIENCE_S)
    rows = Delivery.objects.filter(
        generation__isnull=False, read_at__isnull=True, received_at__lte=late
    ).exclude(verdict=Delivery.Verdict.REFUSED)
    rows = rows.filter(_is_audible(now, "generation__cast__"))
    return rows.order_by("received_at").values_list(
        "generation__cast_id", "generation__cast__account_id", "received_at"
    )[: HINTS_PER_TICK * 5]


def _due_casts(now: datetime, which: Q, column: str) -> QuerySet[Cast, tuple[UUID, int, datetime]]:
    return (
        Cast.objects.filter(which, _is_audible(now), **{f"{column}__lte": now})
        .order_by(column)
        .values_list("id", "account_id", column)[: HINTS_PER_TICK * 5]
    )


def _is_audible(now: datetime, prefix: str = "") -> Q:
    """Return the condition that a cast was not hinted just now."""
    return Q(**{f"{prefix}quiet_until__isnull": True}) | Q(**{f"{prefix}quiet_until__lte": now})


def _wake(cast_id: UUID, now: datetime) -> bool:
    """Hint a cast and keep it quiet for a while; say whether it still was live."""
    # The mark and the message are one transaction, so that neither is without the other.
    with transaction.atomic():
        row = _to_wake(cast_id).values("hint_count").first()
        if row is None:
            return False
        quiet = QUIET_S * 2 ** min(row["hint_count"], MAX_DOUBLINGS)
        _to_wake(cast_id).update(
            hinted_at=now,
            hint_count=F("hint_count") + 1,
            quiet_until=now + timedelta(seconds=quiet),
        )
        hint(cast_id)
    return True


def _to_wake(cast_id: UUID) -> QuerySet[Cast]:
    """A cast that is over is woken only for jobs of its that are not."""
    pursued = Generation.objects.filter(
        cast=OuterRef("pk"), cancel_intent_at__isnull=False, cancel_done_at__isnull=True
    )
    return Cast.objects.filter(Q(status__in=LIVE_CASTS) | Exists(pursued), pk=cast_id)


def sweep() -> Swept:
    """Wake every live cast that nothing live will carry on, or that is long overdue.

    Pages by key through all live casts, each in isolation: a fault on one never stops the others.
    """
    now = database.now()
    looked_at = woken = failed = 0
    after: UUID | None = None
    while looked_at < SWEEP_LIMIT:
        page = _page_of_live(after)
        if not page:
            break
        looked_at, after = looked_at + len(page), page[-1]
        for cast_id in _neglected(page, now):
            try:
                woken += _wake(cast_id, now)
            except Error:
                logger.exception("the sweep could not wake cast %s", cast_id)
                failed += 1
    return Swept(looked_at, woken, failed)


def _page_of_live(after: UUID | None) -> list[UUID]:
    rows = Cast.objects.filter(status__in=LIVE_CASTS).order_by("id")
    if after:
        rows = rows.filter(id__gt=after)
    return list(rows.values_list("id", flat=True)[:SWEEP_PAGE])


def _neglected(page: list[UUID], now: datetime) -> list[UUID]:
    """Return the casts of a page without a way forward, or whose due time is long past."""
    long_ago = now - timedelta(seconds=SWEEP_PATIENCE_S)
    live = Generation.objects.filter(cast__in=page, status__in=LIVE)
    has_way = set(live.values_list("cast_id", flat=True))
    overdue = set(
        live.filter(Q(next_look_at__lt=long_ago) | Q(lease_until__lt=long_ago)).values_list(
            "cast_id", flat=True
        )
    )
    fresh = set(
        Cast.objects.filter(pk__in=page, created_at__gt=long_ago).values_list("pk", flat=True)
    )
    return [pk for pk in page if pk in overdue or (pk not in has_way and pk not in fresh)]
