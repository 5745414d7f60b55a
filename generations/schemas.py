"""Checking values against JSON Schema 2020-12, safely for schemas and values that people bring.

Regular expressions run on google-re2, which takes linear time; a pattern it does not know is
refused when the schema is saved. Nothing is ever fetched.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

import re2
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry

MAX_FLAWS = 50
ARTIFACT = "artifact"

Errors = Iterator[ValidationError]
Object = Mapping[str, Any]

_formats = FormatChecker()


@_formats.checks(ARTIFACT, raises=ValueError)
def _is_artifact_id(value: object) -> bool:
    return not isinstance(value, str) or str(UUID(value)) == value.lower()


def _pattern(
    _: Validator, pattern: str, instance: Any, __: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not re2.search(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, _: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for pattern, subschema in patterns.items():
        for key, value in instance.items():
            if re2.search(pattern, key):
                yield from validator.descend(value, subschema, path=key, schema_path=pattern)


def _required(_: Any, names: Any, value: Any, __: Object) -> Errors:
    """Point at what is missing instead of at what lacks it."""
    if isinstance(value, dict):
        for name in names:
            if name not in value:
                yield ValidationError(f"{name!r} is missing", path=[name])


def _additional_properties(validator: Any, more: Any, value: Any, schema: Object) -> Errors:
    """Match names on google-re2, and point at each one that is too much."""
    if not isinstance(value, dict):
        return
    patterns = list(schema.get("patternProperties", ()))
    for name, item in value.items():
        if name in schema.get("properties", {}) or any(re2.search(p, name) for p in patterns):
            continue
        if more is False:
            yield ValidationError(f"{name!r} is unknown", path=[name])
        else:
            yield from validator.descend(item, more, path=name)


def _unique_items(_: Any, wanted: Any, value: Any, __: Object) -> Errors:
    """Compare in linear time; jsonschema's own way is quadratic for items of mixed types."""
    if wanted and isinstance(value, list):
        seen: set[Any] = set()
        for index, item in enumerate(value):
            frozen = _frozen(item)
            if frozen in seen:
                yield ValidationError("stands twice", path=[index])
            seen.add(frozen)


def _frozen(value: Any) -> Any:
    """Return something hashable that is equal for equal JSON values: 1 is 1.0 but not true."""
    if isinstance(value, list):
        return ("array", tuple(map(_frozen, value)))
    if isinstance(value, dict):
        return ("object", frozenset((key, _frozen(item)) for key, item in value.items()))
    return (isinstance(value, bool), value)


SafeValidator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "required": _required,
        "additionalProperties": _additional_properties,
        "uniqueItems": _unique_items,
    },
)


def violations(schema: Mapping[str, Any], value: Any) -> list[tuple[str, str]]:
    """Return a (JSON pointer, sentence) pair for each way a value does not fit, at most 50."""
    found = []
    for error in _validator(json.dumps(schema, sort_keys=True)).iter_errors(value):
        found.append((pointer_to(error.absolute_path), sentence_of(error)))
        if len(found) >= MAX_FLAWS:
            break
    return sorted(found)


def pointer_to(path: Any) -> str:
    """Return the JSON pointer (RFC 6901) of a path of keys and indexes."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def sentence_of(error: ValidationError) -> str:
    """Return what is wrong, short enough to show."""
    text = error.message
    return text if len(text) <= 300 else f"{text[:297]}…"


@lru_cache(maxsize=1024)
def _validator(schema: str) -> Any:
    return SafeValidator(json.loads(schema), registry=Registry(), format_checker=_formats)


def artifact_ids(schema: Any, value: Any) -> list[tuple[str, str]]:
    """Return (JSON pointer, id) of every text in a value that its schema says is a file."""
    return [(pointer, text) for pointer, text, _ in artifacts_in(schema, value)]


def artifacts_in(schema: Any, value: Any, pointer: str = "") -> list[tuple[str, str, Any]]:
    """Return (JSON pointer, id, what its schema says) of every file that a value names."""
    if not isinstance(schema, Mapping):
        return []
    if isinstance(value, str) and schema.get("format") == ARTIFACT:
        return [(pointer, value, schema)]
    found: list[tuple[str, str, Any]] = []
    for part in [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]:
        found += artifacts_in(part, value, pointer)
    if isinstance(value, Mapping):
        properties = schema.get("properties", {})
        for key, item in value.items():
            found += artifacts_in(properties.get(key), item, pointer + pointer_to([key]))
    if isinstance(value, list):
        for index, item in enumerate(value):
            found += artifacts_in(schema.get("items"), item, f"{pointer}/{index}")
    return found
