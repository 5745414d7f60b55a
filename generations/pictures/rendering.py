"""Making new pixels of stored files: one at a time, in a child process that they may kill."""

import threading
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, BinaryIO
from uuid import UUID

from generations.adapters.base import ArtifactRef, DeadlineExceeded, InvalidInput, ToolError
from generations.adapters.local import LocalAdapter
from generations.artifacts import open_file
from generations.models import Artifact
from generations.pictures import renderers
from spellhub.identifiers import uuid7

PATIENCE_S = 20.0
"""How long a request may wait for those before it."""

_turn = threading.Lock()


class NotRendered(Exception):
    """The file cannot be made into pixels, or only at too high a price; says why.

    ``is_certain`` is false where another try may succeed: the machine may have been busy.
    """

    def __init__(self, why: str, *, is_certain: bool = True) -> None:
        super().__init__(why)
        self.is_certain = is_certain


class Busy(Exception):
    """Too many others wait for the same; it may do later."""


@cache
def _adapter() -> LocalAdapter:
    return LocalAdapter(renderers)


def render(
    renderer: str, artifact: Artifact, *, seconds: float | None = None, **inputs: Any
) -> bytes:
    """Return what a renderer makes of a file, given as its input ``picture``.

    It may take so many seconds, or as many as the renderer says. Raises NotRendered, Busy, and
    OSError when the bytes of the file are gone.
    """
    tool = next(spec for spec in _adapter().tools() if spec.key == renderer)
    if not _turn.acquire(timeout=PATIENCE_S):
        raise Busy("Many pictures are being made ready; try again in some seconds.")
    try:
        call = _Call(artifact, inputs, seconds or tool.deadline_s)
        _adapter().execute(call, tool)
    except ToolError as error:
        is_certain = isinstance(error, InvalidInput)
        raise NotRendered(_why(error), is_certain=is_certain) from error
    finally:
        _turn.release()
    return call.made


def _why(error: ToolError) -> str:
    match error:
        case InvalidInput():
            return error.message
        case DeadlineExceeded():
            return "It takes too long to draw."
        case _:
            return "It asks for more than it may have."


class _Call:
    """The call that a renderer sees: one file in, one file out."""

    attempt = 1
    callback_url: str | None = None

    def __init__(self, artifact: Artifact, inputs: Mapping[str, Any], seconds: float) -> None:
        self.id: UUID = uuid7()
        self.key = str(self.id)
        self.inputs: Mapping[str, Any] = {"picture": str(artifact.pk), **inputs}
        self.deadline: datetime = datetime.now(UTC) + timedelta(seconds=seconds)
        self.made = b""
        self._artifact = artifact
        self._ends = time.monotonic() + seconds

    def open(self, artifact: str) -> BinaryIO:
        if artifact != str(self._artifact.pk):
            raise InvalidInput(f"{artifact} is not the file of this call.")
        return open_file(self._artifact)

    def keep(
        self,
        stream: Iterable[bytes],
        *,
        media_type: str,
        name: str = "",
        provenance: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> ArtifactRef:
        self.made = b"".join(stream)
        return ArtifactRef(str(uuid7()), media_type, len(self.made), sha256="", name=name)

    def progress(self, fraction: float | None, note: str = "") -> None:
        """See Call; nobody watches."""

    def seconds_left(self) -> float:
        return self._ends - time.monotonic()

    def is_wanted(self) -> bool:
        return True
