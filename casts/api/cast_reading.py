"""The members of a cast as it reads over the API."""

from datetime import datetime
from typing import Annotated, Any, NotRequired
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from casts.states import Reason, Status, StepStatus
from generations.api.readings import CostReading, FailureReading
from generations.states import HoldReason
from spellhub.rest.openapi import one_of


class StuckReading(BaseModel):
    """What should have happened and did not, since when."""

    reason: Annotated[str, Field(json_schema_extra=one_of(Reason))]
    since: datetime | None


class WaitingOnReading(BaseModel):
    """What a cast waits for although nothing is wrong."""

    kind: Annotated[str, Field(json_schema_extra=one_of(HoldReason))]
    since: datetime | None
    until: datetime | None
    sentence: str


class ItemsReading(BaseModel):
    """How far a step with ``for_each`` is."""

    model_config = ConfigDict(from_attributes=True)

    total: int
    succeeded: int
    failed: int
    live: int


class StepReading(BaseModel):
    """One step; ``generation`` is the attempt that says how it stands.

    ``items`` is null for a step without ``for_each``, and until its list is known.
    """

    model_config = ConfigDict(from_attributes=True)

    key: str
    tool: str
    status: Annotated[str, Field(json_schema_extra=one_of(StepStatus))]
    attempt: int
    generation: UUID | None
    started_at: datetime | None
    finished_at: datetime | None
    items: ItemsReading | None


class CastLinks(TypedDict):
    """Addresses; ``live`` is there when somebody made a live page for the cast."""

    self: str
    events: str
    live: NotRequired[str]


class CastReading(BaseModel):
    """One execution of one spell version."""

    id: UUID
    spell: str
    version: int
    account: str
    status: Annotated[str, Field(json_schema_extra=one_of(Status))]
    inputs: dict[str, Any]
    outputs: dict[str, Any] | None
    failure: FailureReading | None
    cost: CostReading
    stuck: StuckReading | None
    waiting_on: WaitingOnReading | None
    source: str
    steps: list[StepReading]
    forked_from: UUID | None
    piece: UUID | None = None
    metadata: dict[str, Any]
    seq: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    links: CastLinks
