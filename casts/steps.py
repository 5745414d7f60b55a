"""How the steps of a cast read: derived from its attempts and skips. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from casts.definition import Definition, Step
from casts.rounds import EVER, Since
from casts.states import StepStatus
from generations.states import LIVE, Status


class AttemptRow(Protocol):
    """What is needed of a generation."""

    id: UUID
    step: str
    item: int
    item_count: int
    round: int
    attempt: int
    status: str
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class Items:
    """How far a step with ``for_each`` is."""

    total: int
    succeeded: int
    failed: int
    live: int


@dataclass(frozen=True)
class StepState:
    """One step of a cast; ``generation`` is the attempt that says how it stands.

    That is its last one that counts; of a step with ``for_each``, whose ``items`` say how far it
    is, the last one that failed, else that lives, else of all. ``items`` is None for other steps,
    and until the list is known. ``counted`` are the last attempts that count, one of each item.
    """

    key: str
    tool: str
    status: StepStatus
    attempt: int
    generation: UUID | None
    started_at: datetime | None
    finished_at: datetime | None
    items: Items | None = None
    counted: frozenset[UUID] = frozenset()


def step_states(
    definition: Definition,
    attempts: Iterable[AttemptRow],
    skips: Iterable[tuple[str, int]],
    restarts: Mapping[str, Since],
    *,
    is_final: bool,
) -> list[StepState]:
    """Return every step of the spell, in its order, also those that never began."""
    rows, skipped = list(attempts), list(skips)
    states = []
    for step in definition.steps:
        since = restarts.get(step.key, EVER)
        mine = [row for row in rows if row.step == step.key]
        counting = [row for row in mine if since.counts(row.round, row.status)]
        is_skipped = any(key == step.key and round_ >= since.round for key, round_ in skipped)
        states.append(_state(step, mine, counting, is_skipped=is_skipped, is_final=is_final))
    return states


def latest(rows: Iterable[AttemptRow]) -> list[AttemptRow]:
    """Return the last attempt of each item, in the order of the items."""
    by_item: dict[int, AttemptRow] = {}
    for row in sorted(rows, key=lambda row: row.attempt):
        by_item[row.item] = row
    return [by_item[item] for item in sorted(by_item)]


def _state(
    step: Step,
    rows: Sequence[AttemptRow],
    counting: Sequence[AttemptRow],
    *,
    is_skipped: bool,
    is_final: bool,
) -> StepState:
    last = latest(counting)
    shown = _telling(last)
    status = StepStatus.SKIPPED if is_skipped else _status(step, last, is_final=is_final)
    is_open = status in (StepStatus.PENDING, StepStatus.RUNNING, StepStatus.WAITING)
    started = [row.started_at for row in last if row.started_at]
    ended = [row.finished_at for row in last if row.finished_at]
    return StepState(
        key=step.key,
        tool=step.tool,
        status=status,
        attempt=max((row.attempt for row in rows), default=0),
        generation=shown.id if shown else None,
        started_at=min(started, default=None),
        finished_at=None if is_open else max(ended, default=None),
        items=_items(last) if step.is_each and last else None,
        counted=frozenset(row.id for row in last),
    )


def _telling(last: Sequence[AttemptRow]) -> AttemptRow | None:
    failed = [row for row in last if row.status == Status.FAILED]
    live = [row for row in last if row.status in LIVE]
    rows = failed or live or last
    return rows[-1] if rows else None


def _items(last: Sequence[AttemptRow]) -> Items:
    def count(*states: Status) -> int:
        return sum(1 for row in last if row.status in states)

    return Items(
        total=last[-1].item_count,
        succeeded=count(Status.SUCCEEDED),
        failed=count(Status.FAILED),
        live=count(*LIVE),
    )


def _status(step: Step, last: Sequence[AttemptRow], *, is_final: bool) -> StepStatus:
    if not last:
        return StepStatus.NOT_STARTED if is_final else StepStatus.PENDING
    found = {Status(row.status) for row in last}
    is_whole = len(last) == last[-1].item_count
    if found & set(LIVE) or not (is_whole or is_final):
        return _of_open(found)
    if Status.FAILED in found and (step.on_failure == "fail" or found == {Status.FAILED}):
        return StepStatus.FAILED
    if Status.CANCELLED in found or not is_whole:
        return StepStatus.CANCELLED
    return StepStatus.SUCCEEDED


def _of_open(found: set[Status]) -> StepStatus:
    """A step of which some item runs is running; one of which none does waits, or is pending."""
    for status in (Status.RUNNING, Status.WAITING):
        if status in found:
            return StepStatus(status.value)
    return StepStatus.PENDING
