"""What an adapter is: the protocol between spellhub and the tools of one provider.

An adapter offers tools and performs single calls of them. It never touches the database; every
result is one of the typed outcomes below and every failure one of the typed errors.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO, Literal, Protocol, runtime_checkable
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

# A call that answers at once holds a worker, and the queue ends any message after 900 s.
MAX_CALL_S = 600

Mode = Literal["immediate", "async"]
Retry = Literal["never", "later", "same_order"]
Cancelled = Literal["asked", "too_late", "gone", "unsupported"]


class Price(BaseModel):
    """What one call of a tool costs us at most: a fixed amount per call."""

    model_config = ConfigDict(frozen=True)

    amount: Decimal = Field(ge=0, max_digits=12, decimal_places=6)
    currency: Literal["USD"] = "USD"


class ToolSpec(BaseModel):
    """Everything that is known of a tool before it is called; data only.

    ``input_schema`` and ``output_schema`` are JSON Schema 2020-12 with an object at the top; a
    property of format ``artifact`` holds the id of a stored file. ``repeatable`` says that calling
    the tool twice with the same inputs does no harm and costs nothing; a tool that is not
    repeatable is never called again by itself once its call may have been sent. ``isolation`` is
    ``process`` for tools that must not share the worker's process (heavy or untrusted by nature).
    A job may wait ``queue_s`` seconds at its provider and then run ``deadline_s`` seconds.
    ``retired`` is a sentence that says what to use instead; a retired tool still runs.
    """

    model_config = ConfigDict(frozen=True)

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$", max_length=100)
    version: str = Field(min_length=1, max_length=40)
    title: str = Field(max_length=100)
    description: str = ""
    adapter: str
    mode: Mode = "immediate"
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]
    dedupe: Literal["none", "client_id", "in_flight", "single_use"] = "none"
    cancel: Literal["no", "queued", "running"] = "no"
    webhook: Literal["no", "unsigned", "bearer", "standard", "fal"] = "no"
    read_only: bool = True
    billable: bool = False
    repeatable: bool = True
    deadline_s: int = Field(default=60, ge=1, le=86_400)
    queue_s: int = Field(default=3600, ge=1, le=7 * 86_400)
    price: Price | None = None
    isolation: Literal["inline", "process"] = "inline"
    memory_mib: int = Field(default=1024, ge=64)
    debug_only: bool = False
    retired: str = Field(default="", max_length=300)
    example: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class ArtifactRef:
    """A file of one account. ``id`` is what inputs and outputs of format ``artifact`` hold."""

    id: str
    media_type: str
    size: int
    sha256: str
    name: str = ""


class Call(Protocol):
    """One attempt of one step, as its adapter sees it.

    ``key`` is the same for every repetition of the same order, so that a provider that knows
    idempotency keys can tell. ``callback_url`` holds a random token of ours, so that a webhook
    finds its call even when the answer to the submit was lost.
    """

    id: UUID
    attempt: int
    key: str
    inputs: Mapping[str, Any]
    deadline: datetime
    callback_url: str | None

    def open(self, artifact: str) -> BinaryIO:
        """Open the stored file with this id for reading; raises InvalidInput if it is not ours."""

    def keep(
        self,
        stream: Iterable[bytes],
        *,
        media_type: str,
        name: str = "",
        provenance: Mapping[str, Any] | None = None,
    ) -> ArtifactRef:
        """Store a file that this call produced."""

    def progress(self, fraction: float | None, note: str = "") -> None:
        """Report progress, 0 to 1; raises CallCancelled when the call is no longer wanted."""

    def seconds_left(self) -> float:
        """Return the seconds until the deadline, by a monotonic clock; negative when past it."""

    def is_wanted(self) -> bool:
        """Tell whether this worker still holds the call; False once its lease is lost."""


@dataclass(frozen=True)
class Job:
    """A provider's own run of an async call."""

    id: str
    handle: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cost:
    """What the provider says a call cost; ``amount`` None when it does not tell."""

    amount: Decimal | None = None
    currency: str = "USD"
    units: Mapping[str, Decimal] = field(default_factory=dict)
    source: Literal["reported", "derived", "unknown"] = "unknown"


@dataclass(frozen=True)
class Pending:
    """The job is not finished; look again after ``poll_after`` seconds.

    ``is_running`` is false while it only waits in the provider's queue.
    """

    fraction: float | None = None
    note: str = ""
    queue_position: int | None = None
    poll_after: float = 2.0
    is_running: bool = True


@dataclass(frozen=True)
class Done:
    """The call succeeded with these outputs (checked against the tool's output schema)."""

    outputs: Mapping[str, Any]
    artifacts: Sequence[ArtifactRef] = ()
    cost: Cost = field(default_factory=Cost)


