"""What decides what is next, as plain values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from casts.definition import Definition
from casts.rounds import EVER, Since
from generations.adapters.base import ToolSpec
from generations.failures import Failure
from generations.states import LIVE


@dataclass(frozen=True)
class Attempt:
    """A generation, as the planner sees it; abandoned means that its worker's lease ran out.

    ``item`` is its place in the list of a step with ``for_each``, which has ``item_count`` items.
    """

    id: UUID
    step: str
    round: int
    number: int
    status: str
    item: int = 0
    item_count: int = 1
    outputs: Mapping[str, Any] | None = None
    failure: Failure | None = None
    is_abandoned: bool = False

    @property
    def is_live(self) -> bool:
        """Whether the attempt may still succeed."""
        return self.status in LIVE


@dataclass(frozen=True)
class Situation:
    """Everything that decides what is next.

    ``restarts`` says of every step that started over since when it counts.
    ``tools`` maps the key of every tool that exists now to its spec; ``tool_versions`` is what the
    spell version was checked against. ``jitter`` maps an attempt's id to a number from 0 to 1.
    """

    definition: Definition
    tool_versions: Mapping[str, str]
    tools: Mapping[str, ToolSpec]
    inputs: Mapping[str, Any]
    cast: Mapping[str, Any]
    round: int
    attempts: Sequence[Attempt]
    skips: Sequence[tuple[str, int]]
    restarts: Mapping[str, Since]
    now: datetime
    deadline_at: datetime | None
    account_is_active: bool
    jitter: Callable[[UUID], float]

    def counting(self, step: str) -> list[Attempt]:
        """Return the attempts of a step that count since it last started over, oldest first."""
        since = self.restarts.get(step, EVER)
        mine = [a for a in self.attempts if a.step == step and since.counts(a.round, a.status)]
        return sorted(mine, key=lambda attempt: attempt.number)

    def is_skipped(self, step: str) -> bool:
        """Whether the step was left out since it last started over."""
        since = self.restarts.get(step, EVER)
        return any(key == step and round_ >= since.round for key, round_ in self.skips)

    def next_number(self, step: str, item: int) -> int:
        """Return the number of the next attempt; attempts are counted across rounds."""
        mine = (a.number for a in self.attempts if a.step == step and a.item == item)
        return 1 + max(mine, default=0)
