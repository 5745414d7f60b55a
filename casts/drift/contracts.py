"""What a tool takes and gives, and what of it another version does differently. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from casts.definition.schema_types import ANYTHING, followed, types_of, words

Side = Literal["input", "output"]

_DEEPEST = 6
# What a schema says to people only.
_REMARKS = frozenset({"title", "description", "examples", "$comment", "deprecated", "$defs"})
_LIMITS = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
    *("pattern", "format", "uniqueItems"),
)
_LISTED = 8
_LONGEST = 60
_NONE = object()


@dataclass(frozen=True)
class Contract:
    """The JSON Schemas of a tool's inputs and outputs."""

    input_schema: Mapping[str, Any]
    output_schema: Mapping[str, Any]


def changes_between(before: Contract, after: Contract) -> tuple[str, ...]:
    """Return what changed from one contract to another, as parts of a sentence.

    For example ``input `font` is gone``. What the schemas only say to people does not count.
    """
    return (
        *_side_changes("input", before.input_schema, after.input_schema),
        *_side_changes("output", before.output_schema, after.output_schema),
    )


def _side_changes(side: Side, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    pair = _Pair(f"the schema of its {side}s", "", side, _Part(old, old), _Part(new, new))
    found = list(_members(pair))
    if not found and pair.old.bare != pair.new.bare:
        found.append(f"{pair.what} is another one")
    return found


@dataclass(frozen=True)
class _Part:
    """A part of a schema, with the whole, which its references lead into."""

    schema: Any
    root: Mapping[str, Any]

    @property
    def plain(self) -> dict[str, Any]:
        """Return what it says; a choice between something and null says what the something does."""
        schema = followed(self.schema, self.root)
        if not isinstance(schema, Mapping):
            return {}
        others = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
        if len(others) != 1:
            return dict(schema)
        return {**_Part(others[0], self.root).plain, **schema}

    @property
    def allowed(self) -> list[Any] | None:
        """Return the values it lists, those of a choice together; None where it lists none."""
        schema = self.plain
        if "const" in schema:
            return [schema["const"]]
        if "enum" in schema:
            return list(schema["enum"])
        branches = [_Part(one, self.root).allowed for one in schema.get("anyOf", ())]
        if not branches or any(branch is None for branch in branches):
            return None
        return [value for branch in branches for value in branch or ()]

    @property
    def members(self) -> dict[str, "_Part"]:
        """Return the members it declares."""
        declared = self.plain.get("properties", {})
        return {name: _Part(part, self.root) for name, part in declared.items()}

    @property
    def required(self) -> frozenset[str]:
        """Return the members it requires."""
        return frozenset(self.plain.get("required", ()))

    @property
    def types(self) -> frozenset[str]:
        """Return the JSON types it allows."""
        return types_of(self.schema, self.root)

    @property
    def bare(self) -> str:
        """Return it without its remarks and references, the same text for the same meaning."""
        return json.dumps(_bare(self.schema, self.root, 0), sort_keys=True)


@dataclass(frozen=True)
class _Pair:
    """The same part of two schemas, and how a sentence names it."""

    what: str
    path: str
    side: Side
    old: _Part
    new: _Part
    depth: int = 0

    def below(self, what: str, path: str, old: _Part, new: _Part) -> "_Pair":
        """Return a pair within this one."""
        return _Pair(what, path, self.side, old, new, self.depth + 1)


def _members(pair: _Pair) -> Iterator[str]:
    before, after = pair.old.members, pair.new.members
    # A database may have lost the order of the old ones.
    for name in (*after, *sorted(before.keys() - after.keys())):
        path = f"{pair.path}.{name}" if pair.path else name
        what = f"{pair.side} `{path}`"
        if name not in after:
            yield f"{what} is gone"
        elif name not in before:
            must = pair.side == "input" and name in pair.new.required
            yield f"{what} is new and required" if must else f"{what} is new"
        else:
            yield from _required(what, pair, name)
            yield from _value(pair.below(what, path, before[name], after[name]))


def _required(what: str, pair: _Pair, name: str) -> Iterator[str]:
    was, now = (name in part.required for part in (pair.old, pair.new))
    if now and not was:
        yield f"{what} is now required" if pair.side == "input" else f"{what} is now always there"
    elif was and not now:
        yield f"{what} is no longer {'required' if pair.side == 'input' else 'always there'}"


def _value(pair: _Pair) -> list[str]:
    found = [*_types(pair), *_choices(pair), *_limits(pair), *_default(pair)]
    if pair.depth < _DEEPEST:
        found += [*_members(pair), *_items(pair)]
    if not found and pair.old.bare != pair.new.bare:
        found.append(f"{pair.what} is described by another schema")
    return found


def _items(pair: _Pair) -> list[str]:
    parts = (pair.old, pair.new)
    old, new = (_Part(part.plain.get("items", True), part.root) for part in parts)
    return _value(pair.below(f"an item of {pair.what}", f"{pair.path}[]", old, new))


def _types(pair: _Pair) -> Iterator[str]:
    if pair.old.types != pair.new.types:
        yield f"{pair.what} is now {_kind(pair.new.types)}, was {_kind(pair.old.types)}"


def _kind(types: frozenset[str]) -> str:
    return "anything" if types == ANYTHING else words(types)


def _choices(pair: _Pair) -> Iterator[str]:
    before, after = pair.old.allowed, pair.new.allowed
    if before is None and after is None:
        return
    if before is None:
        yield f"{pair.what} now allows only {_listed(after or [])}"
    elif after is None:
        yield f"{pair.what} is no longer one of {_listed(before)}"
    else:
        gone = [value for value in before if value not in after]
        added = [value for value in after if value not in before]
        if gone:
            yield f"{pair.what} no longer allows {_listed(gone)}"
        if added:
            yield f"{pair.what} now also allows {_listed(added)}"


def _limits(pair: _Pair) -> Iterator[str]:
    before, after = pair.old.plain, pair.new.plain
    for word in _LIMITS:
        was, now = before.get(word, _NONE), after.get(word, _NONE)
        if was == now:
            continue
        if was is _NONE:
            yield f"{pair.what} now has `{word}` {_written(now)}"
        elif now is _NONE:
            yield f"{pair.what} has no `{word}` any more"
        else:
            yield f"`{word}` of {pair.what} is now {_written(now)}, was {_written(was)}"


def _default(pair: _Pair) -> Iterator[str]:
    was, now = (part.plain.get("default", _NONE) for part in (pair.old, pair.new))
    if was is now:
        return
    if was is _NONE:
        yield f"{pair.what} is {_written(now)} by default"
    elif now is _NONE:
        yield f"{pair.what} has no default any more"
    elif json.dumps(was, sort_keys=True) != json.dumps(now, sort_keys=True):
        yield f"{pair.what} is {_written(now)} by default, was {_written(was)}"


def _listed(values: list[Any]) -> str:
    shown = ", ".join(_written(value) for value in values[:_LISTED])
    return shown if len(values) <= _LISTED else f"{shown} and {len(values) - _LISTED} more"


def _written(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _bare(schema: Any, root: Any, depth: int, *, are_names: bool = False) -> Any:
    """Take remarks and references out; the keys of ``properties`` are names, whatever they are."""
    schema = schema if are_names else followed(schema, root)
    if depth > 2 * _DEEPEST:
        return True
    if isinstance(schema, Mapping):
        return {
            key: _bare(value, root, depth + 1, are_names=key == "properties" and not are_names)
            for key, value in schema.items()
            if are_names or key not in _REMARKS
        }
    if isinstance(schema, list):
        return [_bare(item, root, depth + 1) for item in schema]
    return schema
