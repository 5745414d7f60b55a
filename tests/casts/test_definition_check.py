"""Checking a definition: every mistake at once, where it is, what it is, what to do."""

import time
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casts.definition import CODES, Checked, Problem, RetryPolicy, check, parse, read
from tests.casts.specs import ARTIFACT, paper_tools, tool
from tests.casts.test_definition_reading import json_values

TOOLS = paper_tools()
PICTURE = "0190c0de-0000-7000-8000-000000000001"
POSTER = """
slug: poster
name: Poster
inputs:
  type: object
  required: [title]
  properties: {title: {type: string, maxLength: 80}, seed: {type: integer, default: 1}}
steps:
  - key: headline
    tool: text.template
    inputs: {template: "${{ inputs.title }}, by night"}
  - key: art
    tool: image.draw
    inputs: {seed: "${{ inputs.seed }}", width: 512}
  - key: card
    tool: image.caption
    inputs: {image: "${{ steps.art.image }}", text: "${{ steps.headline.text }}"}
    retry: {attempts: 3, backoff_s: 2}
    deadline_s: 60
outputs: {image: "${{ steps.card.image }}"}
"""


def poster(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = read(POSTER)
    return {**document, **changes}


def with_step(index: int, **changes: Any) -> dict[str, Any]:
    document = poster()
    document["steps"][index].update(changes)
    return document


def with_inputs(**properties: Any) -> dict[str, Any]:
    document = poster()
    document["inputs"]["properties"].update(properties)
    return document


def found(document: Any) -> set[tuple[str, str]]:
    """Return (code, pointer) of every error, which must all have a sentence."""
    checked = check(document, TOOLS)
    assert not checked.ok
    assert checked.definition is None
    assert checked.document == {}
    for problem in checked.problems:
        assert problem.code in CODES
        assert problem.detail[-1] in ".?"
    return {(problem.code, problem.pointer) for problem in checked.errors}


def only(document: Any) -> Problem:
    checked = check(document, TOOLS)
    [problem] = checked.errors
    return problem


def warned(document: Any) -> set[tuple[str, str]]:
    checked = check(document, TOOLS)
    assert checked.ok
    assert checked.definition is not None
    return {(problem.code, problem.pointer) for problem in checked.warnings}


# what is right


def test_the_poster_is_right_and_read_as_it_is_meant() -> None:
    checked = check(poster(), TOOLS)
    assert checked.problems == ()
    assert checked.definition is not None
    definition = checked.definition
    assert (definition.slug, definition.name, definition.visibility) == (
        "poster",
        "Poster",
        "private",
    )
    assert [step.key for step in definition.steps] == ["headline", "art", "card"]
    card = definition.step("card")
    assert card.retry == RetryPolicy(attempts=3, backoff_s=2.0)
    assert (card.deadline_s, card.on_failure, card.when) == (60, "fail", None)
    assert card.requires == card.references == {"art", "headline"}
    assert definition.step("art").requires == {"headline"}
    assert definition.step("art").references == frozenset()
    assert definition.step("headline").requires == frozenset()
    assert definition.deadline_s is None


def test_what_is_stored_parses_to_the_same_definition() -> None:
    checked = check(poster(), TOOLS)
    assert parse(checked.document) == checked.definition
    assert check(checked.document, TOOLS) == checked


def test_the_stored_form_is_one_whatever_defaults_are_spelled_out() -> None:
    spelled = with_step(0, on_failure="fail", resubmit=False)
    spelled |= {"visibility": "private", "open": False, "description": ""}
    spelled = dict(reversed(spelled.items()))
    assert check(spelled, TOOLS).document == check(poster(), TOOLS).document
    assert list(check(spelled, TOOLS).document) == list(check(poster(), TOOLS).document)


def test_the_document_given_is_neither_changed_nor_kept() -> None:
    document = poster()
    before = deepcopy(document)
    stored = check(document, TOOLS).document
    assert document == before
    stored["inputs"]["properties"].clear()
    assert document == before


def test_the_smallest_spell() -> None:
    checked = check({"slug": "a-b", "steps": [{"key": "x", "tool": "any.echo"}]}, TOOLS)
    assert checked.problems == ()
    assert checked.definition is not None
    assert checked.definition.name == "A b"
    assert checked.definition.outputs == {}


def test_everything_that_a_definition_may_say() -> None:
    document = with_step(
        2,
        when="${{ inputs.seed > `0` }}",
        on_failure="continue",
        retry={"attempts": 10, "backoff_s": 0},
        deadline_s=600,
        resubmit=True,
        needs=["headline"],
    )
    document |= {
        "description": "A card.",
        "visibility": "unlisted",
        "open": True,
        "deadline_s": 3600,
    }
    checked = check(document, TOOLS)
    assert checked.problems == ()
    assert checked.definition is not None
    card = checked.definition.step("card")
    assert (card.when, card.on_failure, card.resubmit) == (
        "${{ inputs.seed > `0` }}",
        "continue",
        True,
    )
    assert (checked.definition.open, checked.definition.deadline_s) == (True, 3600)


# all at once


def test_every_mistake_is_told_at_once() -> None:
    document = poster(slug="Bad Slug", nmae="x", deadline_s=0)
    document["inputs"]["properties"]["title"]["type"] = "strng"
    document["steps"][0] |= {"tool": "text.tmplate", "for_each": "${{ inputs.list }}"}
    document["steps"][0] |= {"max_items": 101, "cache": {"ttl": 60}}
    document["steps"][1]["inputs"] = {"seed": "${{ inputs.sed }}", "width": 1, "hight": 2}
    document["steps"][2] |= {
        "needs": ["hedline"],
        "when": "${{ inputs.seed",
        "retry": {"attempts": 0},
    }
    document["outputs"] = {"image": "${{ steps.car.image }}"}
    assert found(document) == {
        ("wrong_pattern", "/slug"),
        ("unknown_field", "/nmae"),
        ("out_of_range", "/deadline_s"),
        ("bad_schema", "/inputs/properties/title/type"),
        ("unknown_tool", "/steps/0/tool"),
        ("unknown_input", "/steps/0/for_each"),
        ("out_of_range", "/steps/0/max_items"),
        ("missing", "/steps/0/cache/ttl_s"),
        ("unknown_field", "/steps/0/cache/ttl"),
        ("unknown_input", "/steps/1/inputs/seed"),
        ("out_of_range", "/steps/1/inputs/width"),
        ("unknown_field", "/steps/1/inputs/hight"),
        ("unknown_step", "/steps/2/needs/0"),
        ("bad_expression", "/steps/2/when"),
        ("out_of_range", "/steps/2/retry/attempts"),
        ("unknown_step", "/outputs/image"),
    }


def test_a_mistaken_reference_is_told_with_what_was_meant() -> None:
    document = with_step(2, inputs={"image": "${{ steps.arts.image }}", "text": "x"})
    assert only(document).detail == (
        "Step `card` refers to `steps.arts`, which is no step; did you mean `steps.art`?"
    )


@pytest.mark.parametrize("document", [None, [], "poster", 7, True, [[]]])
def test_a_definition_is_an_object(document: Any) -> None:
    assert found(document) == {("wrong_type", "")}


def test_an_empty_object_lacks_what_a_definition_must_have() -> None:
    assert found({}) == {("missing", "/slug"), ("missing", "/steps")}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"slug": 7}, ("wrong_type", "/slug")),
        ({"slug": "a" * 61}, ("wrong_length", "/slug")),
        ({"slug": "a--b"}, ("wrong_pattern", "/slug")),
        ({"slug": "a\n"}, ("wrong_pattern", "/slug")),
        ({"name": ""}, ("wrong_length", "/name")),
        ({"visibility": "secret"}, ("not_allowed", "/visibility")),
        ({"open": 1}, ("wrong_type", "/open")),
        ({"deadline_s": "60"}, ("wrong_type", "/deadline_s")),
        ({"deadline_s": True}, ("wrong_type", "/deadline_s")),
        ({"inputs": []}, ("wrong_type", "/inputs")),
        ({"outputs": []}, ("wrong_type", "/outputs")),
        ({"steps": {}}, ("wrong_type", "/steps")),
        ({"steps": []}, ("wrong_length", "/steps")),
        ({"cache": True}, ("unknown_field", "/cache")),
    ],
)
def test_the_form_of_a_spell(changes: dict[str, Any], error: tuple[str, str]) -> None:
    assert error in found(poster(**changes))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"key": "Card"}, ("wrong_pattern", "/steps/2/key")),
        ({"key": "1card"}, ("wrong_pattern", "/steps/2/key")),
        ({"key": "a" * 41}, ("wrong_pattern", "/steps/2/key")),
        ({"key": None}, ("wrong_type", "/steps/2/key")),
        ({"key": "art"}, ("duplicate_step", "/steps/2/key")),
        ({"tool": None}, ("wrong_type", "/steps/2/tool")),
        ({"inputs": "x"}, ("wrong_type", "/steps/2/inputs")),
        ({"needs": "art"}, ("wrong_type", "/steps/2/needs")),
        ({"needs": [1]}, ("wrong_type", "/steps/2/needs/0")),
        ({"when": True}, ("wrong_type", "/steps/2/when")),
        ({"when": "yes"}, ("bad_expression", "/steps/2/when")),
        ({"when": "x ${{ inputs.seed }}"}, ("bad_expression", "/steps/2/when")),
        ({"when": "${{ inputs.sed }}"}, ("unknown_input", "/steps/2/when")),
        ({"on_failure": "ignore"}, ("not_allowed", "/steps/2/on_failure")),
        ({"retry": 3}, ("wrong_type", "/steps/2/retry")),
        ({"retry": {"attempts": 11}}, ("out_of_range", "/steps/2/retry/attempts")),
        ({"retry": {"attempts": 1.5}}, ("wrong_type", "/steps/2/retry/attempts")),
        ({"retry": {"backoff_s": -1}}, ("out_of_range", "/steps/2/retry/backoff_s")),
        ({"retry": {"times": 1}}, ("unknown_field", "/steps/2/retry/times")),
        ({"deadline_s": 86_401}, ("out_of_range", "/steps/2/deadline_s")),
        ({"deadline_s": 601}, ("out_of_range", "/steps/2/deadline_s")),
        ({"resubmit": "yes"}, ("wrong_type", "/steps/2/resubmit")),
        ({"label": "Card"}, ("unknown_field", "/steps/2/label")),
        ({"for_each": 5}, ("wrong_type", "/steps/2/for_each")),
        ({"for_each": "inputs.x"}, ("bad_expression", "/steps/2/for_each")),
        ({"max_items": 0}, ("out_of_range", "/steps/2/max_items")),
        ({"max_items": 101}, ("out_of_range", "/steps/2/max_items")),
        ({"max_items": "3"}, ("wrong_type", "/steps/2/max_items")),
        ({"max_in_flight": 0}, ("out_of_range", "/steps/2/max_in_flight")),
        ({"max_in_flight": 101}, ("out_of_range", "/steps/2/max_in_flight")),
        ({"cache": 60}, ("wrong_type", "/steps/2/cache")),
        ({"cache": {}}, ("missing", "/steps/2/cache/ttl_s")),
        ({"cache": {"ttl_s": 59}}, ("out_of_range", "/steps/2/cache/ttl_s")),
        ({"cache": {"ttl_s": 31_536_001}}, ("out_of_range", "/steps/2/cache/ttl_s")),
        ({"cache": {"ttl_s": 60, "key": "x"}}, ("unknown_field", "/steps/2/cache/key")),
    ],
)
def test_the_form_of_a_step(changes: dict[str, Any], error: tuple[str, str]) -> None:
    assert error in found(with_step(2, **changes))


