"""What a worker and its child say to each other."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from generations.adapters.base import ToolError
from generations.adapters.local.errors import KINDS, kind_of
from generations.adapters.local.limits import MAX_TEXT, MAX_TRACE


class Message(BaseModel):
    """About one call."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    call: UUID


class Request(Message):
    """Run a tool. ``given`` maps artifact ids to names of files in the call's folder."""

    attempt: int
    key: str
    inputs: dict[str, Any]
    deadline: datetime
    seconds: float
    module: str
    tool: str
    folder: str
    given: dict[str, str]
    memory_mib: int


class Progress(Message):
    """The tool reports progress."""

    kind: Literal["progress"] = "progress"
    fraction: float | None
    note: str


class KeptFile(BaseModel):
    """A file that the tool made, under a name of ours in the call's folder.

    ``id`` stands in the outputs until the worker has stored the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    path: str = Field(pattern=r"^kept-[0-9]{1,2}$")
    media_type: str
    name: str
    provenance: dict[str, Any]


class Finished(Message):
    """The tool returned."""

    kind: Literal["finished"] = "finished"
    outputs: dict[str, Any]
    files: list[KeptFile]


class Raised(Message):
    """The tool raised this typed error."""

    kind: Literal["raised"] = "raised"
    error: str
    message: str
    retry_after: float | None
    provider_code: str
    http_status: int | None
    request_id: str
    body: str
    charged: bool | None
    ambiguous: bool
    trace: str

    @classmethod
    def of(cls, call: UUID, error: ToolError) -> Self:
        """Write an error down, in a bounded size."""
        return cls(
            call=call,
            error=kind_of(error),
            message=_sayable(error.message)[:MAX_TEXT],
            retry_after=error.retry_after,
            provider_code=_sayable(error.provider_code)[:MAX_TEXT],
            http_status=error.http_status,
            request_id=_sayable(error.request_id)[:MAX_TEXT],
            body=_sayable(error.body)[:MAX_TEXT],
            charged=error.charged,
            ambiguous=error.ambiguous,
            trace=_sayable(error.trace)[-MAX_TRACE:],
        )

    def to_error(self) -> ToolError:
        """Return the error; raises KeyError for one that does not exist."""
        details = self.model_dump(exclude={"call", "kind", "error", "message"})
        return KINDS[self.error](self.message, **details)


Answer = Finished | Raised
_spoken: TypeAdapter[Progress | Answer] = TypeAdapter(
    Annotated[Progress | Answer, Field(discriminator="kind")]
)


def parse(body: bytes) -> Progress | Answer:
    """Read a message of the child; raises ValueError."""
    return _spoken.validate_json(body)


def _sayable(text: object) -> str:
    """Write out lone surrogates, which no JSON may hold."""
    return str(text).encode("utf-8", "backslashreplace").decode()
