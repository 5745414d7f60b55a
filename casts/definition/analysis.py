"""Reading an expression without evaluating it: what it refers to and what it can give.

The tree is walked with what is known of the current node, which begins as the root of the context
and becomes something else behind every `.`, `|` and inside every projection; so a name is taken
for a step exactly where JMESPath would take it for one.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from casts.definition.expressions import Expression, Node, compiled, signature
from casts.definition.schema_types import ANYTHING, Types, may_fit, words
from casts.definition.scope import Root, Scope, Steps
from casts.definition.shapes import UNKNOWN, Listed, Selected, Shape, Typed, either, of_value

_NUMBER: Types = frozenset({"integer", "number"})
_BOOLEAN: Types = frozenset({"boolean"})
_STRING: Types = frozenset({"string"})
_ARRAY: Types = frozenset({"array"})
_NULL: Types = frozenset({"null"})
_RETURNS: dict[str, Types] = {
    "abs": _NUMBER,
    "avg": _NUMBER | _NULL,
    "ceil": frozenset({"integer"}),
    "contains": _BOOLEAN,
    "ends_with": _BOOLEAN,
    "floor": frozenset({"integer"}),
    "join": _STRING,
    "keys": _ARRAY,
    "length": frozenset({"integer"}),
    "map": _ARRAY,
    "max": _NUMBER | _STRING | _NULL,
    "merge": frozenset({"object"}),
    "min": _NUMBER | _STRING | _NULL,
    "reverse": _ARRAY | _STRING,
    "sort": _ARRAY,
    "sort_by": _ARRAY,
    "starts_with": _BOOLEAN,
    "sum": _NUMBER,
    "to_array": _ARRAY,
    "to_number": _NUMBER | _NULL,
    "to_string": _STRING,
    "type": _STRING,
    "values": _ARRAY,
}
_KEEPING_ITEMS = frozenset({"reverse", "sort", "sort_by"})
_UNCLEAR = "so it cannot be seen which steps it waits for; write `steps.<key>` for each one"


@dataclass(frozen=True)
class Complaint:
    """What is wrong with an expression; the sentence still lacks its subject."""

    code: str
    predicate: str


@dataclass(frozen=True)
class Analysis:
    """What an expression gives and refers to, and what is wrong with it."""

    shape: Shape
    references: frozenset[str]
    complaints: tuple[Complaint, ...]


def analysed(expression: Expression, scope: Scope) -> Analysis:
    """Analyse an expression within what it may refer to."""
    reader = _Reader(scope)
    shape = reader.used(reader.read(expression.tree, Root(scope, reader.references.add)))
    return Analysis(shape, frozenset(reader.references), tuple(reader.complaints))


@lru_cache(maxsize=4096)
def analysed_alone(text: str) -> Analysis:
    """Analyse an expression with nothing known of the spell; raises ExpressionError."""
    return analysed(compiled(text), Scope())


class _Reader:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.references: set[str] = set()
        self.complaints: list[Complaint] = []

    def read(self, node: Node, current: Shape) -> Shape:
        """Return what a node gives, when the current node is this."""
        reader = getattr(self, f"_{node['type']}")
        shape: Shape = reader(node, current)
        return shape

    def used(self, shape: Shape) -> Shape:
        """Take a value as a whole: with all steps in it, nobody knows which ones are meant."""
        if isinstance(shape, Root):
            self._complain("unclear_reference", f"uses everything at once (`@`), {_UNCLEAR}")
        elif isinstance(shape, Steps):
            self._complain("unclear_reference", f"uses all of `steps` at once, {_UNCLEAR}")
        else:
            return shape
        return UNKNOWN

    def _complain(self, code: str, predicate: str) -> None:
        self.complaints.append(Complaint(code, predicate))

    def _value(self, node: Node, current: Shape) -> Shape:
        return self.used(self.read(node, current))

    def _in_turn(self, node: Node, current: Shape) -> Shape:
        """Each child sees what the one before it gave."""
        for child in node["children"]:
            current = self.read(child, current)
        return current

    _subexpression = _in_turn
    _index_expression = _in_turn
    _pipe = _in_turn

    def _field(self, node: Node, current: Shape) -> Shape:
        return current.member(node["value"], self._complain)

    def _current(self, _: Node, current: Shape) -> Shape:
        return current

    _identity = _current

    def _index(self, _: Node, current: Shape) -> Shape:
        return self.used(current).item(self._complain)

    def _slice(self, _: Node, current: Shape) -> Shape:
        return self._list(current)

    def _list(self, shape: Shape) -> Shape:
        """Return a value that must be a list, as it is."""
        shape = self.used(shape)
        shape.item(self._complain)
        return shape

    def _projection(self, node: Node, current: Shape) -> Shape:
        base = self._list(self.read(node["children"][0], current))
        return Listed(self.read(node["children"][1], base.item()))

    def _filter_projection(self, node: Node, current: Shape) -> Shape:
        base, right, condition = node["children"]
        element = self._list(self.read(base, current)).item()
        self.read(condition, element)
        return Listed(self.read(right, element))

    def _value_projection(self, node: Node, current: Shape) -> Shape:
        base, right = node["children"]
        self._value(base, current)
        return Listed(self.read(right, UNKNOWN))

    def _flatten(self, node: Node, current: Shape) -> Shape:
        item = self._list(self.read(node["children"][0], current)).item()
        if "array" not in item.types:
            return Listed(item)
        return Listed(item.item() if item.types <= _ARRAY | _NULL else UNKNOWN)

    def _comparator(self, node: Node, current: Shape) -> Shape:
        self._values(node, current)
        is_equality = node["value"] in {"eq", "ne"}
        return Typed(_BOOLEAN if is_equality else _BOOLEAN | _NULL)

    def _not_expression(self, node: Node, current: Shape) -> Shape:
        self._values(node, current)
        return Typed(_BOOLEAN)

    def _or_expression(self, node: Node, current: Shape) -> Shape:
        return either(self._values(node, current))

    _and_expression = _or_expression

    def _values(self, node: Node, current: Shape) -> list[Shape]:
        return [self._value(child, current) for child in node["children"]]

    def _literal(self, node: Node, _: Shape) -> Shape:
        return of_value(node["value"])

    def _multi_select_list(self, node: Node, current: Shape) -> Shape:
        return Listed(either(self._values(node, current)))

    def _multi_select_dict(self, node: Node, current: Shape) -> Shape:
        pairs = node["children"]
        return Selected({pair["value"]: self._value(pair, current) for pair in pairs})

    def _key_val_pair(self, node: Node, current: Shape) -> Shape:
        return self._value(node["children"][0], current)

    def _expref(self, node: Node, _: Shape) -> Shape:
        """Read what is evaluated for each item of some list: never the root."""
        self.read(node["children"][0], UNKNOWN)
        return UNKNOWN

    def _function_expression(self, node: Node, current: Shape) -> Shape:
        name, wanted = node["value"], signature(node["value"])
        arguments = self._values(node, current)
        for index, given in enumerate(arguments):
            taken = _taken(wanted[min(index, len(wanted) - 1)]["types"])
            if not may_fit(given.types, taken):
                what = f"gives {words(given.types)} to {name}(), which takes {words(taken)}"
                self._complain("wrong_type", what)
        returned = _RETURNS.get(name, ANYTHING)
        if name in _KEEPING_ITEMS:
            given = arguments[0]
            types = returned & given.types or returned
            return Listed(given.item(), types=types, has_gaps=given.has_gaps)
        return Typed(returned)


def _taken(kinds: list[Any]) -> Types:
    """Return the types that a signature names; none means any."""
    names = {str(kind).split("-", maxsplit=1)[0] for kind in kinds}
    return frozenset(names & ANYTHING) or ANYTHING
