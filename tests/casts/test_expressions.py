"""Expressions: where they begin and end, what they give, what they refer to, how they are bound."""

import string
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casts.definition import Context, ExpressionError, items, references, resolve, truth
from casts.definition.expressions import compiled
from casts.definition.interpreter import BoundedInterpreter, Purse
from tests.casts.test_definition_reading import json_values

PICTURE = "0190c0de-0000-7000-8000-000000000001"
CONTEXT = Context(
    inputs={
        "title": "Fog",
        "seed": 7,
        "ratio": 1.0,
        "zero": 0,
        "no": False,
        "empty": "",
        "list": [1, 2, 3],
        "words": ["a", "b"],
        "options": {"a b": 1, "deep": {"x": [True, None]}},
        "my-name": "hyphen",
        "nothing": None,
    },
    steps={"art": {"image": PICTURE, "sizes": [{"w": 1}, {"w": 2}]}, "skipped": None},
    cast={"id": "c1", "account": "ada"},
)


def given_by(text: str) -> Any:
    return resolve(text, CONTEXT)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${{ inputs.seed }}", 7),
        ("${{inputs.seed}}", 7),
        ("${{ inputs.ratio }}", 1.0),
        ("${{ inputs.no }}", False),
        ("${{ inputs.list }}", [1, 2, 3]),
        ("${{ inputs.options }}", {"a b": 1, "deep": {"x": [True, None]}}),
        ('${{ inputs."my-name" }}', "hyphen"),
        ('${{ inputs.options."a b" }}', 1),
        ("${{ steps.art.image }}", PICTURE),
        ("${{ steps.art.sizes[*].w }}", [1, 2]),
        ("${{ steps.art.sizes[?w > `1`] | [0].w }}", 2),
        ("${{ cast.id }}", "c1"),
        ("${{ cast.account }}", "ada"),
        ("${{ {a: inputs.seed, b: {c: inputs.title}} }}", {"a": 7, "b": {"c": "Fog"}}),
        ("${{ {a: {b: inputs.seed}}}}", {"a": {"b": 7}}),
        ("${{ '}}' }}", "}}"),
        ("${{ '${{' }}", "${{"),
        ('${{ `{"a": "}}"}` }}', {"a": "}}"}),
        ("${{ 'it\\'s }}' }}", "it's }}"),
        ("${{ length(inputs.list) }}", 3),
        ("${{ sum(inputs.list) }}", 6),
        ("${{ join('-', inputs.words) }}", "a-b"),
        ("${{ `5` }}", 5),
        ("${{ inputs.absent }}", None),
        ("${{ steps.skipped.image }}", None),
        ("${{ steps.skipped.image || inputs.title }}", "Fog"),
    ],
)
def test_an_expression_alone_keeps_the_type_of_its_value(text: str, value: Any) -> None:
    found = given_by(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("${{ inputs.title }}, by night", "Fog, by night"),
        ("seed ${{ inputs.seed }}", "seed 7"),
        (" ${{ inputs.seed }}", " 7"),
        ("${{ inputs.zero }}${{ inputs.no }}${{ inputs.empty }}", "0false"),
        ("r=${{ inputs.ratio }}", "r=1.0"),
        ("l=${{ inputs.list }}", "l=[1,2,3]"),
        ("o=${{ inputs.options }}", 'o={"a b":1,"deep":{"x":[true,null]}}'),
        ("${{ 'é' }}${{ `[\"é\"]` }}", 'é["é"]'),
        ("a }} b ${ {{ c", "a }} b ${ {{ c"),
        ("", ""),
    ],
)
def test_inside_text_values_are_written_out(text: str, written: str) -> None:
    assert given_by(text) == written


def test_a_null_inside_text_makes_the_whole_text_null() -> None:
    assert given_by("a ${{ steps.skipped.image }} b") is None