def test_a_spell_has_at_most_a_hundred_steps() -> None:
    steps = [{"key": f"s{n}", "tool": "any.echo", "needs": []} for n in range(101)]
    assert check({"slug": "a", "steps": steps[:100]}, TOOLS).ok
    assert found({"slug": "a", "steps": steps}) == {("wrong_length", "/steps")}


# tools


@pytest.mark.failure("D7")
def test_a_tool_is_found_by_its_key_only() -> None:
    """Guard: the lookup is by key; a tool's title is no name for it."""
    titled = TOOLS["any.echo"].model_copy(update={"key": "other.echo", "title": "text.tmpl"})
    tools = {**TOOLS, titled.key: titled}
    checked = check(with_step(0, tool="text.tmpl"), tools)
    assert [problem.code for problem in checked.errors] == ["unknown_tool"]
    assert checked.errors[0].detail == (
        "There is no tool `text.tmpl`; did you mean `text.template`?"
    )


@pytest.mark.failure("C9")
def test_a_missing_required_input_of_a_tool_is_an_error() -> None:
    """Guard: tool inputs are validated against the tool's schema when the spell is saved."""
    problem = only(with_step(2, inputs={"image": "${{ steps.art.image }}"}))
    assert (problem.code, problem.pointer) == ("missing", "/steps/2/inputs/text")
    assert only(with_step(0, inputs={})).pointer == "/steps/0/inputs/template"


