"""The folder of one call: the files it reads and the files it made, gone when it ends."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "spellhub-call-"
# A folder just made is not locked yet, so only old ones are looked at.
_ABANDONED_AFTER_S = 600.0


@contextmanager
def call_folder() -> Iterator[Path]:
    """Make a folder that is locked while its call runs, and removed after it."""
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
        handle = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(handle)


def sweep_abandoned(now: float | None = None) -> list[Path]:
    """Remove the folders of workers that were killed; returns them.

    A lock dies with its process, so a folder that can be locked belongs to nobody.
    """
    oldest = (time.time() if now is None else now) - _ABANDONED_AFTER_S
    folders = Path(tempfile.gettempdir()).glob(f"{_PREFIX}*")
    return [folder for folder in folders if _is_older(folder, oldest) and _remove(folder)]


def _is_older(folder: Path, than: float) -> bool:
    try:
        return folder.stat().st_mtime < than
    except FileNotFoundError:  # its call ended just now
        return False


def _remove(folder: Path) -> bool:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:  # gone, a link, or another user's
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        shutil.rmtree(folder, ignore_errors=True)
        return True
    finally:
        os.close(handle)
