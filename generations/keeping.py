"""Keeping files in the storage: whole or not at all, and never over another."""

from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import storages


class _Whole(File):  # type: ignore[type-arg]
    """A file on the storage's own disk, which the storage moves into its place."""

    def __init__(self, path: Path, file: IO[Any]) -> None:
        super().__init__(file, name=path.name)
        self._path = path

    def temporary_file_path(self) -> str:
        """Tell the storage where to move it from."""
        return str(self._path)


def put(content: IO[bytes], name: str) -> str:
    """Keep the bytes under a name, which stays what it was where there is such a file already.

    Whoever opens the name finds all of them, also while somebody else puts the same. Raises
    OSError.
    """
    storage = storages["artifacts"]
    if storage.exists(name):
        return name
    content.seek(0)
    part = f"parts/{uuid4().hex}"
    try:
        storage.save(part, File(content))
        path = Path(storage.path(part))
        with path.open("rb") as file:
            saved = storage.save(name, _Whole(path, file))
    finally:
        storage.delete(part)
    if saved != name:
        # Somebody kept the same bytes in the meantime.
        storage.delete(saved)
    return name


def get(name: str) -> bytes:
    """Return the bytes under a name; raises OSError where there are none."""
    with storages["artifacts"].open(name, "rb") as file:
        content: bytes = file.read()
    return content