def test_values_are_resolved_wherever_they_stand() -> None:
    value = {"a": ["${{ inputs.seed }}", {"b": "x${{ inputs.seed }}"}], "c": 1, "d": None}
    assert given_by(value) == {"a": [7, {"b": "x7"}], "c": 1, "d": None}  # type: ignore[arg-type]


@pytest.mark.failure("D9")
@pytest.mark.parametrize(
    "text",
    [
        "$& $1 \\1 \\g<0> $$",
        "{0} {} {title} {0.__class__} %s %(a)s",
        "${{ cast.id }}",
        "${{",
        "}} ${{ '",
        "\\n \\u0041 \\",
        "`literal` 'raw' \"quoted\"",
        "<script>{{ 7*7 }}</script>",
    ],
)
def test_what_a_user_writes_is_never_interpreted(text: str) -> None:
    """Guard: values are joined to text and never read again."""
    context = Context({"text": text}, {"s": {"out": text}}, {})
    assert resolve("${{ inputs.text }}", context) == text
    assert resolve("<${{ inputs.text }}|${{ steps.s.out }}>", context) == f"<{text}|{text}>"


@pytest.mark.failure("D9")
@settings(deadline=None)
@given(st.text("${}'\"`\\&01ab {}%|", max_size=30))
def test_no_text_of_a_user_is_ever_interpreted(text: str) -> None:
    """Guard: values are joined to text and never read again."""
    context = Context({"text": text}, {}, {})
    assert resolve({"x": ["a${{ inputs.text }}b"]}, context) == {"x": [f"a{text}b"]}


def test_what_comes_out_is_nobody_elses() -> None:
    found = given_by("${{ inputs.options }}")
    found["deep"]["x"].append("changed")
    assert CONTEXT.inputs["options"]["deep"]["x"] == [True, None]


@pytest.mark.parametrize(
    "text",
    [
        "${{ }}",
        "${{}}",
        "${{ inputs.a",
        "${{ inputs.it's }}",
        "${{ inputs. }}",
        "${{ inputs.a b }}",
        "${{ inputs.my-name }}",
        "${{ inputs.seed + 1 }}",
        "${{ inputs.seed > 3 }}",
        "${{ inputs.a = 'x' }}",
        "${{ $inputs.a }}",
        "${{ lenght(inputs.list) }}",
        "${{ length() }}",
        "${{ length(inputs.list, inputs.list) }}",
        "${{ not_null() }}",
        "${{ &inputs }}",
        "${{ [&inputs] }}",
        "${{ length(&inputs) }}",
        "${{ sort_by(inputs.list, inputs.seed) }}",
        "${{ inputs.list[::0] }}",
        "${{ `NaN` }}",
        "${{ `[1e999]` }}",
        '${{ `"\\u0000"` }}',
        '${{ `"\\ud800"` }}',
        "${{ " + "a" * 2_000 + " }}",
        "${{ " + "(" * 450 + "a" + ")" * 450 + " }}",
        "${{ " + "!" * 900 + "a }}",
        "${{ " + "a|" * 400 + "a }}",
        "${{ @[`1`] }}",
        "${{ !inputs.no }}",
        "${{ !inputs.list[?a] }}",
        "${{ inputs.list[] | !a.b.c }}",
        "${{ foo( }}",
        "${{ [ }}",
        "${{ { }}",
        "${{ a.[b }}",
    ],
)
def test_what_is_no_expression_is_refused_in_a_sentence(text: str) -> None:
    for attempt in (lambda: given_by(text), lambda: references(text), lambda: truth(text, CONTEXT)):
        with pytest.raises(ExpressionError) as refused:
            attempt()
        assert 10 < len(str(refused.value)) < 400


