"""Writing the files of a cast's outputs into a folder."""

import re
import shutil
from pathlib import Path

from casts.pages.reading import CastReading
from casts.pages.showing import Shown
from generations.artifacts import open_file

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


def save(reading: CastReading, folder: Path) -> list[Path]:
    """Write each file of the outputs; return the paths in the order of the outputs.

    Names are made of the spell, the cast and the output, of plain letters only, so that no name
    leaves the folder; a file that is there is never overwritten. Raises OSError.
    """
    return [_write(reading, item, folder) for item in reading.outputs if item.link is not None]


def _write(reading: CastReading, item: Shown, folder: Path) -> Path:
    assert item.link is not None  # noqa: S101 - save() has left out what is no file
    artifact = item.link.artifact
    stem = "-".join((reading.cast.version.spell.slug, reading.cast.id.hex[-8:], plain(item.name)))
    extension = plain(artifact.file.rpartition(".")[2])
    with open_file(artifact) as source:
        for number in range(1, 1000):
            path = folder / f"{stem}{f'-{number}' if number > 1 else ''}.{extension}"
            try:
                with path.open("xb") as copy:
                    shutil.copyfileobj(source, copy)
            except FileExistsError:
                continue
            return path
    raise FileExistsError(f"{folder} is full of files named {stem}.")


def plain(name: str) -> str:
    """Return a name that is safe in any folder."""
    return _UNSAFE.sub("_", name).strip("_")[:60] or "file"
