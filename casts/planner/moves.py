"""What the planner may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casts.definition import Step
from casts.planner.situation import Attempt
from generations.adapters.base import ToolSpec
from generations.failures import Failure


@dataclass(frozen=True)
class Slot:
    """One item of a step; a step without ``for_each`` has just one."""

    item: int = 0
    count: int = 1


@dataclass(frozen=True)
class Start:
    """Make the next attempt of an item, to run now or ``not_before`` a time (a backoff)."""

    step: Step
    slot: Slot
    number: int
    tool: ToolSpec
    inputs: Mapping[str, Any]
    not_before: datetime | None = None


@dataclass(frozen=True)
class Refuse:
    """Record an attempt that fails before its tool is called."""

    step: Step
    slot: Slot
    number: int
    tool_version: str
    adapter: str
    inputs: Mapping[str, Any]
    failure: Failure


@dataclass(frozen=True)
class Skip:
    """Leave a step out."""

    step: str
    reason: str


@dataclass(frozen=True)
class Drop:
    """Cancel an attempt that nobody works on, because the cast is failing."""

    attempt: Attempt


@dataclass(frozen=True)
class Finish:
    """The cast succeeded with these outputs."""

    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class Fail:
    """The cast failed, and nothing of it runs any more."""

    failure: Failure


Move = Start | Refuse | Skip | Drop | Finish | Fail
