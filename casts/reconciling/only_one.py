"""One run at a time, however many machines there are."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

# The number of the advisory lock: "spellhub" in bytes, cut to 63 bits.
_KEY = int.from_bytes(b"spellhub") & (2**63 - 1)


class AnotherRuns(Exception):
    """Somebody else holds the lock."""


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Hold the lock, which ends with the process at the latest; raises AnotherRuns.

    An advisory lock of the session on PostgreSQL; on SQLite, which is one machine's, a lock on a
    file in the data folder.
    """
    if connection.vendor == "postgresql":
        with _advisory():
            yield
    else:
        with _file(settings.DATA_DIR / f"{name}.lock"):
            yield


@contextmanager
def _advisory() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_KEY])
        if not cursor.fetchone()[0]:
            raise AnotherRuns
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_KEY])


@contextmanager
def _file(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AnotherRuns from error
        yield
