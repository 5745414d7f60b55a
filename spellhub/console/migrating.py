"""Bringing the database to this version's shape."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from spellhub.console.refusals import Refused


def migrate(backups: Path) -> Path | None:
    """Migrate the database if it is older; return the backup that was made of older data.

    Only an SQLite file is backed up. Raises Refused when the data is of a newer version, or the
    database cannot be used.
    """
    try:
        executor = MigrationExecutor(connection)
        _refuse_newer(executor.loader)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return None
        backup = _back_up(backups) if executor.loader.applied_migrations else None
        call_command("migrate", interactive=False, verbosity=0)
    except Error as error:
        reason = str(error).strip().splitlines()[0]
        raise Refused(f"The database {_name()} cannot be used: {reason}.") from error
    return backup


def _refuse_newer(loader: MigrationLoader) -> None:
    replaced = {old for migration in loader.replacements.values() for old in migration.replaces}
    unknown = set(loader.applied_migrations) - set(loader.disk_migrations) - replaced
    if unknown:
        app, name = max(unknown)
        raise Refused(
            f"The data in {_name()} was written by a newer version of spellhub (it has {app}.{name}"
            "): start that version, or set SPELLHUB_DATA_DIR or DATABASE_URL to other data."
        )


def _back_up(folder: Path) -> Path | None:
    if connection.vendor != "sqlite":
        return None
    folder.mkdir(parents=True, exist_ok=True)
    backup = folder / f"spellhub-{datetime.now(UTC):%Y%m%dT%H%M%S%f}-before-migrate.sqlite3"
    unfinished = backup.with_suffix(".part")
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(unfinished)) as target,
    ):
        source.backup(target)
    return unfinished.rename(backup)


def _name() -> str:
    if connection.vendor == "sqlite":
        return str(connection.settings_dict["NAME"])
    return f"{connection.settings_dict['NAME']} on {connection.settings_dict['HOST']}"
