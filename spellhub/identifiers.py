"""Identifiers of rows: UUIDv7, so that a primary key index grows at its end."""

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """Return a new time-ordered identifier (RFC 9562, version 7)."""
    return _uuid7()


def short(identifier: UUID) -> str:
    """Return the tail of an identifier for narrow places.

    The heads of neighbours are alike, because they hold the time.
    """
    return f"…{identifier.hex[-8:]}"