def test_a_literal_null_is_no_input() -> None:
    assert check(with_step(1, inputs={"seed": 1, "width": None}), TOOLS).ok
    assert only(with_step(1, inputs={"seed": None})).code == "missing"


@pytest.mark.parametrize(
    ("inputs", "error"),
    [
        ({"seed": "7"}, ("wrong_type", "/seed")),
        ({"seed": True}, ("wrong_type", "/seed")),
        ({"seed": 1.5}, ("wrong_type", "/seed")),
        ({"seed": -1}, ("out_of_range", "/seed")),
        ({"seed": 1, "width": 4096}, ("out_of_range", "/width")),
        ({"seed": 1, "style": "oily"}, ("not_allowed", "/style")),
        ({"seed": 1, "colours": ["a", 2]}, ("wrong_type", "/colours/1")),
        ({"seed": 1, "colours": ["a", "b", "c", "d"]}, ("wrong_length", "/colours")),
        ({"seed": 1, "note": 5}, ("wrong_type", "/note")),
        ({"seed": 1, "colour": "red"}, ("unknown_field", "/colour")),
        ({"seed": "${{ inputs.title }}"}, ("wrong_type", "/seed")),
        ({"seed": "no ${{ inputs.seed }}"}, ("wrong_type", "/seed")),
        ({"seed": "${{ 'seven' }}"}, ("wrong_type", "/seed")),
        ({"seed": "${{ inputs.seed == `1` }}"}, ("wrong_type", "/seed")),
        ({"seed": "${{ steps.headline }}"}, ("wrong_type", "/seed")),
        ({"seed": "${{ steps.headline.text }}"}, ("wrong_type", "/seed")),
        ({"seed": "${{ join('', [inputs.title]) }}"}, ("wrong_type", "/seed")),
        ({"seed": 1, "note": "${{ inputs.seed }}"}, ("wrong_type", "/note")),
        ({"seed": 1, "colours": ["${{ inputs.seed }}"]}, ("wrong_type", "/colours/0")),
        ({"seed": 1, "colours": "${{ inputs.title }}"}, ("wrong_type", "/colours")),
        ({"seed": "${{ length(inputs.seed) }}"}, ("wrong_type", "/seed")),
        ({"seed": "${{ inputs.title.x }}"}, ("unknown_reference", "/seed")),
        ({"seed": "${{ inputs.title[0] }}"}, ("unknown_reference", "/seed")),
        ({"seed": "${{ inputs.title[*].x }}"}, ("unknown_reference", "/seed")),
        ({"seed": "${{ steps.headline.txt }}"}, ("unknown_output", "/seed")),
        ({"seed": "${{ traits.x }}"}, ("unknown_reference", "/seed")),
        ({"seed": "${{ piece.x }}"}, ("unknown_reference", "/seed")),
        ({"seed": "${{ item }}"}, ("unknown_reference", "/seed")),
        ({"seed": "${{ input.seed }}"}, ("unknown_reference", "/seed")),
        ({"seed": "${{ cast.slug }}"}, ("unknown_reference", "/seed")),
        ({"seed": "${{ steps }}"}, ("unclear_reference", "/seed")),
        ({"seed": "${{ @ }}"}, ("unclear_reference", "/seed")),
        ({"seed": "${{ lenght(inputs.title) }}"}, ("unknown_function", "/seed")),
        ({"seed": "${{ }}"}, ("bad_expression", "/seed")),
        ({"seed": "${{ inputs.seed"}, ("bad_expression", "/seed")),
        ({"seed": 1, "${{ x }}": 1}, ("expression_in_key", "/${{ x }}")),
    ],
)
def test_what_can_be_known_of_a_tools_inputs(
    inputs: dict[str, Any], error: tuple[str, str]
) -> None:
    code, pointer = error
    assert (code, f"/steps/1/inputs{pointer}") in found(with_step(1, inputs=inputs))