@pytest.mark.parametrize(
    "text",
    [
        "${{ length(inputs.seed) }}",
        "${{ inputs.title < inputs.seed }}",
        "${{ contains(inputs.title, inputs.seed) }}",
        "${{ sum(inputs.words) }}",
        "${{ keys(inputs.absent) }}",
        "${{ to_number('inf') }}",
        "${{ to_number('nan') }}",
        "${{ ceil(to_number('inf')) }}",
        "${{ sum([`1e308`, `1e308`]) }}",
        "${{ to_number('99999999999999999999') }}",
        "${{ sort_by(steps.art.sizes, &absent) }}",
    ],
)
def test_what_cannot_be_evaluated_says_so_without_repeating_values(text: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        given_by(text)
    assert "Fog" not in str(refused.value)


@pytest.mark.parametrize(
    "expression",
    [
        " | ".join(["[@, @]"] * 38),
        " | ".join(["[@, @][]"] * 18),
        " | ".join(["{a: @, b: @}"] * 38),
        " | ".join(["[@, @]"] * 37) + " | to_string(@)",
        "join(inputs.long, inputs.many)",
        "inputs.many[*].[`[0,0,0,0,0,0,0,0,0,0]`, `[0,0,0,0,0,0,0,0,0,0]`]",
        "map(&to_string(@), [inputs, inputs, inputs, inputs, inputs, inputs, inputs, inputs])",
    ],
)
def test_an_expression_that_grows_without_end_is_stopped(expression: str) -> None:
    context = Context({"long": "x" * 500_000, "many": [""] * 100_000}, {}, {})
    with pytest.raises(ExpressionError):
        resolve(f"${{{{ {expression} }}}}", context)


def test_many_small_expressions_share_one_bound() -> None:
    context = Context({"list": [0] * 1_000}, {}, {})
    assert len(resolve(["${{ inputs.list }}"] * 500, context)) == 500
    with pytest.raises(ExpressionError, match="too much data"):
        resolve(["${{ inputs.list }}"] * 5_000, context)


def test_a_text_that_comes_out_too_long_is_refused() -> None:
    context = Context({"text": "x" * 60_000}, {}, {})
    assert len(resolve("${{ inputs.text }}!", context)) == 60_001
    with pytest.raises(ExpressionError, match="longer than 100000"):
        resolve("${{ inputs.text }}${{ inputs.text }}", context)
    with pytest.raises(ExpressionError, match="longer than 100000"):
        resolve("${{ inputs.text }}", Context({"text": "x" * 100_001}, {}, {}))


@pytest.mark.failure("D3")
@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("${{ inputs.seed }}", True),
        ("${{ inputs.zero }}", True),
        ("  ${{ inputs.seed == `7` }}\n", True),
        ("${{ inputs.seed > `7` }}", False),
        ("${{ inputs.no }}", False),
        ("${{ !(inputs.no) }}", True),
        ("${{ inputs.empty }}", False),
        ("${{ `[]` }}", False),
        ("${{ `{}` }}", False),
        ("${{ `[0]` }}", True),
        ("${{ inputs.absent }}", False),
        ("${{ steps.skipped }}", False),
        ("${{ contains(inputs.words, 'a') && inputs.title == 'Fog' }}", True),
    ],
)
def test_truth_is_jmespaths(text: str, holds: bool) -> None:  # noqa: FBT001
    """Guard: only null, false and what is empty are false; 0 is a value."""
    assert truth(text, CONTEXT) is holds


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("length(inputs.list) > `2`", True),
        ("length(inputs.title) > `3`", False),
        ("length(steps.art.sizes[?w > `1`]) == `1`", True),
        ("contains(inputs.words, 'b')", True),
        ("contains(inputs.title, 'og')", True),
        ("contains(inputs.title, 'rain')", False),
        ("starts_with(inputs.title, 'F')", True),
        ("ends_with(inputs.title, 'F')", False),
        ("not_null(inputs.absent, steps.skipped.image, inputs.title)", True),
        ("not_null(inputs.absent, steps.skipped.image)", False),
        ("type(inputs.seed) == 'number'", True),
        ("to_string(inputs.seed) == '7'", True),
        ("to_number('7') == inputs.seed", True),
        ("inputs.seed >= `7` && inputs.seed < `8`", True),
        ("inputs.title != 'Fog' || inputs.no", False),
        ("!(inputs.absent)", True),
        ("!(contains(keys(inputs.options), 'deep'))", False),
        ("max(inputs.list) == `3` && min(inputs.list) == `1`", True),
        ("sum(inputs.list) > avg(inputs.list)", True),
        ("sort_by(steps.art.sizes, &w)[-1].w == `2`", True),
        ("map(&w, steps.art.sizes) == `[1, 2]`", True),
        ("join('', inputs.words) == 'ab'", True),
        ("inputs.list[?@ > `5`]", False),
        ("inputs.list > `1`", False),
    ],
)
def test_a_condition_may_use_what_jmespath_has(
    condition: str,
    holds: bool,  # noqa: FBT001
) -> None:
    assert truth(f"${{{{ {condition} }}}}", CONTEXT) is holds