@dataclass(frozen=True)
class Delivery:
    """An authenticated webhook request."""

    id: str
    job_id: str
    at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Health:
    """The answer of an adapter's self-check; ``problem`` is a sentence, empty when all is well."""

    ok: bool
    problem: str = ""


@runtime_checkable
class Adapter(Protocol):
    """The code that talks to one provider and offers tools."""

    name: str

    def tools(self) -> Iterable[ToolSpec]:
        """Return the tools this adapter offers."""

    def check(self) -> Health:
        """Look whether the adapter could work now."""


@runtime_checkable
class Selective(Adapter, Protocol):
    """An adapter that does not offer all of its tools on every machine."""

    def unavailable(self) -> Mapping[str, str]:
        """Return the tools that it does not offer here, by key, with a sentence why."""


@runtime_checkable
class Immediate(Adapter, Protocol):
    """An adapter whose tools answer within the call."""

    def execute(self, call: Call, tool: ToolSpec) -> Done:
        """Perform the call; raises ToolError."""


@runtime_checkable
class Asynchronous(Adapter, Protocol):
    """An adapter whose tools run as jobs of a provider."""

    def start_job(self, call: Call, tool: ToolSpec) -> Job | Done:
        """Submit the job; raises ToolError."""

    def find(self, call: Call) -> Job | None:
        """Look for a job after an ambiguous submit.

        None means that it is surely not there; Unknown is raised when that cannot be told.
        """

    def poll(self, job: Job, call: Call) -> Pending | Done:
        """Ask for the state of a job; raises ToolError when it failed."""

    def cancel(self, job: Job) -> Cancelled:
        """Ask the provider to cancel a job; the job's own final state is the answer."""

    def receive(self, headers: Mapping[str, str], raw: bytes) -> Delivery:
        """Authenticate a webhook on its raw body; raises Forged."""

    def read(self, body: Mapping[str, Any], call: Call) -> Pending | Done:
        """Read a provider's description of a job; pure, shared by poll and webhook."""


class Unknown(Exception):
    """The provider cannot tell whether a submit arrived."""


class Forged(Exception):
    """A webhook that its provider did not send."""


class ToolError(Exception):
    """A call failed. Subclasses fix the code and when to try again.

    ``charged`` is None when unknown; ``ambiguous`` means the provider may have accepted the call.
    """

    code = "tool_error"
    retry: Retry = "never"

    def __init__(  # noqa: PLR0913 - all by name
        self,
        message: str,
        *,
        retry_after: float | None = None,
        provider_code: str = "",
        http_status: int | None = None,
        request_id: str = "",
        body: str = "",
        charged: bool | None = None,
        ambiguous: bool = False,
        trace: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after
        self.provider_code = provider_code
        self.http_status = http_status
        self.request_id = request_id
        self.body = body
        self.charged = charged
        self.ambiguous = ambiguous
        self.trace = trace


class InvalidInput(ToolError):
    """The tool cannot work with these inputs."""

    code = "invalid_input"


class Refused(ToolError):
    """The provider declined, for example by its content policy."""

    code = "refused"


class Unauthorized(ToolError):
    """The provider does not accept our credentials."""

    code = "unauthorized"


class OutOfCredit(ToolError):
    """The provider wants to be paid first."""

    code = "out_of_credit"


class NoSuchTool(ToolError):
    """The tool does not exist, or no longer."""

    code = "tool_gone"


class BadOutput(ToolError):
    """The tool answered with something that is not of its output schema."""

    code = "bad_output"


class CallCancelled(ToolError):
    """The call was cancelled."""

    code = "cancelled"


class DeadlineExceeded(ToolError):
    """The call did not finish within its deadline."""

    code = "deadline_exceeded"
    retry: Retry = "later"


class OutOfMemory(ToolError):
    """The tool needed more memory than it may have."""

    code = "out_of_memory"


class ToolCrashed(ToolError):
    """The process of the tool ended without an answer."""

    code = "tool_crashed"
    retry: Retry = "later"


class ToolRaised(ToolError):
    """The tool's own code raised; ``trace`` says where."""

    code = "tool_raised"
    retry: Retry = "later"


class RateLimited(ToolError):
    """The provider asks to wait ``retry_after`` seconds; uses up no attempt."""

    code = "rate_limited"
    retry: Retry = "later"


class Busy(ToolError):
    """The provider has no room now."""

    code = "provider_busy"
    retry: Retry = "later"


class Unavailable(ToolError):
    """The provider cannot be reached or answers with a server error."""

    code = "provider_unavailable"
    retry: Retry = "later"


class ConnectionLost(ToolError):
    """The connection broke after the call may have been sent."""

    code = "connection_lost"
    retry: Retry = "same_order"


class JobLost(ToolError):
    """The provider no longer knows the job."""

    code = "job_lost"
    retry: Retry = "same_order"


class ProviderTimeout(ToolError):
    """The provider did not answer in time; it may have accepted the call."""

    code = "provider_timeout"
    retry: Retry = "same_order"