@pytest.mark.parametrize(
    "inputs",
    [
        {"seed": 0},
        {"seed": 2.0},
        {"seed": "${{ inputs.seed || `3` }}"},
        {"seed": "${{ length(inputs.title) }}"},
        {"seed": "${{ to_number(inputs.title) }}"},
        {"seed": "${{ inputs.anything }}"},
        {"seed": "${{ inputs.anything.deep[0].er }}"},
        {"seed": "${{ inputs.numbers[0] }}"},
        {"seed": "${{ inputs.numbers[?@ > `1`] | [0] }}"},
        {"seed": "${{ inputs.either }}"},
        {"seed": "${{ inputs.nested.n }}"},
        {"seed": "${{ inputs.linked.n }}"},
        {"seed": 1, "style": "${{ inputs.title }}"},
        {"seed": 1, "note": "${{ inputs.title }}"},
        {"seed": 1, "note": None},
        {"seed": 1, "colours": ["${{ inputs.title }}", "red"]},
        {"seed": 1, "colours": "${{ inputs.anything }}"},
        {"seed": 1, "note": "${{ cast.account }}, ${{ cast.id }}"},
        {"seed": 1, "note": "${{ steps.headline.text }}"},
    ],
)
def test_what_may_fit_is_let_through(inputs: dict[str, Any]) -> None:
    document = with_inputs(
        anything={},
        numbers={"type": "array", "items": {"type": "integer"}},
        either={"type": ["integer", "string"]},
        nested={"type": "object", "properties": {"n": {"type": "integer"}}},
        linked={"$ref": "#/properties/nested"},
    )
    document["steps"][1]["inputs"] = inputs
    assert check(document, TOOLS).errors == ()


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("${{ steps.art.image }}", True),
        ("${{ inputs.photo }}", True),
        ("${{ inputs.photos[0] }}", True),
        (PICTURE, True),
        ("${{ inputs.anything }}", True),
        ("${{ steps.art.image || inputs.photo }}", True),
        ("${{ inputs.title }}", False),
        ("${{ steps.headline.text }}", False),
        ("see ${{ steps.art.image }}", False),
        ("picture.png", False),
    ],
)
def test_a_file_is_not_any_text(value: str, fits: bool) -> None:  # noqa: FBT001
    document = with_inputs(photo=ARTIFACT, photos={"type": "array", "items": ARTIFACT}, anything={})
    document["steps"][2]["inputs"] = {"image": value, "text": "x"}
    if fits:
        assert check(document, TOOLS).errors == ()
    else:
        assert found(document) == {("wrong_format", "/steps/2/inputs/image")}


def test_outputs_of_a_tool_are_known_also_inside() -> None:
    assert check(with_step(2, when="${{ steps.art.size.width > `9` }}"), TOOLS).ok
    problem = only(with_step(2, when="${{ steps.art.size.wdth > `9` }}"))
    assert problem.code == "unknown_reference"
    assert "did you mean `steps.art.size.width`?" in problem.detail


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {"type": "object", "properties": {"a": {}}, "additionalProperties": True},
        {"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "integer"}},
        {"type": "object", "patternProperties": {"^val": {"type": "integer"}}},
    ],
)
def test_a_tool_that_gives_what_it_does_not_name_may_be_asked_for_it(
    schema: dict[str, Any],
) -> None:
    loose = TOOLS["any.echo"].model_copy(update={"output_schema": schema})
    document = {
        "slug": "a",
        "steps": [
            {"key": "x", "tool": "any.echo"},
            {"key": "y", "tool": "image.draw", "inputs": {"seed": "${{ steps.x.value }}"}},
        ],
    }
    assert check(document, {**TOOLS, "any.echo": loose}).errors == ()


