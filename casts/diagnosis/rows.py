"""What a diagnosis needs to know, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


class CastRow(Protocol):
    """What is needed of a cast."""

    @property
    def status(self) -> str: ...
    @property
    def failure(self) -> Any: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def finished_at(self) -> datetime | None: ...
    @property
    def quiet_until(self) -> datetime | None: ...


class AttemptRow(Protocol):
    """What is needed of a generation."""

    @property
    def step(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def hold_reason(self) -> str | None: ...
    @property
    def hold_since(self) -> datetime | None: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def next_look_at(self) -> datetime | None: ...
    @property
    def deadline_at(self) -> datetime | None: ...
    @property
    def lease_until(self) -> datetime | None: ...
    @property
    def lost(self) -> int: ...
    @property
    def job_id(self) -> str | None: ...


@dataclass(frozen=True)
class Diagnosis:
    """Where a cast stands.

    ``kind`` is a hold reason, a stuck reason, or one of ``queued``, ``working`` and ``ended``;
    ``until`` is when the next thing happens by itself, if that is known.
    """

    kind: str
    since: datetime | None
    until: datetime | None
    sentence: str


def names_of(attempts: Sequence[AttemptRow]) -> str:
    """Return the steps of attempts as they read in a sentence."""
    keys = [attempt.step for attempt in attempts]
    word = "step" if len(keys) == 1 else "steps"
    return f"{word} {', '.join(keys[:4])}{' …' if len(keys) > 4 else ''}"
