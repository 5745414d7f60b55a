"""The data folder of one machine: who uses it, and the key made for it."""

import fcntl
import os
import secrets
from pathlib import Path
from typing import IO

from spellhub.console.refusals import Refused


def take(folder: Path, address: str) -> IO[str]:
    """Keep others from starting on this folder for as long as the returned file is open.

    Raises Refused, naming the process that has it.
    """
    file = (folder / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        raise Refused(
            f"spellhub is already up on {folder} ({file.read().strip() or 'another process'}): "
            "stop it first, or set SPELLHUB_DATA_DIR and PORT to others."
        ) from error
    file.truncate(0)
    file.write(f"process {os.getpid()} at {address}\n")
    file.flush()
    return file


def make_secret_key(file: Path) -> None:
    """Write a new secret key that only its owner can read; never replaces one."""
    descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secrets.token_urlsafe(48))