@pytest.mark.parametrize("text", ["", "true", "x ${{ inputs.seed }}", "${{ `1` }}${{ `1` }}"])
def test_a_condition_or_a_list_is_one_expression_and_nothing_else(text: str) -> None:
    for evaluate in (truth, items):
        with pytest.raises(ExpressionError):
            evaluate(text, CONTEXT)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("${{ inputs.list }}", [1, 2, 3]),
        (" ${{ steps.art.sizes[*].w }}\n", [1, 2]),
        ("${{ `[]` }}", []),
        ("${{ `[null, 1]` }}", [None, 1]),
        ("${{ inputs.nothing }}", None),
        ("${{ steps.skipped.image }}", None),
    ],
)
def test_what_to_run_for_is_a_list_or_nothing(text: str, found: list[Any] | None) -> None:
    assert items(text, CONTEXT) == found


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("${{ inputs.title }}", "text"),
        ("${{ inputs.empty }}", "text"),
        ("${{ inputs.zero }}", "a whole number"),
        ("${{ inputs.no }}", "true or false"),
        ("${{ inputs.options }}", "an object"),
    ],
)
def test_what_is_no_list_is_told_by_what_it_is(text: str, what: str) -> None:
    with pytest.raises(ExpressionError, match=f"gives {what}, and must give a list") as refused:
        items(text, CONTEXT)
    assert str(refused.value).startswith(f"`{text}`")


def test_the_items_are_nobody_elses() -> None:
    found = items("${{ steps.art.sizes }}", CONTEXT)
    assert found is not None
    found[0]["w"] = "changed"
    assert CONTEXT.steps["art"]["sizes"][0] == {"w": 1}


def test_a_list_that_is_too_much_is_refused() -> None:
    context = Context({"list": ["x" * 90_000] * 30}, {}, {})
    with pytest.raises(ExpressionError, match="too much data"):
        items("${{ inputs.list }}", context)


@pytest.mark.failure("D3")
@pytest.mark.parametrize("item", [0, False, "", None, [], {}, "Fog", 1.5, {"name": "x"}, [1]])
def test_an_item_may_be_anything_also_empty(item: Any) -> None:
    """Guard: an item stands as it is, whatever it is."""
    context = replace(CONTEXT, item=item, index=0)
    found = resolve({"a": "${{ item }}", "b": "${{ index }}"}, context)
    assert found == {"a": item, "b": 0}
    assert type(found["a"]) is type(item)
    assert type(found["b"]) is int


def test_item_and_index_are_read_like_any_other_value() -> None:
    context = replace(CONTEXT, item={"name": "${{ inputs.title }}", "sizes": [4, 5]}, index=3)
    text = "${{ index }}. ${{ item.name }}: ${{ item.sizes[-1] }} of ${{ inputs.title }}"
    assert resolve(text, context) == "3. ${{ inputs.title }}: 5 of Fog"


def test_outside_of_an_item_both_names_are_null() -> None:
    assert resolve(["${{ item }}", "${{ index }}", "${{ item.x }}"], CONTEXT) == [None] * 3


