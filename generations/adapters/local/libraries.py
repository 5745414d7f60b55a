"""Libraries of the system that a tool's package loads; no package manager of Python brings them."""

import ctypes
from collections.abc import Iterable


def missing_libraries(names: Iterable[str]) -> list[str]:
    """Return which of these shared libraries (``libz.so.1``) cannot be loaded here."""
    return [name for name in names if not _loads(name)]


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
