"""A cast as it reads over the API."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, NotRequired
from uuid import UUID

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.urls import reverse
from pydantic import BaseModel, Field
from rest_framework.request import Request
from typing_extensions import TypedDict

from casts import definition as spells
from casts.definition import Definition
from casts.diagnosis import waiting_on
from casts.live_links import address_of
from casts.models import Cast, LiveLink, SpellVersion
from casts.states import Status, StepStatus
from casts.steps import step_states
from casts.stuck import Reason, with_stuck
from generations.api.readings import CostReading, FailureReading, failure_reading
from generations.models import Charge, Generation
from generations.states import HoldReason
from spellhub import database
from spellhub.money import MoneyField
from spellhub.rest.openapi import one_of


class StuckReading(BaseModel):
    """What should have happened and did not, since when."""

    reason: Annotated[str, Field(json_schema_extra=one_of(Reason))]
    since: datetime | None


class WaitingOnReading(BaseModel):
    """What a cast waits for although nothing is wrong."""

    kind: Annotated[str, Field(json_schema_extra=one_of(HoldReason))]
    since: datetime | None
    until: datetime | None
    sentence: str


class StepReading(BaseModel):
    """One step; ``generation`` is its last attempt that counts."""

    key: str
    tool: str
    status: Annotated[str, Field(json_schema_extra=one_of(StepStatus))]
    attempt: int
    generation: UUID | None
    started_at: datetime | None
    finished_at: datetime | None


class CastLinks(TypedDict):
    """Addresses; ``live`` is there when somebody made a live page for the cast."""

    self: str
    events: str
    live: NotRequired[str]


class CastReading(BaseModel):
    """One execution of one spell version."""

    id: UUID
    spell: str
    version: int
    account: str
    status: Annotated[str, Field(json_schema_extra=one_of(Status))]
    inputs: dict[str, Any]
    outputs: dict[str, Any] | None
    failure: FailureReading | None
    cost: CostReading
    stuck: StuckReading | None
    waiting_on: WaitingOnReading | None
    source: str
    steps: list[StepReading]
    forked_from: UUID | None
    piece: UUID | None = None
    metadata: dict[str, Any]
    seq: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    links: CastLinks


_ATTEMPT_COLUMNS = (
    "id", "cast_id", "step", "round", "attempt", "status", "hold_reason", "hold_since",
    "created_at", "started_at", "finished_at", "next_look_at", "deadline_at", "lease_until",
    "lost", "job_id",
)  # fmt: skip


def readable(casts: QuerySet[Cast], now: datetime) -> QuerySet[Cast]:
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
    return (
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


def read(cast: UUID, request: Request) -> dict[str, Any]:
    """Return one cast as it is now, as it is sent; raises Cast.DoesNotExist."""
    now = database.now()
    row = readable(Cast.objects.filter(pk=cast), now).get()
    return read_all([row], request, now)[0]


def read_all(casts: Iterable[Cast], request: Request, now: datetime) -> list[dict[str, Any]]:
    """Return casts that ``readable`` prepared, as they are sent."""
    parsed: dict[int, Definition] = {}
    found = []
    for cast in casts:
        if cast.version_id not in parsed:
            parsed[cast.version_id] = spells.parse(cast.version.definition)
        found.append(_reading(cast, parsed[cast.version_id], request, now))
    return [reading.model_dump(mode="json") for reading in found]


def _reading(cast: Any, definition: Definition, request: Request, now: datetime) -> CastReading:
    return CastReading(
        id=cast.id,
        spell=cast.version.spell.slug,
        version=cast.version.number,
        account=cast.account_name,
        status=cast.status,
        inputs=cast.inputs,
        outputs=cast.outputs,
        failure=failure_reading(cast.failure),
        cost=CostReading(amount=cast.settled or Decimal(0)),
        stuck=_stuck(cast),
        waiting_on=_waiting_on(cast, now),
        source=cast.source,
        steps=_steps(cast, definition),
        forked_from=cast.forked_from_id,
        metadata=cast.metadata,
        seq=cast.seq,
        created_at=cast.created_at,
        started_at=cast.started_at,
        finished_at=cast.finished_at,
        links=_links(cast, request),
    )


def _stuck(cast: Any) -> StuckReading | None:
    if cast.stuck_reason is None:
        return None
    return StuckReading(reason=cast.stuck_reason, since=cast.stuck_since)


def _waiting_on(cast: Any, now: datetime) -> WaitingOnReading | None:
    found = waiting_on(cast, cast.generations.all(), now)
    if found is None:
        return None
    return WaitingOnReading(
        kind=found.kind, since=found.since, until=found.until, sentence=found.sentence
    )


def _steps(cast: Cast, definition: Definition) -> list[StepReading]:
    restarts = {row.step: row.round for row in sorted(cast.restarts.all(), key=lambda r: r.round)}
    skips = [(skip.step, skip.round) for skip in cast.skips.all()]
    states = step_states(
        definition, cast.generations.all(), skips, restarts, is_final=cast.is_final
    )
    return [StepReading(**vars(state)) for state in states]


def address_of_cast(cast: UUID, request: Request) -> str:
    """Return the full address of a cast."""
    return request.build_absolute_uri(reverse("api:cast", args=[cast]))


def _links(cast: Any, request: Request) -> CastLinks:
    events = request.build_absolute_uri(reverse("api:cast-events", args=[cast.pk]))
    links = CastLinks(self=address_of_cast(cast.pk, request), events=events)
    if cast.open_links:
        links["live"] = address_of(cast.open_links[0])
    return links
