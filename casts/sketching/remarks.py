"""What a schema allows, in a few words for a comment."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from casts.definition.schema_types import followed, types_of, words
from generations.schemas import ARTIFACT

_SHOWN_VALUES = 60
_SAFE = 2**53 - 1


def remark_of(schema: Any, root: Mapping[str, Any], *, is_required: bool) -> str:
    """Say in one line what a member is: its type, its limits, its default, its description."""
    parts = [what_is(schema, root), *_default(schema, root, is_required=is_required)]
    plain = followed(schema, root)
    description = plain.get("description", "") if isinstance(plain, Mapping) else ""
    told = "; ".join(parts)
    return f"{told}. {' '.join(description.split())}" if description else told


def what_is(schema: Any, root: Mapping[str, Any]) -> str:
    """Name the values a schema allows: ``a whole number from 1 to 10``, ``small or large``."""
    plain = followed(schema, root)
    if not isinstance(plain, Mapping):
        return "anything"
    branches = [one for one in plain.get("anyOf", ()) if one != {"type": "null"}]
    if len(branches) == 1:
        return what_is(branches[0], root)
    allowed = _allowed(plain, root)
    if allowed is not None:
        return _one_of(allowed)
    if plain.get("format") == ARTIFACT:
        return "a file"
    if plain.get("type") == "array" and isinstance(plain.get("items"), Mapping):
        limit = f"at most {plain['maxItems']} of: " if "maxItems" in plain else ""
        return f"a list of {limit}{what_is(plain['items'], root)}"
    types = types_of(plain, root)
    return f"{words(types - {'null'}) if len(types) < 6 else 'anything'}{_limits(plain)}"


def is_file(schema: Any, root: Mapping[str, Any]) -> bool:
    """Whether a schema is of a file."""
    plain = followed(schema, root)
    return isinstance(plain, Mapping) and plain.get("format") == ARTIFACT


def is_list_of_files(schema: Any, root: Mapping[str, Any]) -> bool:
    """Whether a schema is of a list of files."""
    plain = followed(schema, root)
    return isinstance(plain, Mapping) and is_file(plain.get("items"), root)


def _default(schema: Any, root: Mapping[str, Any], *, is_required: bool) -> Iterator[str]:
    plain = followed(schema, root)
    if is_required:
        yield "required"
    elif isinstance(plain, Mapping) and plain.get("default") is not None:
        yield f"default {json.dumps(plain['default'], ensure_ascii=False)}"


def _allowed(plain: Mapping[str, Any], root: Mapping[str, Any]) -> list[Any] | None:
    if "const" in plain:
        return [plain["const"]]
    if "enum" in plain:
        return list(plain["enum"])
    branches = [followed(one, root) for one in plain.get("anyOf", ())]
    found = [_allowed(one, root) for one in branches if isinstance(one, Mapping)]
    if not found or any(one is None for one in found):
        return None
    return [value for one in found for value in one or ()]


def _one_of(values: list[Any]) -> str:
    names = [value if isinstance(value, str) else json.dumps(value) for value in values]
    if len(names) > _SHOWN_VALUES:
        return f"{', '.join(names[:_SHOWN_VALUES])} …"
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else str(names[0])


def _limits(plain: Mapping[str, Any]) -> str:
    low, high = plain.get("minimum"), plain.get("maximum")
    if high is not None and high >= _SAFE:
        high = None
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if low is not None or high is not None:
        return f" from {low}" if high is None else f" up to {high}"
    if "pattern" in plain:
        return f" matching {plain['pattern']}"
    longest = plain.get("maxLength")
    return f", at most {longest} characters" if longest is not None else ""
