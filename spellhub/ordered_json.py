"""JSON whose objects keep the order in which their members were written.

PostgreSQL's ``jsonb`` sorts the members of objects; its ``json`` keeps the text as it came.
"""

import json
from typing import Any

from django.db import models
from psycopg.types.json import Json


class OrderedJSONField(models.JSONField):
    """A JSON column that is only ever read whole: it cannot be compared or searched."""

    def db_type(self, connection: Any) -> str | None:
        """Return the type of the column."""
        return "json" if connection.vendor == "postgresql" else super().db_type(connection)

    def get_db_prep_value(
        self,
        value: Any,
        connection: Any,
        prepared: bool = False,  # noqa: FBT001, FBT002 - Django's own signature
    ) -> Any:
        """Send the text as it is; as ``jsonb`` it would be sorted on its way."""
        if connection.vendor != "postgresql" or value is None:
            return super().get_db_prep_value(value, connection, prepared)
        return Json(value, dumps=lambda given: json.dumps(given, cls=self.encoder))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the value; PostgreSQL's driver has read a ``json`` already."""
        if not isinstance(value, str):
            return value
        return super().from_db_value(value, expression, connection)
