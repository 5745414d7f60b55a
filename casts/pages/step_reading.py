"""The steps of a cast as its pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from casts.pages.showing import Shown
from casts.pages.timeline import Bar
from casts.states import StepStatus
from casts.steps import StepState
from generations.failures import CODES, Explanation
from generations.models import Generation
from generations.states import HoldReason


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
    now: datetime

    @property
    def display(self) -> str:
        """The state by which it is coloured: a step between two tries reads as retrying."""
        last = self.attempts[-1].row if self.attempts else None
        is_open = self.state.items is None or self.state.items.live == 1
        if last and is_open and last.hold_reason == HoldReason.BACKOFF:
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
    def ran(self) -> timedelta | None:
        """How long it ran, over all items of its list; None when it never began."""
        if self.state.started_at is None:
            return None
        return (self.state.finished_at or self.now) - self.state.started_at

    @property
    def note(self) -> str:
        """How far it is with its list, and whether its outputs were reused; empty if neither."""
        items = self.state.items
        done = f"{items.succeeded + items.failed} of {items.total}" if items else ""
        return ", ".join(part for part in (done, self._reused) if part)

    @property
    def _reused(self) -> str:
        counted = [a.row for a in self.attempts if a.row.id in self.state.counted]
        reused = sum(1 for row in counted if row.cached_from_id is not None)
        if not reused:
            return ""
        return "reused" if self.state.items is None else f"{reused} reused"

    @property
    def told_attempts(self) -> tuple[AttemptReading, ...]:
        """The attempts worth a line of their own: of a list only those that were not smooth."""
        if self.state.items is None:
            last = self.last
            is_smooth = len(self.attempts) < 2 and last and not (last.failure or last.row.lost)
            return () if is_smooth else self.attempts
        return tuple(
            attempt
            for attempt in self.attempts
            if attempt.failure or attempt.row.lost or attempt.row.attempt > 1
        )

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
