"""What is to be drawn of a spell: a node for each input, step and output, and the arrows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from casts.definition import Definition, Step, references
from casts.definition.expressions import Node as Syntax
from casts.definition.expressions import compiled
from casts.definition.resolving import parts_of
from casts.definition.templates import Source

Side = Literal["input", "step", "output"]
Kind = Literal["data", "needs"]

# More inputs or outputs than these become one node that counts the rest.
MAX_LISTED = 24


@dataclass(frozen=True)
class Node:
    """An input, a step or an output; ``step`` is there for a step."""

    side: Side
    name: str
    step: Step | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Arrow:
    """``data`` goes along it, or one node only waits for the other (``needs``)."""

    source: Node
    target: Node
    kind: Kind


@dataclass(frozen=True)
class Wiring:
    """The nodes in the order of the definition, and the arrows between them."""

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]

    def of(self, side: Side) -> list[Node]:
        """Return the nodes of one side."""
        return [node for node in self.nodes if node.side == side]


def wiring_of(definition: Definition) -> Wiring:
    """Return the nodes and arrows of a spell."""
    declared = definition.inputs.get("properties", {})
    inputs = _listed("input", list(declared) if isinstance(declared, Mapping) else [])
    steps = {step.key: Node("step", step.key, step) for step in definition.steps}
    outputs = _listed("output", list(definition.outputs))
    arrows: list[Arrow] = []
    for node in steps.values():
        arrows += _arrows_to_step(node, inputs, steps)
    for name, value in definition.outputs.items():
        arrows += _arrows_to_output(outputs[name], value, inputs, steps)
    nodes = dict.fromkeys((*inputs.values(), *steps.values(), *outputs.values()))
    return Wiring(tuple(nodes), tuple(dict.fromkeys(arrows)))


def inputs_in(value: Any, declared: frozenset[str]) -> frozenset[str]:
    """Return which of the declared inputs the expressions in a value use."""
    found: set[str] = set()
    for text in _texts(value):
        for tree in _trees(text):
            found |= _inputs_of(tree, declared)
    return frozenset(found)


def _listed(side: Side, names: list[str]) -> dict[str, Node]:
    shown = names if len(names) <= MAX_LISTED else names[: MAX_LISTED - 1]
    nodes = {name: Node(side, name) for name in shown}
    rest = Node(side, f"and {len(names) - len(shown)} more")
    return nodes | dict.fromkeys(names[len(shown) :], rest)


def _arrows_to_step(
    node: Node, inputs: Mapping[str, Node], steps: Mapping[str, Node]
) -> Iterator[Arrow]:
    step = node.step
    assert step is not None  # noqa: S101 - it is the node of a step
    used = inputs_in([step.inputs, step.when, step.for_each], frozenset(inputs))
    for name in inputs:
        if name in used:
            yield Arrow(inputs[name], node, "data")
    for key in steps:
        if key in step.requires:
            yield Arrow(steps[key], node, "data" if key in step.references else "needs")


def _arrows_to_output(
    node: Node, value: Any, inputs: Mapping[str, Node], steps: Mapping[str, Node]
) -> Iterator[Arrow]:
    used = inputs_in(value, frozenset(inputs))
    yield from (Arrow(inputs[name], node, "data") for name in inputs if name in used)
    referred = references(value)
    yield from (Arrow(steps[key], node, "data") for key in steps if key in referred)


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            waiting += item.values()
        elif isinstance(item, list | tuple):
            waiting += item


def _trees(text: str) -> Iterator[Syntax]:
    for part in parts_of(text):
        if isinstance(part, Source):
            yield compiled(part.text).tree


def _inputs_of(tree: Syntax, declared: frozenset[str]) -> set[str]:
    """Look where the tree still speaks of the root; behind a dot or a pipe it no longer does."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        children = node["children"]
        if node == _INPUTS:
            found |= declared
        elif node["type"] == "subexpression" and children[0] == _INPUTS:
            found |= _first_names(children[1]) & declared
        elif node["type"] in _IN_TURN:
            waiting.append(children[0])
        elif node["type"] not in {"expref", "slice"}:
            waiting += children
    return found


def _first_names(node: Syntax) -> set[str]:
    """Return the members that an expression takes of what stands before it."""
    if node["type"] == "field":
        return {node["value"]}
    is_many = node["type"] in {"multi_select_list", "multi_select_dict", "function_expression"}
    children = node["children"] if is_many else node["children"][:1]
    return {name for child in children for name in _first_names(child)}


_IN_TURN = frozenset(
    {"subexpression", "index_expression", "pipe", "projection"}
    | {"filter_projection", "value_projection", "flatten"}
)
_INPUTS: Syntax = {"type": "field", "children": [], "value": "inputs"}
