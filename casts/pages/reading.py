"""A cast as its pages show it, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from casts.definition import Definition, parse
from casts.diagnosis import Diagnosis, diagnose
from casts.models import Cast
from casts.pages.showing import Shown, identifiers, show
from casts.pages.timeline import Bar, Line
from casts.rounds import since_of
from casts.states import StepStatus
from casts.steps import StepState, step_states
from casts.stuck import with_stuck
from generations.failures import CODES, Explanation
from generations.models import ArtifactLink, Charge, Generation
from generations.schemas import ARTIFACT
from generations.states import HoldReason
from generations.tools import catalogue
from spellhub import database
from spellhub.events.models import Event


@dataclass(frozen=True)
class FailureReading:
    """A stored failure beside what its code means."""

    code: str
    message: str
    step: str | None
    attempt: int | None
    retryable: bool
    provider: Mapping[str, Any]
    trace: str
    explained: Explanation

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "FailureReading | None":
        """Read a ``failure`` column; None where there is none."""
        if not stored:
            return None
        code = str(stored.get("code") or "internal_error")
        provider = {k: v for k, v in (stored.get("provider") or {}).items() if v not in (None, "")}
        return cls(
            code=code,
            message=stored.get("message") or "",
            step=stored.get("step"),
            attempt=stored.get("attempt"),
            retryable=bool(stored.get("retryable")),
            provider=provider,
            trace=stored.get("trace") or "",
            explained=CODES.get(code, CODES["internal_error"]),
        )


@dataclass(frozen=True)
class AttemptReading:
    """One attempt of a step."""

    row: Generation
    failure: FailureReading | None
    cost: Decimal | None
    now: datetime

    @property
    def waited(self) -> timedelta:
        """How long it waited for its worker."""
        return (self.row.started_at or self.row.finished_at or self.now) - self.row.created_at

    @property
    def ran(self) -> timedelta | None:
        """How long it ran; None when it never began."""
        if self.row.started_at is None:
            return None
        return (self.row.finished_at or self.now) - self.row.started_at


@dataclass(frozen=True)
class StepReading:
    """One step of a cast with everything that is known of it."""

    number: int
    state: StepState
    attempts: tuple[AttemptReading, ...]
    shown: tuple[Shown, ...]
    skipped_because: str
    expects_file: bool
    bars: tuple[Bar, ...]

    @property
    def display(self) -> str:
        """The state by which it is coloured: a step between two tries reads as retrying."""
        last = self.attempts[-1].row if self.attempts else None
        if last and last.hold_reason == HoldReason.BACKOFF:
            return "retrying"
        return self.state.status.value

    @property
    def word(self) -> str:
        """The state in words."""
        return self.display.replace("_", " ").capitalize()

    @property
    def last(self) -> AttemptReading | None:
        """The attempt that counts, or the last there was."""
        return self.attempts[-1] if self.attempts else None

    @property
    def to_look_at(self) -> tuple[Shown, ...]:
        """Its files and words; its other values only when there is nothing else."""
        worth = tuple(item for item in self.shown if item.kind != "data")
        return worth or self.shown

    @property
    def cost(self) -> Decimal | None:
        """What its attempts cost together; None when none was charged."""
        costs = [attempt.cost for attempt in self.attempts if attempt.cost is not None]
        return sum(costs, Decimal(0)) if costs else None

    @property
    def is_shown(self) -> bool:
        """Whether there is, or will be, something to look at."""
        still_open = self.state.status in (
            StepStatus.PENDING,
            StepStatus.RUNNING,
            StepStatus.WAITING,
        )
        return bool(self.shown) or (self.expects_file and still_open)


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


def read_cast(cast_id: UUID, url_of: Callable[[UUID], str]) -> CastReading:
    """Read a cast for a page; ``url_of`` gives the address of a file. Raises Cast.DoesNotExist."""
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
        steps=_steps(_Material(cast, definition, attempts, links, costs, line, url_of, now)),
        inputs=show(cast.inputs, links, url_of),
        outputs=show(cast.outputs, links, url_of),
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
    url_of: Callable[[UUID], str]
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
    counting = next((row for row in rows if row.id == state.generation), None)
    outputs = counting.outputs if counting else None
    return StepReading(
        number=number,
        state=state,
        attempts=tuple(
            AttemptReading(
                row, FailureReading.of(row.failure), material.costs.get(row.id), material.now
            )
            for row in rows
        ),
        shown=show(outputs, material.links, material.url_of),
        skipped_because=skipped if state.status == StepStatus.SKIPPED else "",
        expects_file=_makes_file(state.tool),
        bars=material.line.bars(rows),
    )


def _makes_file(key: str) -> bool:
    tool = catalogue.find(key)
    if tool is None:
        return False
    properties = tool.output_schema.get("properties", {})
    return any(schema.get("format") == ARTIFACT for schema in properties.values())


def _links(cast: Cast, attempts: Sequence[Generation]) -> dict[UUID, ArtifactLink]:
    """Return the files that the cast's values name and that its account holds."""
    values = [cast.inputs, cast.outputs, *(row.outputs for row in attempts)]
    wanted = {identifier for value in values for identifier in identifiers(value)}
    if not wanted:
        return {}
    links = ArtifactLink.objects.select_related("artifact")
    return {link.pk: link for link in links.filter(pk__in=wanted, account=cast.account_id)}


def _costs(cast: Cast) -> dict[UUID, Decimal]:
    settled = Charge.objects.filter(generation__cast=cast, kind=Charge.Kind.SETTLED)
    return dict(settled.values_list("generation_id", "amount"))
