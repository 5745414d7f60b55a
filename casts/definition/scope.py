"""What an expression may refer to: the names it begins with, and the steps by their keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from casts.definition.problems import shown, suggestion
from casts.definition.shapes import UNKNOWN, Complain, Described, Memo, OfEach, Shape

_CAST: dict[str, Any] = {
    "type": "object",
    "properties": {"id": {"type": "string", "format": "uuid"}, "account": {}},
    "additionalProperties": False,
}
_INDEX: dict[str, Any] = {"type": "integer", "minimum": 0}


@dataclass(frozen=True)
class Outputs:
    """What a step gives: by the schema of its tool, None when that is not known.

    ``is_each`` says that the step has ``for_each`` and so gives lists; ``has_failures`` that it
    goes on when it fails.
    """

    schema: Mapping[str, Any] | None
    is_each: bool = False
    has_failures: bool = False


@dataclass(frozen=True)
class Scope:
    """What expressions may refer to.

    ``inputs`` is the schema of the spell's inputs; ``steps`` maps each step to its outputs. None
    stands for whatever is not known. ``item`` is what a step with ``for_each`` works on; where
    there is none, ``no_item`` is the end of the sentence that says so. ``memo`` keeps what was
    found out about the schemas, so that a thousand references to one input cost no more than one.
    """

    inputs: Mapping[str, Any] | None = None
    steps: Mapping[str, Outputs] | None = None
    item: Shape | None = None
    no_item: str = "which exists only in a step with `for_each`; refer to what that step gives"
    memo: Memo = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Root(Shape):
    """What an expression begins with."""

    scope: Scope
    refer: Callable[[str], None]

    def member(self, name: str, complain: Complain) -> Shape:
        """Return what one of the names stands for."""
        if name == "steps":
            return Steps(self.scope, self.refer)
        if name == "cast":
            return self._described(name, _CAST)
        if name == "inputs":
            return self._described(name, self.scope.inputs, "unknown_input", is_closed=True)
        if name in {"item", "index"} and self.scope.item is not None:
            return self.scope.item if name == "item" else self._described(name, _INDEX)
        complain("unknown_reference", f"refers to {shown(name)}, {self._why_not(name)}")
        return UNKNOWN

    def _described(
        self, name: str, schema: Any, code: str = "unknown_reference", *, is_closed: bool = False
    ) -> Shape:
        if schema is None:
            return UNKNOWN
        return Described(name, schema, schema, self.scope.memo, code, is_closed)

    def _why_not(self, name: str) -> str:
        if name in {"item", "index"}:
            return self.scope.no_item
        if name in {"traits", "piece"}:
            return "which exists only in a cook, which comes with a later version"
        known = ("inputs", "steps", "cast", *(("item", "index") if self.scope.item else ()))
        return f"which is no name (text stands in single quotes){suggestion(name, known)}"


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
        return self._outputs(f"steps.{name}", steps[name])

    def _outputs(self, path: str, outputs: Outputs) -> Shape:
        schema = outputs.schema
        if schema is None:
            return UNKNOWN
        # A tool that declares no output at all may give anything.
        is_closed = "properties" in schema
        one = Described(path, schema, schema, self.scope.memo, "unknown_output", is_closed)
        return OfEach(path, one, outputs.has_failures) if outputs.is_each else one
