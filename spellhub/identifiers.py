"""Identifiers of rows: UUIDv7, so that a primary key index grows at its end."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7

_LENGTH = len(str(UUID(int=0)))


def uuid7() -> UUID:
    """Return a new time-ordered identifier (RFC 9562, version 7)."""
    return _uuid7()


def short(identifier: UUID) -> str:
    """Return the tail of an identifier for narrow places.

    The heads of neighbours are alike, because they hold the time.
    """
    return f"…{identifier.hex[-8:]}"


def identifiers_in(value: Any) -> Iterator[UUID]:
    """Yield every text in a JSON value that could be an identifier."""
    if isinstance(value, str):
        if (identifier := _identifier(value)) is not None:
            yield identifier
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from identifiers_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from identifiers_in(item)


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == _LENGTH else None
    except ValueError:
        return None
