"""Reading casts: from their rows to what is sent, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.urls import reverse
from rest_framework.request import Request

from casts import definition as spells
from casts.api.cast_reading import (
    CastLinks,
    CastReading,
    StepReading,
    StuckReading,
    WaitingOnReading,
)
from casts.definition import Definition
from casts.diagnosis import waiting_on
from casts.live_links import address_of
from casts.models import Cast, LiveLink, Restart, Skip, SpellVersion
from casts.rounds import since_of
from casts.steps import step_states
from casts.stuck import with_stuck
from generations.api.readings import CostReading, failure_reading
from generations.models import Charge, Generation
from spellhub import database
from spellhub.money import MoneyField

_ATTEMPT_COLUMNS = (
    "id", "cast_id", "step", "item", "item_count", "round", "attempt", "status", "hold_reason",
    "hold_since", "created_at", "started_at", "finished_at", "next_look_at", "deadline_at",
    "lease_until", "lost", "job_id",
)  # fmt: skip


def readable(casts: QuerySet[Cast], now: datetime) -> QuerySet[Any]:
    """Prepare casts for reading: a fixed number of queries, however many casts there are."""
    settled = (
        Charge.objects.filter(generation__cast=OuterRef("pk"), kind=Charge.Kind.SETTLED)
        .order_by()
        .values("generation__cast")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    attempts = Generation.objects.only(*_ATTEMPT_COLUMNS).order_by("attempt", "id")
    links = LiveLink.objects.filter(revoked_at__isnull=True, expires_at__gt=now).order_by("-id")
    versions = SpellVersion.objects.select_related("spell")
    prepared: QuerySet[Any] = (
        with_stuck(casts, now)
        .annotate(settled=Subquery(settled, output_field=MoneyField()))
        .annotate(account_name=F("account__username"))
        .prefetch_related(
            Prefetch("version", versions),
            Prefetch("generations", attempts),
            "skips",
            "restarts",
            Prefetch("live_links", links, to_attr="open_links"),
        )
    )
    return prepared


@dataclass(frozen=True)
class _Around:
    """What belongs to a cast besides its own row and its spell; by default that of a new one."""

    account: str
    attempts: Sequence[Generation] = ()
    skips: Sequence[Skip] = ()
    restarts: Sequence[Restart] = ()
    stuck: StuckReading | None = None
    cost: Decimal = Decimal(0)
    live: LiveLink | None = None


def read(cast: UUID, request: Request) -> dict[str, Any]:
    """Return one cast as it is now, as it is sent; raises Cast.DoesNotExist."""
    now = database.now()
    row = readable(Cast.objects.filter(pk=cast), now).get()
    return read_all([row], request, now)[0]


def read_new(cast: Cast, request: Request) -> dict[str, Any]:
    """Return a cast that was made just now, as it is sent; asks the database nothing."""
    around = _Around(account=cast.account.username)
    definition = spells.parse(cast.version.definition)
    return _reading(cast, around, definition, request, cast.created_at)


def read_all(casts: Iterable[Any], request: Request, now: datetime) -> list[dict[str, Any]]:
    """Return casts that ``readable`` prepared, as they are sent."""
    parsed: dict[int, Definition] = {}
    found = []
    for cast in casts:
        if cast.version_id not in parsed:
            parsed[cast.version_id] = spells.parse(cast.version.definition)
        found.append(_reading(cast, _around(cast), parsed[cast.version_id], request, now))
    return found


def _around(cast: Any) -> _Around:
    is_stuck = cast.stuck_reason is not None
    return _Around(
        account=cast.account_name,
        attempts=cast.generations.all(),
        skips=cast.skips.all(),
        restarts=cast.restarts.all(),
        stuck=StuckReading(reason=cast.stuck_reason, since=cast.stuck_since) if is_stuck else None,
        cost=cast.settled or Decimal(0),
        live=next(iter(cast.open_links), None),
    )


def _reading(
    cast: Cast, around: _Around, definition: Definition, request: Request, now: datetime
) -> dict[str, Any]:
    reading = CastReading(
        id=cast.id,
        spell=cast.version.spell.slug,
        version=cast.version.number,
        account=around.account,
        status=cast.status,
        inputs=cast.inputs,
        outputs=cast.outputs,
        failure=failure_reading(cast.failure),
        cost=CostReading(amount=around.cost),
        stuck=around.stuck,
        waiting_on=_waiting_on(cast, around, now),
        source=cast.source,
        steps=_steps(cast, around, definition),
        forked_from=cast.forked_from_id,
        metadata=cast.metadata,
        seq=cast.seq,
        created_at=cast.created_at,
        started_at=cast.started_at,
        finished_at=cast.finished_at,
        links=_links(cast.id, around.live, request),
    )
    return reading.model_dump(mode="json")


def _waiting_on(cast: Cast, around: _Around, now: datetime) -> WaitingOnReading | None:
    found = waiting_on(cast, around.attempts, now)
    if found is None:
        return None
    return WaitingOnReading(
        kind=found.kind, since=found.since, until=found.until, sentence=found.sentence
    )


def _steps(cast: Cast, around: _Around, definition: Definition) -> list[StepReading]:
    restarts = since_of((row.step, row.round, row.keeps_successes) for row in around.restarts)
    skips = [(skip.step, skip.round) for skip in around.skips]
    states = step_states(definition, around.attempts, skips, restarts, is_final=cast.is_final)
    return [StepReading.model_validate(state) for state in states]


def address_of_cast(cast: UUID, request: Request) -> str:
    """Return the full address of a cast."""
    return request.build_absolute_uri(reverse("api:cast", args=[cast]))


def _links(cast: UUID, live: LiveLink | None, request: Request) -> CastLinks:
    events = request.build_absolute_uri(reverse("api:cast-events", args=[cast]))
    links = CastLinks(self=address_of_cast(cast, request), events=events)
    if live is not None:
        links["live"] = address_of(live)
    return links
