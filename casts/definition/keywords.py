"""The validator: JSON Schema 2020-12 that never fetches, never hangs, and knows of holes.

A hole stands for a value that an expression will give. What is certain of it, its types, is
checked; what depends on its value is not. So one validator serves saved definitions, whose tool
inputs are known in part, and values, which have no holes.
"""

from dataclasses import dataclass
from typing import Any

from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry

from casts.definition.formats import formats
from casts.definition.schema_types import Types, may_fit, types_of
from generations.schemas import ARTIFACT, Errors, Object, SafeValidator

_KEYWORDS = SafeValidator.VALIDATORS


@dataclass(frozen=True)
class Hole:
    """A value that an expression will give: how it is written and what types it may have.

    ``is_plain_text`` says that it is any text at all, and so surely not the id of a file; ``item``
    stands for each item of a list; ``has_gaps`` says that null is among them where one failed.
    """

    text: str
    types: Types
    is_plain_text: bool = False
    item: "ItemHole | None" = None
    has_gaps: bool = False


class ItemHole(Hole):
    """An item of the list that an expression will give."""


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


def _items(validator: Any, items: Any, value: Any, schema: Object) -> Errors:
    if not isinstance(value, Hole):
        yield from _KEYWORDS["items"](validator, items, value, schema)
    elif value.item is not None and "prefixItems" not in schema:
        yield from validator.descend(value.item, items)


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


_HoleyValidator: Any = extend(  # type: ignore[no-untyped-call]
    SafeValidator,
    {
        "type": _type,
        "format": _format,
        "items": _items,
        "oneOf": _one_of,
        "properties": _properties,
        **{
            word: _unless_hole(word)
            for word in ("enum", "const", "not", "if", "contains", "uniqueItems")
        },
    },
)
