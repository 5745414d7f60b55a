"""What is known, before anything runs, of the values in an expression."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from casts.definition.problems import shown, suggestion
from casts.definition.schema_types import (
    ANYTHING,
    UNDECLARED,
    Types,
    followed,
    is_plain_text,
    member,
    types_of,
    words,
)

Complain = Callable[[str, str], None]
Memo = dict[tuple[int, str | None], Any]

CAST_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"id": {"type": "string", "format": "uuid"}, "account": {}},
    "additionalProperties": False,
}
_LATER = {
    "traits": "in a cook, which comes with a later version",
    "piece": "in a cook, which comes with a later version",
    "item": "in a step with `for_each`, which comes with a later version",
    "index": "in a step with `for_each`, which comes with a later version",
}


@dataclass(frozen=True)
class Scope:
    """What expressions may refer to.

    ``inputs`` is the schema of the spell's inputs; ``steps`` maps each step to the schema of its
    outputs. None stands for whatever is not known. ``memo`` keeps what was found out about the
    schemas, so that a thousand references to one input cost no more than one.
    """

    inputs: Mapping[str, Any] | None = None
    steps: Mapping[str, Mapping[str, Any] | None] | None = None
    memo: Memo = field(default_factory=dict, compare=False)


class Shape:
    """A value of which nothing is known; its members may be anything."""

    types: Types = ANYTHING
    is_plain_text = False

    def member(self, name: str, complain: Complain) -> "Shape":  # noqa: ARG002
        """Return the member of this name."""
        return UNKNOWN

    def item(self, complain: Complain) -> "Shape":  # noqa: ARG002
        """Return an item of this list."""
        return UNKNOWN


UNKNOWN = Shape()


@dataclass(frozen=True)
class Typed(Shape):
    """A value of which only the possible types are known."""

    types: Types


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
            self._cannot(complain, "has no members; refer to it as it is")
            return UNKNOWN
        found = self._remembered(name, lambda: member(self.schema, self.root, name))
        if found is False or (found is UNDECLARED and self.is_closed):
            schema = followed(self.schema, self.root)
            known = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
            ending = suggestion(name, known, f"{self.path}.")
            complain(self.code, f"refers to {shown(f'{self.path}.{name}')}{self._lack()}{ending}")
            return UNKNOWN
        return UNKNOWN if found is UNDECLARED else self._part(f"{self.path}.{name}", found)

    def item(self, complain: Complain) -> Shape:
        """Return an item; complain when the value is no list."""
        if "array" not in self.types:
            self._cannot(complain, "has no items; refer to it as it is")
            return UNKNOWN
        schema = followed(self.schema, self.root)
        if not isinstance(schema, Mapping) or "items" not in schema or "prefixItems" in schema:
            return UNKNOWN
        return self._part(f"{self.path}[]", schema["items"])

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

    def _cannot(self, complain: Complain, why: str) -> None:
        complain(
            "unknown_reference", f"uses {shown(self.path)}, which is {words(self.types)} and {why}"
        )


@dataclass(frozen=True)
class Steps(Shape):
    """All steps: one must be named."""

    scope: Scope
    refer: Callable[[str], None]

    def member(self, name: str, complain: Complain) -> Shape:
        """Return the outputs of a step, and note that they are referred to."""
        self.refer(name)
        steps = self.scope.steps
        if steps is None:
            return UNKNOWN
        if name not in steps:
            ending = suggestion(name, steps, "steps.")
            complain(
                "unknown_step", f"refers to {shown(f'steps.{name}')}, which is no step{ending}"
            )
            return UNKNOWN
        schema = steps[name]
        if schema is None:
            return UNKNOWN
        # A tool that declares no output at all may give anything.
        is_closed = "properties" in schema
        path = f"steps.{name}"
        return Described(path, schema, schema, self.scope.memo, "unknown_output", is_closed)


@dataclass(frozen=True)
class Root(Shape):
    """What an expression begins with."""

    scope: Scope
    refer: Callable[[str], None]

    def member(self, name: str, complain: Complain) -> Shape:
        """Return what one of the three names stands for."""
        if name == "steps":
            return Steps(self.scope, self.refer)
        if name == "cast":
            return Described("cast", CAST_SCHEMA, CAST_SCHEMA, self.scope.memo)
        if name == "inputs":
            schema = self.scope.inputs
            if schema is None:
                return UNKNOWN
            return Described(
                "inputs", schema, schema, self.scope.memo, "unknown_input", is_closed=True
            )
        complain("unknown_reference", _unknown_root(name))
        return UNKNOWN


def _unknown_root(name: str) -> str:
    if name in _LATER:
        return f"refers to {shown(name)}, which exists only {_LATER[name]}"
    known = suggestion(name, ("inputs", "steps", "cast"))
    return f"refers to {shown(name)}, which is no name (text stands in single quotes){known}"
