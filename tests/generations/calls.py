"""Calls of tools without a database: the local adapter with files in memory."""

import hashlib
import io
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, BinaryIO
from uuid import uuid4

import pytest
from PIL import Image

from generations.adapters.base import ArtifactRef, CallCancelled, Done, InvalidInput
from generations.adapters.local import LocalAdapter


class MemoryCall:
    """A call whose files are in a dictionary; set ``wanted`` to False to lose its lease."""

    callback_url: str | None = None

    def __init__(
        self,
        inputs: Mapping[str, Any],
        *,
        files: Mapping[str, bytes] | None = None,
        attempt: int = 1,
        seconds: float = 30.0,
    ) -> None:
        self.id = uuid4()
        self.attempt = attempt
        self.key = "order-1"
        self.inputs = inputs
        self.deadline = datetime.now(UTC) + timedelta(seconds=seconds)
        self.files = dict(files or {})
        self.kept: list[ArtifactRef] = []
        self.provenance: dict[str, dict[str, Any]] = {}
        self.progressed: list[tuple[float | None, str]] = []
        self.wanted = True
        self._until = time.monotonic() + seconds

    def open(self, artifact: str) -> BinaryIO:
        if artifact not in self.files:
            raise InvalidInput(f"There is no file {artifact} of this account.")
        return io.BytesIO(self.files[artifact])

    def keep(
        self,
        stream: Iterable[bytes],
        *,
        media_type: str,
        name: str = "",
        provenance: Mapping[str, Any] | None = None,
    ) -> ArtifactRef:
        content = b"".join(stream)
        digest = hashlib.sha256(content).hexdigest()
        ref = ArtifactRef(str(uuid4()), media_type, len(content), digest, name)
        self.files[ref.id] = content
        self.kept.append(ref)
        self.provenance[ref.id] = dict(provenance or {})
        return ref

    def progress(self, fraction: float | None, note: str = "") -> None:
        self.progressed.append((fraction, note))
        if not self.wanted:
            raise CallCancelled("The step was ended while its tool ran.")

    def seconds_left(self) -> float:
        return self._until - time.monotonic()

    def is_wanted(self) -> bool:
        return self.wanted


@cache
def local() -> LocalAdapter:
    """Return the local adapter of this process, with its one warm child."""
    return LocalAdapter()


def execute(adapter: LocalAdapter, key: str, call: MemoryCall) -> Done:
    """Perform a call of one of an adapter's tools."""
    spec = next(spec for spec in adapter.tools() if spec.key == key)
    return adapter.execute(call, spec)


def run(key: str, inputs: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    """Run a local tool; returns its outputs."""
    return dict(execute(local(), key, MemoryCall(inputs, **options)).outputs)


def draw(key: str, inputs: Mapping[str, Any], files: Mapping[str, bytes] | None = None) -> bytes:
    """Run a tool that makes one picture; returns the file."""
    call = MemoryCall(inputs, files=files)
    done = execute(local(), key, call)
    return call.files[done.outputs["image"]]


def picture(file: bytes) -> Image.Image:
    """Decode a picture."""
    with Image.open(io.BytesIO(file)) as opened:
        return opened.convert("RGB")


def png(size: tuple[int, int] = (64, 48), colour: str = "#c8553d") -> bytes:
    """Return a picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def expect(error: type[Exception], key: str, inputs: Mapping[str, Any], **options: Any) -> Any:
    """Run a tool that must fail with this error; returns the error."""
    with pytest.raises(error) as caught:
        run(key, inputs, **options)
    assert type(caught.value) is error
    return caught.value
