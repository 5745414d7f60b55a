"""The validator: JSON Schema 2020-12 that never fetches, never hangs, and knows of holes.

A hole stands for a value that an expression will give. What is certain of it, its types, is
checked; what depends on its value is not. So one validator serves saved definitions, whose tool
inputs are known in part, and values, which have no holes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import re2
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry

from casts.definition.formats import formats
from casts.definition.schema_types import Types, may_fit, types_of
from generations.schemas import ARTIFACT, SafeValidator

Errors = Iterator[ValidationError]
Object = Mapping[str, Any]

_KEYWORDS = Draft202012Validator.VALIDATORS


@dataclass(frozen=True)
class Hole:
    """A value that an expression will give: how it is written and what types it may have.

    ``is_plain_text`` says that it is any text at all, and so surely not the id of a file.
    """

    text: str
    types: Types
    is_plain_text: bool = False


def validator(schema: Object) -> Any:
    """Return a validator of values that may have holes."""
    # With `$schema`, jsonschema would go on with its own class instead of this one.
    plain = {key: value for key, value in schema.items() if key != "$schema"}
    return _HoleyValidator(plain, registry=Registry(), format_checker=formats)


def has_hole(value: Any) -> bool:
    """Return whether an expression stands anywhere in a value."""
    if isinstance(value, dict):
        return any(map(has_hole, value.values()))
    return isinstance(value, Hole) or (isinstance(value, list) and any(map(has_hole, value)))


def _type(validator: Any, stated: Any, value: Any, schema: Object) -> Errors:
    if not isinstance(value, Hole):
        yield from _KEYWORDS["type"](validator, stated, value, schema)
    elif not may_fit(value.types, types_of({"type": stated}, {})):
        yield ValidationError(f"{value.text} is of another type")


def _format(validator: Any, name: str, value: Any, schema: Object) -> Errors:
    if not isinstance(value, Hole):
        yield from _KEYWORDS["format"](validator, name, value, schema)
    elif name == ARTIFACT and value.is_plain_text:
        yield ValidationError(f"{value.text} is not a file")


def _unless_hole(keyword: str) -> Any:
    """Return the keyword, silent where its verdict depends on what a hole will hold."""
    original = _KEYWORDS[keyword]

    def check(validator: Any, argument: Any, value: Any, schema: Object) -> Errors:
        if not has_hole(value):
            yield from original(validator, argument, value, schema) or ()

    return check


def _one_of(validator: Any, branches: Any, value: Any, schema: Object) -> Errors:
    keyword = "anyOf" if has_hole(value) else "oneOf"
    yield from _KEYWORDS[keyword](validator, branches, value, schema)


def _properties(validator: Any, properties: Any, value: Any, _: Object) -> Errors:
    """Point at a member whose schema is `false`; jsonschema points at what holds it."""
    if not isinstance(value, dict):
        return
    for name, subschema in properties.items():
        if name in value and subschema is False:
            yield ValidationError(f"{name!r} is not allowed", validator="false", path=[name])
        elif name in value:
            yield from validator.descend(value[name], subschema, path=name, schema_path=name)


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
    if wanted and isinstance(value, list) and not has_hole(value):
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


_HoleyValidator: Any = extend(  # type: ignore[no-untyped-call]
    SafeValidator,
    {
        "type": _type,
        "format": _format,
        "oneOf": _one_of,
        "properties": _properties,
        "required": _required,
        "additionalProperties": _additional_properties,
        "uniqueItems": _unique_items,
        **{word: _unless_hole(word) for word in ("enum", "const", "not", "if", "contains")},
    },
)
