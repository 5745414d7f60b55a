"""Refusals by the database itself that no constraint can express: rows that may not change.

Django rebuilds a table on SQLite to alter it, which drops its triggers; so they are put back after
every migrate, and ``missing`` lets a system check see that they are there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_FUNCTION = """
CREATE OR REPLACE FUNCTION spellhub_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation';
END $$
"""


@dataclass(frozen=True)
class Refusal:
    """An update of a table that is refused when ``when`` holds for OLD and NEW.

    ``columns`` are compared null-safely and the update is refused when any of them changes.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    message: str
    when: str = "1 = 1"

    def condition(self, vendor: str) -> str:
        """Return the SQL condition under which the update is refused."""
        # PostgreSQL cannot compare two values of type json, but their texts.
        differs, text = ("IS DISTINCT FROM", "::text") if vendor == "postgresql" else ("IS NOT", "")
        changes = (f'NEW."{c}"{text} {differs} OLD."{c}"{text}' for c in self.columns)
        return f"({self.when}) AND ({' OR '.join(changes)})"

    def statements(self, vendor: str) -> list[str]:
        """Return the SQL that puts the trigger in place, also when it is there already."""
        drop = f'DROP TRIGGER IF EXISTS "{self.name}"'
        create = f'CREATE TRIGGER "{self.name}" BEFORE UPDATE ON "{self.table}" FOR EACH ROW'
        if vendor == "postgresql":
            then = f"EXECUTE FUNCTION spellhub_refuse('{self.message}')"
            return [
                f'{drop} ON "{self.table}"',
                f"{create} WHEN ({self.condition(vendor)}) {then}",
            ]
        then = f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        return [drop, f"{create} WHEN {self.condition(vendor)} {then}"]


def install(refusals: Iterable[Refusal], using: str) -> None:
    """Put the triggers in place."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for refusal in refusals:
            for statement in refusal.statements(connection.vendor):
                cursor.execute(statement)


def missing(refusals: Iterable[Refusal], connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of triggers that are not in the database."""
    catalogue = {
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        present = {row[0] for row in cursor.fetchall()}
    return {refusal.name for refusal in refusals} - present


def installer(refusals: Iterable[Refusal]) -> Any:
    """Return a post_migrate receiver that puts the triggers in place."""

    def put_back(using: str, **_: Any) -> None:
        install(refusals, using)

    return put_back
