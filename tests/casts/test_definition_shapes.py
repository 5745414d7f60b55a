"""What is known of an expression before it is evaluated is true of what it gives."""

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from casts.definition.analysis import analysed
from casts.definition.expressions import ExpressionError, compiled
from casts.definition.interpreter import BoundedInterpreter, Purse
from casts.definition.schema_types import type_of
from casts.definition.scope import Outputs, Scope
from casts.definition.shapes import Shape

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
PERSON = {"type": "object", "properties": {"n": TEXT, "m": NUMBER}, "additionalProperties": False}
OUTPUTS = {
    "type": "object",
    "properties": {"n": {"$ref": "#/$defs/n"}, "m": NUMBER, "x": {"type": "array", "items": TEXT}},
    "$defs": {"n": TEXT},
}
KNOWN = Scope(
    inputs={
        "type": "object",
        "properties": {
            "n": TEXT,
            "m": {"type": ["integer", "null"]},
            "x": {"type": "array", "items": PERSON},
            "y": {"type": "array", "items": {"type": "array", "items": NUMBER}},
            "z": {"type": "array", "items": {"type": ["string", "array"], "items": NUMBER}},
        },
    },
    steps={
        "a": Outputs(OUTPUTS),
        "b": Outputs(OUTPUTS, is_each=True, has_failures=True),
        "c": Outputs(OUTPUTS, is_each=True),
    },
)
VALUES = {
    "inputs": {
        "n": "fog",
        "m": None,
        "x": [{"n": "ada", "m": 1}, {"n": "", "m": 0}, {}],
        "y": [[1, 2], [], [3]],
        "z": ["p", [4], [5, 6], ""],
    },
    "steps": {
        "a": {"n": "one", "m": 1, "x": ["u", "v"]},
        "b": {"n": ["two", None, ""], "m": [2, None, 0], "x": [["w"], None, []]},
        "c": {"n": [], "m": [], "x": []},
    },
    "cast": {"id": "c1", "account": "ada"},
    "item": {"n": "grace", "m": 9},
    "index": 0,
}

roots = st.sampled_from(
    [
        *("inputs.n", "inputs.m", "inputs.x", "inputs.y", "inputs.z", "inputs"),
        *("steps.a", "steps.a.x", "steps.b", "steps.b.n", "steps.b.m", "steps.b.x", "steps.c.x"),
        *("item", "item.n", "index", "cast", "cast.id"),
        *("`1`", "'s'", "`[]`", '`[1, "a", null]`', "`[[1], [2, [3]]]`", '`{"n": [1], "m": 2}`'),
    ]
)


functions = st.sampled_from(
    [
        *("sort", "reverse", "to_array", "keys", "values", "type", "max", "sum", "avg"),
        *("to_number", "to_string", "length", "ceil"),
    ]
)


def _extended(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, inner)
    names = st.sampled_from(["n", "m", "x", "@", "length(@)", "{n: n, m: m}", "[n, @]"])
    return st.one_of(
        st.tuples(inner, names).map(lambda p: f"{p[0]}[*].{p[1].replace('@', 'x')}"),
        st.tuples(inner, names).map(lambda p: f"{p[0]} | [*].{p[1].replace('@', 'n')}"),
        st.tuples(inner, names).map(lambda p: f"{p[0]}[?{p[1]}]"),
        st.tuples(inner, names).map(lambda p: f"sort_by({p[0]}, &{p[1]})"),
        st.tuples(inner, names).map(lambda p: f"map(&{p[1]}, {p[0]})"),
        st.tuples(inner, st.sampled_from(["n", "m", "x", "*"])).map(lambda p: f"({p[0]}).{p[1]}"),
        pairs.map(lambda p: f"({p[0]} || {p[1]})"),
        pairs.map(lambda p: f"({p[0]} && {p[1]})"),
        pairs.map(lambda p: f"[{p[0]}, {p[1]}]"),
        pairs.map(lambda p: f"{{n: {p[0]}, x: {p[1]}}}"),
        pairs.map(lambda p: f"({p[0]} == {p[1]})"),
        pairs.map(lambda p: f"({p[0]} < {p[1]})"),
        pairs.map(lambda p: f"not_null({p[0]}, {p[1]})"),
        pairs.map(lambda p: f"merge({p[0]}, {p[1]})"),
        inner.map(lambda one: f"({one})[0]"),
        inner.map(lambda one: f"({one})[-1]"),
        inner.map(lambda one: f"({one})[1:]"),
        inner.map(lambda one: f"({one})[::-1]"),
        inner.map(lambda one: f"({one})[*]"),
        inner.map(lambda one: f"({one})[]"),
        st.tuples(functions, inner).map(lambda p: f"{p[0]}({p[1]})"),
    )


def _check(shape: Shape, value: Any, nesting: int = 0) -> None:
    """Raise AssertionError where a value is not of its shape; null may stand anywhere."""
    if value is None or nesting > 6:
        return
    assert type_of(value) in shape.types | ({"number"} if "integer" in shape.types else set())
    assert not shape.is_plain_text or isinstance(value, str)
    if isinstance(value, list):
        for item in value:
            _check(shape.item(), item, nesting + 1)
    elif isinstance(value, dict):
        for name, member in value.items():
            _check(shape.member(name, lambda *_: None), member, nesting + 1)


@settings(max_examples=1000, deadline=None)
@given(st.recursive(roots, _extended, max_leaves=6))
@example("inputs.x[*].n")
@example("inputs.x[?m > `0`].n")
@example("inputs.x[].{n: m, m: n}")
@example("inputs.x[0].*")
@example("steps.b.n[?@]")
@example("inputs.z[]")
@example("inputs.y[][]")
@example("reverse(inputs.n || inputs.x)")
@example("steps.b.x[][]")
@example("steps.b.n[*]")
def test_what_is_known_of_an_expression_is_true_of_its_value(text: str) -> None:
    try:
        expression = compiled(text)
        value = BoundedInterpreter(Purse()).visit(expression.tree, VALUES)
    except (ExpressionError, ValueError, TypeError, ArithmeticError):
        return
    item = Scope(inputs=PERSON, steps={})
    known = analysed(compiled("inputs"), item).shape.called("item")
    scope = Scope(KNOWN.inputs, KNOWN.steps, item=known)
    _check(analysed(expression, scope).shape, value)