def test_inputs_that_depend_on_each_other_are_judged_only_where_they_are_known() -> None:
    spec = tool("odd.one", {}, {}).model_copy(
        update={
            "input_schema": {
                "type": "object",
                "properties": {"a": {}, "b": {}, "n": {"oneOf": [{"minimum": 5}, {"maximum": 3}]}},
                "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
                "not": {"properties": {"a": {"const": 1}}, "required": ["a"]},
            }
        }
    )

    def errors(inputs: dict[str, Any]) -> list[str]:
        step = {"key": "x", "tool": "odd.one", "inputs": inputs}
        document = {"slug": "a", "steps": [step], "inputs": poster()["inputs"]}
        return [problem.code for problem in check(document, {"odd.one": spec}).errors]

    assert errors({"a": "${{ inputs.title }}"}) == []
    assert errors({"a": 2, "n": "${{ inputs.seed }}"}) == []
    assert errors({}) != []
    assert errors({"a": 1}) != []
    assert errors({"a": 2, "n": 4}) != []


# references and the graph


@pytest.mark.failure("D1")
def test_a_step_gets_only_what_its_inputs_map() -> None:
    """Guard: an input that is not mapped is missing, whatever the step above it gave."""
    document = {
        "slug": "a",
        "steps": [
            {"key": "x", "tool": "text.template", "inputs": {"template": "t"}},
            {"key": "y", "tool": "image.caption", "inputs": {"image": PICTURE}},
        ],
    }
    assert found(document) == {("missing", "/steps/1/inputs/text")}


@pytest.mark.failure("D2")
def test_steps_of_one_tool_keep_their_inputs_apart() -> None:
    """Guard: steps are addressed by key and each has an input object of its own."""
    steps = [
        {"key": key, "tool": "text.template", "inputs": {"template": f"${{{{ inputs.{key} }}}}"}}
        for key in ("one", "two")
    ]
    schema = {"type": "object", "properties": {key: {"type": "string"} for key in ("one", "two")}}
    definition = check({"slug": "a", "inputs": schema, "steps": steps}, TOOLS).definition
    assert definition is not None
    assert definition.step("one").inputs != definition.step("two").inputs
    assert found({"slug": "a", "steps": [steps[0] | {"inputs": {"template": ""}}] * 2}) == {
        ("duplicate_step", "/steps/1/key")
    }


def echo(
    key: str, *refers: str, needs: list[str] | None = None, place: str = "inputs"
) -> dict[str, Any]:
    step: dict[str, Any] = {"key": key, "tool": "any.echo"}
    if refers and place == "inputs":
        step["inputs"] = {"value": [f"${{{{ steps.{name}.value }}}}" for name in refers]}
    elif refers:
        step[place] = f"${{{{ [{', '.join(f'steps.{name}.value' for name in refers)}] }}}}"
    return step if needs is None else {**step, "needs": needs}


def spell(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"slug": "a", "steps": list(steps), **more}


@pytest.mark.failure("B8")
@pytest.mark.parametrize(
    ("steps", "requires"),
    [
        ([echo("a"), echo("b")], {"b": "a"}),
        ([echo("a"), echo("b", needs=[])], {}),
        ([echo("a"), echo("b"), echo("c", "a")], {"b": "a", "c": "a"}),
        ([echo("a"), echo("b"), echo("c", "a", needs=["b"])], {"b": "a", "c": "ab"}),
        ([echo("a"), echo("b", needs=[]), echo("c", needs=["a"])], {"c": "a"}),
        ([echo("a", "c"), echo("b", needs=[]), echo("c", needs=[])], {"a": "c"}),
        ([echo("a"), echo("b", needs=["a", "a"])], {"b": "a"}),
    ],
)
def test_a_step_waits_for_what_it_refers_to_or_needs_else_for_the_one_above(
    steps: list[dict[str, Any]], requires: dict[str, str]
) -> None:
    """Guard: the order comes from references and needs."""
    definition = check(spell(*steps), TOOLS).definition
    assert definition is not None
    for step in definition.steps:
        assert step.requires == set(requires.get(step.key, ""))


def test_a_condition_is_a_reference_too() -> None:
    step = {**echo("c"), "when": "${{ steps.a.value }}"}
    definition = check(spell(echo("a"), echo("b"), step), TOOLS).definition
    assert definition is not None
    assert definition.step("c").requires == definition.step("c").references == {"a"}


def test_a_condition_may_be_any_value_also_a_text() -> None:
    assert check(with_step(2, when="${{ inputs.title }}"), TOOLS).ok
    assert check(with_step(2, when="${{ steps.headline.text }}"), TOOLS).ok