@pytest.mark.failure("B8")
@pytest.mark.failure("D1")
@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("no expression", ""),
        ("${{ inputs.a }}", ""),
        ("${{ steps.a }}", "a"),
        ("${{ steps.a.b.c[0].d }}", "a"),
        ("${{ steps.a.x }} and ${{ steps.b.y }}", "a b"),
        ('${{ "steps"."a".x }}', "a"),
        ("${{ @.steps.a }}", "a"),
        ("${{ (steps).a }}", "a"),
        ("${{ steps | a.x }}", "a"),
        ("${{ @ | steps.a }}", "a"),
        ("${{ steps.a | steps.b }}", "a"),
        ("${{ inputs | steps.a }}", ""),
        ("${{ inputs.steps.a }}", ""),
        ("${{ steps.steps }}", "steps"),
        ("${{ steps.[a.x, b.y] }}", "a b"),
        ("${{ steps.{p: a, q: b}.p }}", "a b"),
        ("${{ [steps.a.x, steps.b][0] }}", "a b"),
        ("${{ {p: steps.a}.p.steps.c }}", "a"),
        ("${{ inputs.list[*].steps.a }}", ""),
        ("${{ inputs.list[?steps.a == `1`] }}", ""),
        ("${{ inputs.list[] | [0].steps.b }}", ""),
        ("${{ inputs.o.*.steps.a }}", ""),
        ("${{ steps.a.list[*].steps.b }}", "a"),
        ("${{ steps.a.list[1:].steps.b }}", "a"),
        ("${{ steps.a || steps.b.x && !(steps.c) }}", "a b c"),
        ("${{ steps.a.n > steps.b.n }}", "a b"),
        ("${{ sort_by(steps.a.list, &steps) }}", "a"),
        ("${{ map(&steps.z, steps.a.list) }}", "a"),
        ("${{ not_null(steps.a.x, steps.b.x) }}", "a b"),
        ("${{ join(', ', [steps.a.x, steps.b.x]) }}", "a b"),
        ('${{ `{"steps": {"a": 1}}`.steps.a }}', ""),
        ("${{ 'steps.a' }}", ""),
        ("${{ item.steps.a }}", ""),
        ("${{ item | steps.a }}", ""),
        ("${{ steps.a.x[*].{i: item, s: steps.b} }}", "a"),
        ("${{ steps.item.index }}", "item"),
    ],
)
def test_references_are_what_jmespath_would_look_up(text: str, steps: str) -> None:
    """Guard: references are read from the syntax tree, where the root is still the root."""
    assert references({"x": [text], "y": 1}) == set(steps.split())


@pytest.mark.failure("D1")
@pytest.mark.parametrize(
    "expression",
    [
        "steps",
        "@",
        "steps.*",
        "*",
        "[*]",
        "[]",
        "[?x]",
        "steps[0]",
        "steps[*]",
        "keys(steps)",
        "values(@)",
        "map(&x, [@])",
        "[@][0].steps.a",
        "{s: steps}.s.a",
        "[steps][0].a",
        "!steps",
        "steps == `1`",
        "steps || inputs.a",
        "(steps || inputs).a",
        "inputs.a && @",
        "to_string(@)",
        "merge(steps, inputs)",
        "@ | @",
        "steps | @",
    ],
)
def test_steps_that_nobody_can_name_are_refused(expression: str) -> None:
    """Guard: an expression tells which steps it refers to, or is refused."""
    with pytest.raises(ExpressionError, match=r"steps\.<key>"):
        references(f"${{{{ {expression} }}}}")


class _Watched(dict[str, Any]):
    """The outputs of the steps, noting which step is looked at, and when all of them are."""

    def __init__(self) -> None:
        super().__init__({key: {"x": [1, {"steps": "s"}], "steps": {"a": 1}} for key in "abc"})
        self.seen: set[str] = set()
        self.taken_whole = False

    def get(self, key: Any, default: Any = None) -> Any:
        self.seen.add(key)
        return super().get(key, default)

    def values(self) -> Any:
        self.taken_whole = True
        return super().values()


