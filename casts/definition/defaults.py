"""Filling in the defaults of a schema, where nothing is given."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from casts.definition.schema_types import followed
from casts.definition.values import MAX_WEIGHT, weight


class TooManyDefaults(ValueError):
    """The defaults make the values larger than may be stored."""


def with_defaults(root: Mapping[str, Any], value: Any, within: Any = None) -> Any:
    """Return a copy of a value with the defaults of its absent members.

    Objects in objects and in lists get theirs too; no object is made up to hold defaults.
    ``within`` is the part of the schema that the value is of, if not the whole. Raises
    TooManyDefaults.
    """
    return _Filler(root).filled(root if within is None else within, value)


class _Filler:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._left = MAX_WEIGHT

    def filled(self, schema: Any, value: Any) -> Any:
        schema = followed(schema, self._root)
        if not isinstance(schema, Mapping):
            return deepcopy(value)
        if isinstance(value, dict):
            return self._object(schema, value)
        if isinstance(value, list):
            return [self.filled(schema.get("items"), item) for item in value]
        return value

    def _object(self, schema: Mapping[str, Any], value: dict[str, Any]) -> dict[str, Any]:
        properties = schema.get("properties", {})
        result = {name: self.filled(properties.get(name), item) for name, item in value.items()}
        for name, subschema in properties.items():
            if name not in value:
                self._default(name, subschema, result)
        return result

    def _default(self, name: str, subschema: Any, result: dict[str, Any]) -> None:
        for source in (subschema, followed(subschema, self._root)):
            if isinstance(source, Mapping) and "default" in source:
                self._left -= weight(source["default"], self._left)
                if self._left < 0:
                    raise TooManyDefaults("With their defaults the inputs are too large.")
                result[name] = self.filled(subschema, source["default"])
                return