def test_descendants_are_all_that_wait_however_far_away() -> None:
    steps = (echo("a"), echo("b", "a"), echo("c", "b"), echo("d", needs=[]), echo("e", "c", "d"))
    definition = check(spell(*steps), TOOLS).definition
    assert definition is not None
    assert definition.descendants("a") == {"b", "c", "e"}
    assert definition.descendants("d") == {"e"}
    assert definition.descendants("e") == frozenset()


@pytest.mark.failure("B8")
@pytest.mark.parametrize(
    ("steps", "code", "words"),
    [
        ([echo("a", "a")], "self_reference", ["`a`"]),
        ([echo("a", needs=["a"])], "self_reference", ["`a`", "`needs`"]),
        (
            [echo("a", "b"), echo("b", "a")],
            "cycle",
            ["Step `a` waits for `b`, which waits for `a`;"],
        ),
        (
            [echo("a", "c"), echo("b", "a"), echo("c", "b")],
            "cycle",
            ["Step `a` waits for `c`, which waits for `b`, which waits for `a`;"],
        ),
        ([echo("a", "b"), echo("b")], "cycle", ["give `b` `needs: []`"]),
        ([echo("a", needs=["b"]), echo("b", needs=["a"])], "cycle", ["`a`", "`b`"]),
    ],
)
def test_a_circle_is_refused_and_named(
    steps: list[dict[str, Any]], code: str, words: list[str]
) -> None:
    """Guard: the graph is checked for cycles when the spell is saved."""
    problem = only(spell(*steps))
    assert problem.code == code
    assert problem.pointer.startswith("/steps/0")
    assert all(word in problem.detail for word in words)


def test_two_circles_are_both_told() -> None:
    steps = (echo("a", "b"), echo("b", "a"), echo("c", "d"), echo("d", "c"))
    assert found(spell(*steps)) == {("cycle", "/steps/0"), ("cycle", "/steps/2")}


def test_a_step_that_feeds_nothing_is_warned_of() -> None:
    steps = (echo("a"), echo("b"), echo("c", "b"))
    outputs = {"out": "${{ steps.c.value }}"}
    assert warned(spell(*steps, outputs=outputs)) == {("unused_step", "/steps/0")}
    assert warned(spell(*steps)) == set()
    wanted = (echo("a"), echo("b", needs=["a"]), echo("c", "b"))
    assert warned(spell(*wanted, outputs=outputs)) == set()


graphs = st.integers(1, 8).flatmap(
    lambda size: st.lists(
        st.tuples(
            st.frozensets(st.integers(0, size - 1), max_size=3),
            st.none() | st.frozensets(st.integers(0, size - 1), max_size=2),
            st.sampled_from(["inputs", "when", "for_each"]),
        ),
        min_size=size,
        max_size=size,
    )
)


def _reachable(edges: dict[int, set[int]], start: int) -> set[int]:
    found_: set[int] = set()
    waiting = list(edges[start])
    while waiting:
        node = waiting.pop()
        if node not in found_:
            found_.add(node)
            waiting += edges[node]
    return found_


@pytest.mark.failure("B8")
@settings(max_examples=150, deadline=None)
@given(graphs)
def test_whatever_the_graph_it_has_an_order_or_its_circles_are_told(
    graph: list[tuple[frozenset[int], frozenset[int] | None, str]],
) -> None:
    """Guard: cycle check at save; requirements from references, wherever they stand."""
    steps = [
        echo(
            f"s{n}",
            *sorted(f"s{other}" for other in refers),
            needs=None if needs is None else sorted(f"s{other}" for other in needs),
            place=place,
        )
        for n, (refers, needs, place) in enumerate(graph)
    ]
    edges = {
        n: set(refers | (needs or frozenset()))
        | ({n - 1} if n and needs is None and not refers else set())
        for n, (refers, needs, _) in enumerate(graph)
    }
    circular = {n for n in edges if n in _reachable(edges, n)}
    checked = check(spell(*steps), TOOLS)
    assert checked.ok == (not circular)
    if checked.definition is not None:
        for n, step in enumerate(checked.definition.steps):
            assert step.requires == {f"s{other}" for other in edges[n]}
            waiting_for_n = {f"s{other}" for other in edges if n in _reachable(edges, other)}
            assert checked.definition.descendants(step.key) == waiting_for_n
    else:
        assert {problem.code for problem in checked.errors} <= {"cycle", "self_reference"}
        places = {int(problem.pointer.split("/")[2]) for problem in checked.errors}
        assert places <= circular


# the schema of the inputs


@pytest.mark.parametrize(
    ("schema", "error"),
    [
        ({"properties": {}}, ("bad_schema", "/inputs/type")),
        ({"type": "array"}, ("bad_schema", "/inputs/type")),
        ({"type": "object", "$schema": "x"}, ("bad_schema", "/inputs/$schema")),
        ({"type": "object", "properties": []}, ("bad_schema", "/inputs/properties")),
        ({"type": "object", "required": ["a"]}, ("bad_schema", "/inputs/required/0")),
        ({"type": "object", "required": "a"}, ("bad_schema", "/inputs/required")),
        ({"type": "object", "$id": "http://x/y"}, ("bad_schema", "/inputs/$id")),
        ({"type": "object", "unevaluatedProperties": False}, None),
        ({"type": "object", "definitions": {}}, None),
    ],
)
def test_the_top_of_the_schema(schema: dict[str, Any], error: tuple[str, str] | None) -> None:
    document = {"slug": "a", "steps": [echo("x")], "inputs": schema}
    assert error in found(document) if error else found(document)


