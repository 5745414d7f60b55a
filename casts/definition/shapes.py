"""What is known, before anything runs, of the values in an expression."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from casts.definition.problems import shown, suggestion
from casts.definition.schema_types import (
    ANYTHING,
    UNDECLARED,
    Types,
    followed,
    is_plain_text,
    member,
    type_of,
    types_of,
    words,
)

Complain = Callable[[str, str], None]
Memo = dict[tuple[int, str | None], Any]

_LIST: Types = frozenset({"array", "null"})


def ignore(code: str, predicate: str) -> None:
    """Take no note: the same value is looked at elsewhere."""


class Shape:
    """A value of which nothing is known; its members may be anything.

    ``is_plain_text`` says that it is any text at all, and so surely not the id of a file;
    ``has_gaps`` that it is a list with null for each item that failed.
    """

    types: Types = ANYTHING
    is_plain_text = False
    has_gaps = False

    def member(self, name: str, complain: Complain) -> "Shape":  # noqa: ARG002
        """Return the member of this name."""
        return UNKNOWN

    def item(self, complain: Complain = ignore) -> "Shape":  # noqa: ARG002
        """Return an item of this list."""
        return UNKNOWN

    def called(self, path: str) -> "Shape":  # noqa: ARG002
        """Return the same value, which sentences shall call by this path."""
        return self


UNKNOWN = Shape()


@dataclass(frozen=True)
class Typed(Shape):
    """A value of which only the possible types are known."""

    types: Types
    is_plain_text: bool = False


@dataclass(frozen=True)
class Listed(Shape):
    """A list, if it is not null, whose items are known."""

    items: Shape
    path: str = ""
    types: Types = _LIST
    has_gaps: bool = False

    def member(self, name: str, complain: Complain) -> Shape:
        """Complain, unless it may be something else than a list."""
        if "object" not in self.types:
            complain("unknown_reference", _no_member(self.path, self.types, name))
        return UNKNOWN

    def item(self, complain: Complain = ignore) -> Shape:  # noqa: ARG002
        """Return an item of this list."""
        return self.items

    def called(self, path: str) -> Shape:
        """Return the same value, which sentences shall call by this path."""
        return replace(self, path=path)


@dataclass(frozen=True)
class Selected(Shape):
    """An object, if it is not null, that an expression puts together: these members, no others."""

    members: Mapping[str, Shape]
    types: Types = frozenset({"object", "null"})

    def member(self, name: str, complain: Complain) -> Shape:
        """Return the member of this name; complain when it was not put in."""
        if name not in self.members:
            ending = suggestion(name, self.members)
            what = f"refers to {shown(name)}, but the `{{…}}` before it has no such name{ending}"
            complain("unknown_reference", what)
        return self.members.get(name, UNKNOWN)


@dataclass(frozen=True)
class Described(Shape):
    """A value that a schema describes; ``code`` is for members that it does not have.

    ``is_closed`` says that only what the schema declares exists.
    """

    path: str
    schema: Any
    root: Any
    memo: Memo
    code: str = "unknown_reference"
    is_closed: bool = False

    @property
    def types(self) -> Types:  # type: ignore[override]
        """The types the schema allows."""
        types: Types = self._remembered(None, lambda: types_of(self.schema, self.root))
        return types

    @property
    def is_plain_text(self) -> bool:  # type: ignore[override]
        """Whether it is any text at all."""
        return is_plain_text(self.schema, self.root)

    def member(self, name: str, complain: Complain) -> Shape:
        """Return the member of this name; complain when the value cannot have it."""
        if "object" not in self.types:
            complain("unknown_reference", _no_member(self.path, self.types, name))
            return UNKNOWN
        found = self._remembered(name, lambda: member(self.schema, self.root, name))
        if found is False or (found is UNDECLARED and self.is_closed):
            schema = followed(self.schema, self.root)
            known = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
            ending = suggestion(name, known, f"{self.path}.")
            complain(self.code, f"refers to {shown(f'{self.path}.{name}')}{self._lack()}{ending}")
            return UNKNOWN
        return UNKNOWN if found is UNDECLARED else self._part(f"{self.path}.{name}", found)

    def item(self, complain: Complain = ignore) -> Shape:
        """Return an item; complain when the value is no list."""
        if "array" not in self.types:
            what = f"{shown(self.path)}, which is {words(self.types)}"
            complain("unknown_reference", f"uses {what} and has no items; refer to it as it is")
            return UNKNOWN
        schema = followed(self.schema, self.root)
        if not isinstance(schema, Mapping) or "items" not in schema or "prefixItems" in schema:
            return UNKNOWN
        return self._part(f"{self.path}[]", schema["items"])

    def called(self, path: str) -> Shape:
        """Return the same value, which sentences shall call by this path."""
        return replace(self, path=path)

    def _part(self, path: str, schema: Any) -> Shape:
        return Described(path, schema, self.root, self.memo)

    def _remembered(self, name: str | None, find: Callable[[], Any]) -> Any:
        # The schemas are parts of the roots, which outlive the memo, so that their ids stay theirs.
        key = (id(self.schema), name)
        if key not in self.memo:
            self.memo[key] = find()
        return self.memo[key]

    def _lack(self) -> str:
        what = {
            "unknown_input": "the spell has no such input",
            "unknown_output": "the tool of that step has no such output",
        }
        return f", but {what.get(self.code, 'there is no such value')}"


@dataclass(frozen=True)
class OfEach(Shape):
    """The outputs of a step with ``for_each``: a list for each output of its tool."""

    path: str
    one: Shape
    has_failures: bool
    types: Types = frozenset({"object"})

    def member(self, name: str, complain: Complain) -> Shape:
        """Return the list of this output; complain when the tool does not have it."""
        path = f"{self.path}.{name}"
        items = self.one.member(name, complain).called(f"{path}[]")
        return Listed(items, path, frozenset({"array"}), self.has_failures)

    def item(self, complain: Complain = ignore) -> Shape:
        """Complain: the lists are inside."""
        what = f"{shown(self.path)}, which is an object of lists, one for each output"
        ways = f"name the output first, as in `{self.path}.image[0]`"
        complain("unknown_reference", f"uses {what}; {ways}")
        return UNKNOWN


def either(shapes: Iterable[Shape]) -> Shape:
    """Return what is known of a value that is one of these."""
    known = list(shapes)
    if not known:
        return UNKNOWN
    types = frozenset().union(*(shape.types for shape in known))
    return Typed(types, all(shape.is_plain_text for shape in known))


def of_value(value: Any) -> Shape:
    """Return what is known of a value that stands in the expression itself."""
    if isinstance(value, list):
        return Listed(either(map(of_value, value)), types=frozenset({"array"}))
    if isinstance(value, dict):
        return Selected({key: of_value(part) for key, part in value.items()}, frozenset({"object"}))
    return Typed(frozenset({type_of(value)}))


def _no_member(path: str, types: Types, name: str) -> str:
    if types <= _LIST:
        ways = f"write `[0].{name}` for that of its first item, `[*].{name}` for that of all"
    else:
        ways = "refer to it as it is"
    what = f"{shown(path)}, which is {words(types)} and" if path else "a list, which"
    return f"uses {what} has no members; {ways}"
