"""A cast as its pages show it, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from casts.definition import Definition, parse
from casts.diagnosis import Diagnosis, diagnose
from casts.models import Cast
from casts.pages.showing import NOWHERE, Addresses, Shown, show
from casts.pages.step_reading import AttemptReading, FailureReading, StepReading
from casts.pages.timeline import Line
from casts.planner.standing import lists
from casts.rounds import since_of
from casts.states import StepStatus
from casts.steps import StepState, step_states
from casts.stuck import with_stuck
from generations.models import ArtifactLink, Charge, Generation
from generations.schemas import ARTIFACT
from generations.tools import catalogue
from spellhub import database
from spellhub.events.models import Event
from spellhub.identifiers import identifiers_in


@dataclass(frozen=True)
class CastReading:
    """A cast with all that its pages show, as of ``now``."""

    cast: Cast
    definition: Definition
    now: datetime
    diagnosis: Diagnosis
    failure: FailureReading | None
    steps: tuple[StepReading, ...]
    inputs: tuple[Shown, ...]
    outputs: tuple[Shown, ...]
    line: Line
    cost: Decimal
    stuck_reason: str | None
    events: QuerySet[Event]

    @property
    def took(self) -> timedelta:
        """How long it has taken since it was asked for."""
        return (self.cast.finished_at or self.now) - self.cast.created_at

    @property
    def attempts(self) -> int:
        """How many attempts were made in all."""
        return sum(len(step.attempts) for step in self.steps)

    @property
    def failed_step(self) -> StepReading | None:
        """The step whose failure the cast failed with."""
        if self.failure is None:
            return None
        return next((s for s in self.steps if s.state.key == self.failure.step), None)


def read_cast(cast_id: UUID, addresses: Addresses = NOWHERE) -> CastReading:
    """Read a cast for a page on which files have these addresses. Raises Cast.DoesNotExist."""
    now = database.now()
    related = Cast.objects.select_related("version__spell", "account", "api_key", "forked_from")
    cast: Any = with_stuck(related, now).get(pk=cast_id)
    attempts = list(Generation.objects.filter(cast=cast).order_by("created_at", "id"))
    links = _links(cast, attempts)
    costs = _costs(cast)
    line = Line(attempts, now)
    definition = parse(cast.version.definition)
    return CastReading(
        cast=cast,
        definition=definition,
        now=now,
        diagnosis=diagnose(
            cast,
            attempts,
            now,
            stuck_reason=cast.stuck_reason,
            stuck_since=cast.stuck_since,
        ),
        failure=FailureReading.of(cast.failure),
        steps=_steps(_Material(cast, definition, attempts, links, costs, line, addresses, now)),
        inputs=show(cast.inputs, links, addresses),
        outputs=show(cast.outputs, links, addresses),
        line=line,
        cost=sum(costs.values(), Decimal(0)),
        stuck_reason=cast.stuck_reason,
        events=Event.objects.filter(topic=cast.topic).order_by("-seq"),
    )


@dataclass(frozen=True)
class _Material:
    """What the steps of a cast are read from."""

    cast: Cast
    definition: Definition
    attempts: Sequence[Generation]
    links: Mapping[UUID, ArtifactLink]
    costs: Mapping[UUID, Decimal]
    line: Line
    addresses: Addresses
    now: datetime


def _steps(material: _Material) -> tuple[StepReading, ...]:
    cast = material.cast
    skips = list(cast.skips.order_by("round").values_list("step", "round", "reason"))
    reasons = {step: reason for step, _, reason in skips}
    restarts = since_of(cast.restarts.values_list("step", "round", "keeps_successes"))
    states = step_states(
        material.definition,
        material.attempts,
        [(step, number) for step, number, _ in skips],
        restarts,
        is_final=cast.is_final,
    )
    by_step: dict[str, list[Generation]] = defaultdict(list)
    for row in material.attempts:
        by_step[row.step].append(row)
    return tuple(
        _step(material, number, state, by_step[state.key], reasons.get(state.key, ""))
        for number, state in enumerate(states, start=1)
    )


def _step(
    material: _Material, number: int, state: StepState, rows: list[Generation], skipped: str
) -> StepReading:
    return StepReading(
        number=number,
        state=state,
        attempts=tuple(
            AttemptReading(
                row, FailureReading.of(row.failure), material.costs.get(row.id), material.now
            )
            for row in rows
        ),
        shown=show(_outputs(state, rows), material.links, material.addresses),
        skipped_because=skipped if state.status == StepStatus.SKIPPED else "",
        expects_file=_makes_file(state.tool),
        bars=material.line.bars(rows),
        now=material.now,
    )


def _outputs(state: StepState, rows: Sequence[Generation]) -> Mapping[str, Any] | None:
    """Return what a step gave; of a list, what its items gave so far, in their order."""
    counted = sorted((row for row in rows if row.id in state.counted), key=lambda row: row.item)
    made = [row.outputs for row in counted if row.outputs is not None]
    if state.items is None:
        return made[0] if made else None
    return lists(catalogue.find(state.tool), made)


def _makes_file(key: str) -> bool:
    tool = catalogue.find(key)
    if tool is None:
        return False
    properties = tool.output_schema.get("properties", {})
    return any(schema.get("format") == ARTIFACT for schema in properties.values())


def _links(cast: Cast, attempts: Sequence[Generation]) -> dict[UUID, ArtifactLink]:
    """Return the files that the cast's values name and that its account holds."""
    values = [cast.inputs, cast.outputs, *(row.outputs for row in attempts)]
    wanted = {identifier for value in values for identifier in identifiers_in(value)}
    if not wanted:
        return {}
    links = ArtifactLink.objects.select_related("artifact")
    return {link.pk: link for link in links.filter(pk__in=wanted, account=cast.account_id)}


def _costs(cast: Cast) -> dict[UUID, Decimal]:
    settled = Charge.objects.filter(generation__cast=cast, kind=Charge.Kind.SETTLED)
    return dict(settled.values_list("generation_id", "amount"))