@pytest.mark.parametrize(
    ("part", "code", "pointer"),
    [
        ({"type": "strng"}, "bad_schema", "/type"),
        ({"type": ["string", "txt"]}, "bad_schema", "/type/1"),
        ({"maxLength": -1}, "bad_schema", "/maxLength"),
        ({"maxLength": "3"}, "bad_schema", "/maxLength"),
        ({"enum": 1}, "bad_schema", "/enum"),
        ({"multipleOf": 0}, "bad_schema", "/multipleOf"),
        ({"pattern": "(?=a)"}, "bad_pattern", "/pattern"),
        ({"pattern": "(a"}, "bad_pattern", "/pattern"),
        ({"pattern": "(a)\\1"}, "bad_pattern", "/pattern"),
        ({"patternProperties": {"(": {}}}, "bad_pattern", "/patternProperties/("),
        ({"$ref": "http://example.org/schema"}, "bad_reference", "/$ref"),
        ({"$ref": "other.json"}, "bad_reference", "/$ref"),
        ({"$ref": "x/properties/title"}, "bad_reference", "/$ref"),
        ({"$ref": "file:///etc/passwd"}, "bad_reference", "/$ref"),
        ({"$ref": "#/$defs/none"}, "bad_reference", "/$ref"),
        ({"$ref": "#/required"}, "bad_reference", "/$ref"),
        ({"$ref": "#/properties/part/default", "default": {}}, "bad_reference", "/$ref"),
        ({"$ref": "#"}, "bad_reference", "/$ref"),
        ({"$ref": "#/properties/part"}, "bad_reference", "/$ref"),
        ({"items": {"$ref": "#/properties/part"}}, "bad_reference", "/items/$ref"),
        ({"$dynamicRef": "#x"}, "bad_schema", "/$dynamicRef"),
        ({"$anchor": "x"}, "bad_schema", "/$anchor"),
        ({"$id": "x"}, "bad_schema", "/$id"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "bad_schema", "/$schema"),
        ({"unevaluatedItems": False}, "bad_schema", "/unevaluatedItems"),
        ({"type": "integer", "default": "x"}, "bad_default", "/default"),
        ({"type": "string", "pattern": "^a$", "default": "b"}, "bad_default", "/default"),
        (
            {"type": "object", "properties": {"n": {"type": "integer"}}, "default": {"n": "x"}},
            "bad_default",
            "/default/n",
        ),
    ],
)
def test_the_schema_of_an_input(part: dict[str, Any], code: str, pointer: str) -> None:
    assert (code, f"/inputs/properties/part{pointer}") in found(with_inputs(part=part))


def test_mistakes_in_schemas_do_not_hide_each_other() -> None:
    document = with_inputs(
        a={"type": "strng"}, b={"pattern": "("}, c={"type": "integer", "default": "x"}
    )
    document["steps"][1]["inputs"] = {"seed": "${{ inputs.b2 }}"}
    assert found(document) == {
        ("bad_schema", "/inputs/properties/a/type"),
        ("bad_pattern", "/inputs/properties/b/pattern"),
        ("bad_default", "/inputs/properties/c/default"),
        ("unknown_input", "/steps/1/inputs/seed"),
    }


@pytest.mark.parametrize(
    ("part", "warning"),
    [
        ({"type": "string", "maxlength": 3}, ("unknown_keyword", "/maxlength")),
        ({"type": "string", "format": "artefact"}, ("unknown_format", "/format")),
    ],
)
def test_what_a_schema_would_ignore_is_warned_of(
    part: dict[str, Any], warning: tuple[str, str]
) -> None:
    assert warned(with_inputs(part=part)) == {(warning[0], f"/inputs/properties/part{warning[1]}")}


def test_a_schema_may_use_references_into_itself() -> None:
    document = with_inputs(a={"$ref": "#/$defs/a~1b"}, b={"$ref": "#/$defs/c%20d"})
    document["inputs"]["$defs"] = {"a/b": {"type": "integer"}, "c d": {"type": "string"}}
    document["inputs"]["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    document["steps"][1]["inputs"] = {"seed": "${{ inputs.a }}", "note": "${{ inputs.b }}"}
    assert check(document, TOOLS).problems == ()


@pytest.mark.parametrize(
    "definitions",
    [
        {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)},
        {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(300)},
    ],
)
def test_a_schema_that_unfolds_without_end_is_refused(definitions: dict[str, Any]) -> None:
    definitions[f"d{len(definitions)}"] = {"type": "integer"}
    document = with_inputs(part={"$ref": "#/$defs/d0", "default": 1})
    document["inputs"]["$defs"] = definitions
    assert found(document) == {("too_large", "/inputs")}


def test_a_schema_of_too_many_parts_is_refused() -> None:
    assert found(with_inputs(**{f"p{n}": {} for n in range(1_000)})) == {("too_large", "/inputs")}


