"""How the steps of a cast read: derived from its attempts and skips. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from casts.definition import Definition
from casts.states import StepStatus
from generations.states import Status


class AttemptRow(Protocol):
    """What is needed of a generation."""

    id: UUID
    step: str
    round: int
    attempt: int
    status: str
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class StepState:
    """One step of a cast; ``generation`` is its last attempt that counts."""

    key: str
    tool: str
    status: StepStatus
    attempt: int
    generation: UUID | None
    started_at: datetime | None
    finished_at: datetime | None


def step_states(
    definition: Definition,
    attempts: Iterable[AttemptRow],
    skips: Iterable[tuple[str, int]],
    restarts: Mapping[str, int],
    *,
    is_final: bool,
) -> list[StepState]:
    """Return every step of the spell, in its order, also those that never began."""
    rows, skipped = list(attempts), list(skips)
    states = []
    for step in definition.steps:
        since = restarts.get(step.key, 1)
        mine = [row for row in rows if row.step == step.key and row.round >= since]
        last = max(mine, key=lambda row: row.attempt, default=None)
        is_skipped = any(key == step.key and number >= since for key, number in skipped)
        states.append(
            StepState(
                key=step.key,
                tool=step.tool,
                status=_status(last, is_skipped=is_skipped, is_final=is_final),
                attempt=max((row.attempt for row in rows if row.step == step.key), default=0),
                generation=last.id if last else None,
                started_at=last.started_at if last else None,
                finished_at=last.finished_at if last else None,
            )
        )
    return states


def _status(last: AttemptRow | None, *, is_skipped: bool, is_final: bool) -> StepStatus:
    if is_skipped:
        return StepStatus.SKIPPED
    if last is not None:
        return StepStatus(Status(last.status).value)
    return StepStatus.NOT_STARTED if is_final else StepStatus.PENDING
