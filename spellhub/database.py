"""What the engine needs to know of the database below it."""

from datetime import UTC, datetime
from typing import TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def locked(rows: models.QuerySet[Row]) -> models.QuerySet[Row]:
    """Lock the owner rows of a queryset, waiting, so that children can still be inserted.

    PostgreSQL blocks the insert of a child on a plain ``FOR UPDATE`` of its owner; ``FOR NO KEY
    UPDATE`` does not. SQLite takes its one write lock when the transaction begins.
    """
    if not connection.features.has_select_for_no_key_update:
        return rows.select_for_update()
    return rows.select_for_update(no_key=True, of=("self",))


_NOW = {
    "postgresql": "SELECT STATEMENT_TIMESTAMP()",
    "sqlite": "SELECT STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')",
}


def now() -> datetime:
    """Return the database's time, the only clock that decides anything."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW[connection.vendor])
        value = cursor.fetchone()[0]
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=UTC)
