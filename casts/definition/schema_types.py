"""What a JSON Schema says of the values it allows: their types, their members, their items."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import re2

from casts.definition.values import at_pointer

Types = frozenset[str]

ANYTHING: Types = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
UNDECLARED = "undeclared"
_NESTING = 8
_HOPS = 16
_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}


def type_of(value: Any) -> str:
    """Return the JSON type of a value."""
    if value is None:
        return "null"
    for kind, name in (
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (str, "string"),
        (list, "array"),
    ):
        if isinstance(value, kind):
            return name
    return "object"


def words(types: Types) -> str:
    """Return types in words, such as "text or null"."""
    listed = types - {"integer"} if "number" in types else types
    return " or ".join(_WORDS[name] for name in _WORDS if name in listed) or "nothing"


def may_fit(given: Types, taken: Types) -> bool:
    """Return whether a value of the given types can ever be of one of the taken ones.

    Null is left out of account: a step that was skipped gives null whatever its schema says.
    """
    numbers = frozenset({"integer", "number"})
    left, right = ((kinds | numbers if kinds & numbers else kinds) for kinds in (given, taken))
    return given <= {"null"} or bool((left - {"null"}) & right)


def followed(schema: Any, root: Any) -> Any:
    """Return the schema that local ``$ref`` lead to; True (anything) where that cannot be told."""
    for _ in range(_HOPS):
        if not isinstance(schema, Mapping) or not isinstance(schema.get("$ref"), str):
            return schema
        reference = schema["$ref"]
        if not reference.startswith("#"):
            return True
        try:
            schema = at_pointer(root, unquote(reference[1:]))
        except LookupError:
            return True
    return True


def types_of(schema: Any, root: Any, nesting: int = 0) -> Types:
    """Return the types of the values that a schema allows, at least."""
    schema = followed(schema, root)
    if not isinstance(schema, Mapping) or nesting > _NESTING:
        return ANYTHING
    types = ANYTHING
    for allowed in _stated(schema):
        types &= allowed
    for branches in (schema.get("anyOf"), schema.get("oneOf")):
        if isinstance(branches, list) and branches:
            types &= frozenset().union(*(types_of(one, root, nesting + 1) for one in branches))
    for branch in _listed(schema.get("allOf")):
        types &= types_of(branch, root, nesting + 1)
    return types


def member(schema: Any, root: Any, name: str, nesting: int = 0) -> Any:
    """Return the schema of a member: UNDECLARED when none speaks of it, False when it cannot be."""
    schema = followed(schema, root)
    if not isinstance(schema, Mapping) or nesting > _NESTING:
        return True
    if any("object" not in types for types in _stated(schema)):
        return False
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and name in properties:
        return properties[name]
    found = [_undeclared(schema, name)]
    found += [
        member(branch, root, name, nesting + 1)
        for keyword in ("allOf", "anyOf", "oneOf")
        for branch in _listed(schema.get(keyword))
    ]
    return next(
        (one for one in found if one is not False and one is not UNDECLARED),
        UNDECLARED if any(one is UNDECLARED for one in found[1:] or found) else False,
    )


def is_plain_text(schema: Any, root: Any) -> bool:
    """Return whether a schema is of any text at all, and so surely not of the id of a file."""
    schema = followed(schema, root)
    return (
        isinstance(schema, Mapping)
        and schema.get("type") == "string"
        and not {"format", "enum", "const", "pattern", "anyOf", "oneOf", "allOf"} & schema.keys()
    )


def _undeclared(schema: Mapping[str, Any], name: str) -> Any:
    patterns = schema.get("patternProperties")
    for pattern, subschema in patterns.items() if isinstance(patterns, Mapping) else ():
        if _matches(pattern, name):
            return subschema
    return schema.get("additionalProperties", UNDECLARED)


def _matches(pattern: str, name: str) -> bool:
    try:
        return bool(re2.search(pattern, name))
    except re2.error:
        return True


def _stated(schema: Mapping[str, Any]) -> Iterator[Types]:
    if "const" in schema:
        yield frozenset({type_of(schema["const"])})
    if isinstance(schema.get("enum"), list):
        yield frozenset(type_of(value) for value in schema["enum"])
    stated = schema.get("type")
    listed = _listed(stated) if isinstance(stated, list) else [stated]
    names = {name for name in listed if isinstance(name, str)} & ANYTHING
    if names:
        yield frozenset(names | ({"integer"} if "number" in names else set()))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