names = st.sampled_from(
    ["steps", "inputs", "a", "b", "c", "x", "cast", "item", "index", "@", "`1`", "'s'", "*"]
)


def _extended(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(lambda p: f"{p[0]}.{p[1]}"),
        pairs.map(lambda p: f"{p[0]} | {p[1]}"),
        pairs.map(lambda p: f"({p[0]} || {p[1]})"),
        pairs.map(lambda p: f"({p[0]} && {p[1]})"),
        pairs.map(lambda p: f"{p[0]}[?{p[1]}]"),
        pairs.map(lambda p: f"[{p[0]}, {p[1]}]"),
        pairs.map(lambda p: f"{{p: {p[0]}, q: {p[1]}}}"),
        pairs.map(lambda p: f"map(&{p[0]}, to_array({p[1]}))"),
        pairs.map(lambda p: f"{p[0]}.[{p[1]}]"),
        inner.map(lambda one: f"{one}[*]"),
        inner.map(lambda one: f"{one}[]"),
        inner.map(lambda one: f"{one}[0]"),
        inner.map(lambda one: f"{one}[:1]"),
        inner.map(lambda one: f"!{one}"),
        inner.map(lambda one: f"not_null({one})"),
        inner.map(lambda one: f"type({one})"),
    )


expressions = st.recursive(names, _extended, max_leaves=8)


@pytest.mark.failure("B8")
@settings(max_examples=300, deadline=None)
@given(expressions)
@example("@.steps.a")
def test_an_expression_never_looks_at_a_step_it_does_not_refer_to(expression: str) -> None:
    """Guard: the analysis of references is sound against JMESPath's own interpreter."""
    try:
        referred = references(f"${{{{ {expression} }}}}")
    except ExpressionError:
        return
    steps = _Watched()
    item = {"steps": {"a": 1}, "a": ["item"]}
    inputs = {"a": [{"steps": 1}], "x": {"b": 2}}
    root = {"steps": steps, "inputs": inputs, "cast": {}, "item": item, "index": 0}
    try:
        value = BoundedInterpreter(Purse()).visit(compiled(expression).tree, root)
    except (ValueError, TypeError):
        value = None
    assert steps.seen <= referred
    assert not steps.taken_whole
    assert not _holds(value, steps)


def _holds(value: Any, wanted: Any) -> bool:
    parts = value.values() if type(value) is dict else value if isinstance(value, list) else ()
    return value is wanted or any(_holds(part, wanted) for part in parts)


@settings(max_examples=200, deadline=None)
@given(expressions | st.text(string.printable, max_size=40), json_values, json_values)
def test_evaluation_raises_nothing_but_expression_errors(
    expression: str, inputs: Any, outputs: Any
) -> None:
    context = Context({"a": inputs, "x": outputs}, {"a": outputs, "b": None, "c": inputs}, {})
    for text in (f"${{{{ {expression} }}}}", f"text ${{{{ {expression} }}}}", expression):
        for evaluate in (resolve, truth, items):
            with suppress(ExpressionError):
                evaluate(text, context)


@settings(deadline=None)
@given(json_values, json_values)
def test_any_json_can_be_resolved_in_any_context(value: Any, known: Any) -> None:
    context = Context({"a": known}, {"b": known}, {})
    with suppress(ExpressionError):
        assert resolve({"plain": 1, "value": value}, context)["plain"] == 1


def test_values_nested_without_end_are_refused() -> None:
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    context = Context({"deep": deep}, {}, {})
    for value in ("${{ inputs.deep }}", deep, "${{ to_string(inputs.deep) }}${{ inputs.deep }}"):
        with pytest.raises(ExpressionError, match="deep"):
            resolve(value, context)
