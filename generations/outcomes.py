"""What a worker was asked to do with a generation, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from generations.adapters.base import ArtifactRef, Cost
from generations.failures import Failure


@dataclass(frozen=True)
class Order:
    """One claimed call: everything the executor needs, nothing it has to look up.

    ``epoch`` is the claim's fencing token; ``seconds`` is how long the call may take.
    """

    generation: UUID
    cast: UUID
    account: int
    spell: str
    step: str
    attempt: int
    epoch: int
    tool: str
    tool_version: str
    inputs: Mapping[str, Any]
    seconds: float
    deadline: datetime


@dataclass(frozen=True)
class Kept:
    """A file that a call stored; its link row is written with the outcome."""

    ref: ArtifactRef
    artifact: UUID
    provenance: Mapping[str, Any]


@dataclass(frozen=True)
class Succeeded:
    """The call gave outputs of the tool's output schema."""

    outputs: Mapping[str, Any]
    kept: Sequence[Kept]
    cost: Cost


@dataclass(frozen=True)
class Failed:
    """The call failed; files it stored before are kept all the same."""

    failure: Failure
    kept: Sequence[Kept] = ()


Outcome = Succeeded | Failed


@dataclass(frozen=True)
class Report:
    """An outcome on its way to the engine."""

    order: Order
    outcome: Outcome
