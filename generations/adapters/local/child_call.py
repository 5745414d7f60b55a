"""A call as a tool in the child sees it."""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from generations.adapters.base import ArtifactRef, BadOutput, InvalidInput
from generations.adapters.local.limits import MAX_FILE_BYTES, MAX_FILES, MAX_TEXT
from generations.adapters.local.messages import KeptFile, Message, Progress, Request


class ChildCall:
    """Its files are those of the call's folder; progress goes to the worker."""

    callback_url: str | None = None

    def __init__(self, request: Request, send: Callable[[Message], None]) -> None:
        self.id = request.call
        self.attempt = request.attempt
        self.key = request.key
        self.inputs: Mapping[str, Any] = request.inputs
        self.deadline = request.deadline
        self.kept: list[KeptFile] = []
        self._folder = Path(request.folder)
        self._given = request.given
        self._until = time.monotonic() + request.seconds
        self._send = send

    def open(self, artifact: str) -> BinaryIO:
        """Open a file that is among the inputs; raises InvalidInput for any other."""
        if artifact not in self._given:
            raise InvalidInput(f"{artifact!r} is not a file among the inputs.")
        return (self._folder / self._given[artifact]).open("rb")

    def keep(
        self,
        stream: Iterable[bytes],
        *,
        media_type: str,
        name: str = "",
        provenance: Mapping[str, Any] | None = None,
    ) -> ArtifactRef:
        """Leave a file in the folder for the worker to store; raises BadOutput past a limit."""
        number = len(self.kept)
        if number >= MAX_FILES:
            raise BadOutput(f"The tool made more than {MAX_FILES} files.")
        path = self._folder / f"kept-{number}"
        digest, size = hashlib.sha256(), 0
        with path.open("xb") as file:
            for piece in stream:
                size += len(piece)
                if size > MAX_FILE_BYTES:
                    raise BadOutput(f"The tool made a file of more than {MAX_FILE_BYTES} bytes.")
                digest.update(piece)
                file.write(piece)
        kept = KeptFile(
            id=f"file:{number}",
            path=path.name,
            media_type=media_type,
            name=name,
            provenance=dict(provenance or {}),
        )
        self.kept.append(kept)
        return ArtifactRef(kept.id, media_type, size, digest.hexdigest(), name)

    def progress(self, fraction: float | None, note: str = "") -> None:
        """Tell the worker, which kills this process when the call is no longer wanted."""
        self._send(Progress(call=self.id, fraction=fraction, note=note[:MAX_TEXT]))

    def seconds_left(self) -> float:
        """Return the seconds until the deadline."""
        return self._until - time.monotonic()

    def is_wanted(self) -> bool:
        """Return True: a process whose call is not wanted is killed."""
        return True
