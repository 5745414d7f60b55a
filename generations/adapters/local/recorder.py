"""The call that an inline tool gets: the executor's own, with a list of what was kept."""

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from generations.adapters.base import ArtifactRef, BadOutput, Call
from generations.adapters.local.limits import MAX_FILE_BYTES, MAX_FILES


def bounded(stream: Iterable[bytes]) -> Iterable[bytes]:
    """Pass a file on; raises BadOutput when it is too large."""
    size = 0
    for piece in stream:
        size += len(piece)
        if size > MAX_FILE_BYTES:
            raise BadOutput(f"The tool made a file of more than {MAX_FILE_BYTES} bytes.")
        yield piece


class Recorder:
    """Passes everything on to the call."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self.id, self.attempt, self.key = call.id, call.attempt, call.key
        self.inputs, self.deadline = call.inputs, call.deadline
        self.callback_url = call.callback_url
        self.kept: list[ArtifactRef] = []

    def open(self, artifact: str) -> BinaryIO:
        """Open a stored file."""
        return self._call.open(artifact)

    def keep(
        self,
        stream: Iterable[bytes],
        *,
        media_type: str,
        name: str = "",
        provenance: Mapping[str, Any] | None = None,
    ) -> ArtifactRef:
        """Store a file; raises BadOutput past a limit."""
        if len(self.kept) >= MAX_FILES:
            raise BadOutput(f"The tool made more than {MAX_FILES} files.")
        ref = self._call.keep(
            bounded(stream), media_type=media_type, name=name, provenance=provenance
        )
        self.kept.append(ref)
        return ref

    def progress(self, fraction: float | None, note: str = "") -> None:
        """Report progress."""
        self._call.progress(fraction, note)

    def seconds_left(self) -> float:
        """Return the seconds until the deadline."""
        return self._call.seconds_left()

    def is_wanted(self) -> bool:
        """Tell whether the worker still holds the call."""
        return self._call.is_wanted()
