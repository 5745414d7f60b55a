"""What a worker was asked to do with a generation, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from generations.adapters.base import ArtifactRef, Cancelled, Cost, Job, Pending
from generations.failures import Failure


class Work(StrEnum):
    """What is to be done for a generation: the whole call, or one exchange about its job."""

    CALL = "call"
    SUBMIT = "submit"
    FIND = "find"
    POLL = "poll"
    READ = "read"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Order:
    """One claimed piece of work: everything the executor needs, nothing it has to look up.

    ``epoch`` is the claim's fencing token; ``seconds`` is how long the call may take. ``job`` is
    what the work is about once the provider has it; ``delivery`` is the stored webhook to read.
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
    work: Work = Work.CALL
    job: Job | None = None
    callback_token: str | None = None
    delivery: int | None = None
    body: str = ""


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


@dataclass(frozen=True)
class Submitted:
    """The provider has the job."""

    job: Job


@dataclass(frozen=True)
class Unclear:
    """The connection broke after the call may have been sent: nobody knows whether it was taken."""

    failure: Failure


@dataclass(frozen=True)
class Absent:
    """The provider surely has no such job: it may be submitted."""


@dataclass(frozen=True)
class Untold:
    """The provider cannot tell whether it has the job."""


@dataclass(frozen=True)
class StillOut:
    """The job is not finished."""

    pending: Pending


@dataclass(frozen=True)
class Missing:
    """The provider no longer knows the job; perhaps it ended between two looks."""

    failure: Failure


@dataclass(frozen=True)
class Unasked:
    """The provider could not be asked now; that says nothing of the job."""

    failure: Failure


@dataclass(frozen=True)
class CancelAnswered:
    """What the provider said to being asked to cancel; the job's own end is the answer."""

    answer: Cancelled


Outcome = (
    Succeeded
    | Failed
    | Submitted
    | Unclear
    | Absent
    | Untold
    | StillOut
    | Missing
    | Unasked
    | CancelAnswered
)


@dataclass(frozen=True)
class Report:
    """An outcome on its way to the engine."""

    order: Order
    outcome: Outcome