# whatever comes


def test_mistakes_are_listed_up_to_a_limit() -> None:
    checked = check(poster(**{f"k{n}": 1 for n in range(5_000)}), TOOLS)
    assert len(checked.errors) == 101
    assert checked.errors[-1].code == "too_many_problems"


def test_warnings_never_push_an_error_out() -> None:
    odd = {f"p{n}": {"type": "string", "format": f"odd{n}"} for n in range(300)}
    document = with_inputs(**odd)
    assert len(check(document, TOOLS).warnings) == 100
    document["outputs"] = {"image": "${{ steps.none.image }}"}
    assert ("unknown_step", "/outputs/image") in found(document)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"slug": float("nan")}, "bad_value"),
        ({"slug": "\x00"}, "bad_value"),
        ({"slug": "\ud800"}, "bad_value"),
        ({"slug": 2**80}, "bad_value"),
        ({1: 2}, "not_json"),
        ({"slug": {1, 2}}, "not_json"),
        ({"slug": "x" * 300_000}, "too_large"),
    ],
)
def test_what_is_not_json_is_refused(document: Any, code: str) -> None:
    assert code in {error for error, _ in found(document)}


def test_depth_without_end_is_refused() -> None:
    deep: Any = []
    deep.append(deep)
    assert {code for code, _ in found(poster(outputs={"x": deep}))} == {"too_deep"}


def _sound(checked: Checked) -> None:
    assert checked.ok == (checked.definition is not None)
    assert {problem.code for problem in checked.problems} <= CODES.keys()
    if checked.definition is not None:
        assert check(checked.document, TOOLS).document == checked.document


@settings(max_examples=200, deadline=None)
@given(json_values)
def test_no_json_makes_the_check_raise(document: Any) -> None:
    _sound(check(document, TOOLS))


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    found_ = [path]
    for name, item in pairs:
        found_ += _places(item, (*path, name)) if isinstance(item, dict | list) else [(*path, name)]
    return found_


FULL = with_step(2, when="${{ inputs.seed }}", needs=["art"], on_failure="continue")
FULL["steps"][0] |= {"for_each": "${{ inputs.deep.list }}", "max_items": 9, "cache": {"ttl_s": 60}}
FULL["steps"][0]["inputs"]["values"] = {"name": "${{ item.name }}", "index": "${{ index }}"}
FULL["steps"][2]["inputs"]["text"] = "${{ steps.headline.text[0] }}"
FULL["inputs"]["properties"]["deep"] = {
    "type": "object",
    "properties": {
        "x": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/n"}], "default": 1},
        "list": {"type": "array", "items": {"type": "object"}},
    },
    "patternProperties": {"^y": {"items": {"pattern": "a+"}}},
}
FULL["inputs"]["$defs"] = {"n": {"type": "integer", "minimum": 0}}
FRAGMENTS: list[Any] = [
    "${{ steps.art }}",
    "${{ inputs.deep.x }}",
    "${{ steps.art.size[0] }}",
    "${{ steps.headline.text }}",
    "${{ steps.headline[0] }}",
    "${{ item }}",
    "${{ item.name[index] }}",
    "${{",
    {"$ref": "#"},
    {"$ref": "#/$defs/n"},
    {"type": "object"},
    {"default": {}},
    {"required": [1]},
    {"enum": []},
    "art",
    ["art", "art"],
    {"key": "art", "tool": "image.draw"},
    True,
    -1,
    1.5,
]
assert check(FULL, TOOLS).ok
WORDS = ["$ref", "type", "items", "needs", "when", "default", "for_each", "max_items", "cache"]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_to_a_definition_makes_the_check_raise(data: st.DataObject) -> None:
    document: Any = deepcopy(FULL)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(_places(document)[1:] or [("slug",)]))
        holder = document
        for name in path[:-1]:
            holder = holder[name]
        change = data.draw(st.sampled_from(["drop", "replace", "add"]))
        if change == "drop":
            del holder[path[-1]]
        elif change == "replace" or isinstance(holder, list):
            holder[path[-1]] = deepcopy(data.draw(st.sampled_from(FRAGMENTS) | json_values))
        else:
            word = data.draw(st.sampled_from(WORDS))
            holder[word] = deepcopy(data.draw(st.sampled_from(FRAGMENTS)))
    _sound(check(document, TOOLS))


def test_a_large_definition_is_checked_in_no_time() -> None:
    """A thousand references to an input with a heavy schema cost no more than one."""
    heavy = {"allOf": [{"anyOf": [{"type": "object", "properties": {"x": {}}}] * 20}] * 20}
    values = ["${{ inputs.heavy.x }}"] * 5_000
    step = {"key": "x", "tool": "any.echo", "inputs": {"value": values}}
    document = spell(step, inputs={"type": "object", "properties": {"heavy": heavy}})
    started = time.process_time()
    assert check(document, TOOLS).ok
    assert time.process_time() - started < 5


def test_every_code_is_explained() -> None:
    assert all(code == code.lower() and sentence for code, sentence in CODES.items())
