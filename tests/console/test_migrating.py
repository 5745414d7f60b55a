"""Bringing the database to this version's shape, or refusing to."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from spellhub.console.migrating import migrate
from spellhub.console.refusals import Refused


@pytest.mark.django_db
def test_a_database_of_this_version_is_left_alone(tmp_path: Path) -> None:
    assert migrate(tmp_path / "backups") is None
    assert not (tmp_path / "backups").exists()


@pytest.mark.django_db
def test_data_of_a_newer_version_is_refused_by_its_name(tmp_path: Path) -> None:
    MigrationRecorder(connection).record_applied("casts", "9999_later")
    with pytest.raises(Refused, match=r"newer version of spellhub \(it has casts\.9999_later\)"):
        migrate(tmp_path)


@pytest.mark.django_db
def test_data_of_an_application_that_came_later_is_refused(tmp_path: Path) -> None:
    MigrationRecorder(connection).record_applied("later", "0001_initial")
    with pytest.raises(Refused, match=r"later\.0001_initial"):
        migrate(tmp_path)


@pytest.mark.django_db(transaction=True)
def test_older_data_is_migrated_and_an_embedded_one_is_copied_first(tmp_path: Path) -> None:
    call_command("migrate", "sessions", "zero", verbosity=0)
    backup = migrate(tmp_path / "backups")
    assert "django_session" in connection.introspection.table_names()
    if connection.vendor == "sqlite":
        assert backup is not None
        assert [file.name for file in (tmp_path / "backups").iterdir()] == [backup.name]
    else:
        assert backup is None
