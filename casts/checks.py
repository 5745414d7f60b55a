"""Checks of the database: the refusals that SQLite loses when a table is rebuilt."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from casts.models import REFUSALS as CASTS
from generations.models import REFUSALS as GENERATIONS
from spellhub.triggers import missing


@register(Tags.database)
def triggers_are_in_place(
    app_configs: Any = None,  # noqa: ARG001 - Django gives it
    databases: Sequence[str] | None = None,
    **_: Any,
) -> list[CheckMessage]:
    """Report every trigger that is not in a database that has the tables."""
    problems: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if "casts_cast" not in connection.introspection.table_names():
            continue
        problems += [
            Error(
                f"The trigger {name} is missing from the database.",
                hint="Run manage.py migrate: it puts the triggers back.",
                id="casts.E001",
            )
            for name in sorted(missing([*CASTS, *GENERATIONS], connection))
        ]
    return problems
