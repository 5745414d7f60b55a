"""Steps that run once per item of a list: what `item` is, what they give, what cannot be."""

from typing import Any

import pytest

from casts.definition import Checked, Definition, Step, check, parse
from tests.casts.specs import ARTIFACT, paper_tools

TOOLS = paper_tools()
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "additionalProperties": False,
}
INPUTS = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "seeds": {"type": "array", "items": {"type": "integer"}},
        "photos": {"type": "array", "items": ARTIFACT},
        "people": {"type": "array", "items": {"$ref": "#/$defs/person"}},
        "families": {"type": "array", "items": {"type": "array", "items": PERSON}},
        "pair": {"type": "array", "prefixItems": [{"type": "integer"}], "items": ARTIFACT},
        "mixed": {"type": "array", "items": {"type": ["string", "object"]}},
        "either": {"type": ["array", "string"], "items": {"type": "string"}},
        "anything": {},
    },
    "$defs": {"person": PERSON},
}


def step(key: str, tool: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "tool": tool, "inputs": inputs, **more}


def many(**changes: Any) -> dict[str, Any]:
    """Return a step that draws a picture for each seed."""
    base = step("many", "image.draw", {"seed": "${{ item }}"}, for_each="${{ inputs.seeds }}")
    return {**base, **changes}


def checked(*steps: dict[str, Any], outputs: dict[str, Any] | None = None) -> Checked:
    document = {"slug": "a", "inputs": INPUTS, "steps": list(steps), "outputs": outputs or {}}
    return check(document, TOOLS)


def found(*steps: dict[str, Any], outputs: dict[str, Any] | None = None) -> set[tuple[str, str]]:
    return {(problem.code, problem.pointer) for problem in checked(*steps, outputs=outputs).errors}


def only(*steps: dict[str, Any], outputs: dict[str, Any] | None = None) -> tuple[str, str, str]:
    [problem] = checked(*steps, outputs=outputs).errors
    return problem.code, problem.pointer, problem.detail


def defined(*steps: dict[str, Any]) -> Definition:
    result = checked(*steps)
    assert result.problems == ()
    assert result.definition is not None
    assert parse(result.document) == result.definition
    return result.definition


# what is right


def test_a_step_for_each_item_is_read_as_it_is_meant() -> None:
    first = defined(many(max_items=50, max_in_flight=3)).step("many")
    assert (first.for_each, first.max_items, first.max_in_flight) == (
        "${{ inputs.seeds }}",
        50,
        3,
    )
    assert first.is_each


def test_without_for_each_a_step_runs_once() -> None:
    once = defined(step("once", "image.draw", {"seed": 1})).step("once")
    assert once == Step("once", "image.draw", {"seed": 1})
    assert not once.is_each


def test_limits_left_out_are_a_hundred_items_and_ten_at_a_time() -> None:
    spelled = checked(many(max_items=100, max_in_flight=10.0))
    assert spelled.document == checked(many()).document
    assert spelled.definition is not None
    first = spelled.definition.step("many")
    assert (first.max_items, first.max_in_flight) == (100, 10)


def test_the_list_is_a_reference_to_wait_for() -> None:
    steps = (
        step("a", "any.echo", {}),
        step("b", "any.echo", {}, needs=[]),
        step("c", "image.draw", {"seed": 1}, for_each="${{ steps.a.value }}"),
    )
    last = defined(*steps).step("c")
    assert last.references == last.requires == {"a"}


def test_a_step_cannot_run_for_each_of_its_own_outputs() -> None:
    own = many(for_each="${{ steps.many.image }}", inputs={"seed": 1})
    assert found(own) == {("self_reference", "/steps/0")}


@pytest.mark.parametrize(
    "expression",
    [
        "${{ inputs.seeds }}",
        "  ${{ inputs.seeds[1:] }} ",
        "${{ inputs.people[*].age }}",
        "${{ inputs.people[?age > `9`].age }}",
        "${{ inputs.families[].age }}",
        "${{ inputs.families[0][*].age }}",
        "${{ sort(inputs.seeds) }}",
        "${{ reverse(inputs.people[*].age) }}",
        "${{ sort_by(inputs.people, &age)[*].age }}",
        "${{ `[1, 2, 3]` }}",
        "${{ [inputs.seeds[0], `7`] }}",
        "${{ inputs.anything }}",
        "${{ inputs.either }}",
        "${{ inputs.seeds || `[1]` }}",
        "${{ values(inputs.anything) }}",
    ],
)
def test_what_may_give_a_list_is_let_through(expression: str) -> None:
    result = checked(many(for_each=expression, inputs={"seed": 1, "note": "no. ${{ index }}"}))
    assert result.errors == ()


def test_an_item_of_a_list_of_files_is_a_file() -> None:
    caption = {"image": "${{ item }}", "text": "${{ inputs.title }}"}
    defined(step("each", "image.caption", caption, for_each="${{ inputs.photos }}"))
    caption = {"image": "${{ item }}", "text": "no. ${{ index }}"}
    defined(many(), step("each", "image.caption", caption, for_each="${{ steps.many.image }}"))


# the list


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("${{ inputs.title }}", "wrong_type"),
        ("${{ length(inputs.seeds) }}", "wrong_type"),
        ("${{ `3` }}", "wrong_type"),
        ("${{ {a: inputs.seeds} }}", "wrong_type"),
        ("${{ inputs.people[0] }}", "wrong_type"),
        ("inputs.seeds", "bad_expression"),
        ("", "bad_expression"),
        ("${{ inputs.seeds }}, ${{ inputs.seeds }}", "bad_expression"),
        ("${{ inputs.seeds }}!", "bad_expression"),
        ("${{ inputs.seeds", "bad_expression"),
        ("${{ inputs.sedes }}", "unknown_input"),
        ("${{ steps.none.x }}", "unknown_step"),
        ("${{ steps }}", "unclear_reference"),
        ("${{ lenght(inputs.seeds) }}", "unknown_function"),
        (7, "wrong_type"),
        ({}, "wrong_type"),
        (None, "wrong_type"),
    ],
)
def test_what_is_no_list_is_refused(expression: Any, code: str) -> None:
    assert found(many(for_each=expression)) == {(code, "/steps/0/for_each")}


def test_what_gives_no_list_is_told_with_what_it_is() -> None:
    assert only(many(for_each="${{ inputs.title }}"))[2] == (
        "Step `many` has `for_each`, which takes a list, but `${{ inputs.title }}` is text."
    )


def test_a_list_written_out_is_shown_as_the_expression_it_must_be() -> None:
    problems = checked(many(for_each=["a", "b`c"])).errors
    assert {problem.pointer for problem in problems} == {"/steps/0/for_each"}
    assert problems[-1].detail == (
        "Step `many` has a list in `for_each`, which takes an expression; "
        'write `${{ `["a", "b\\`c"]` }}`, or make it the default of an input.'
    )
    written = '${{ `["a", "b\\`c"]` }}'
    assert checked(many(for_each=written, inputs={"seed": "${{ index }}"})).ok


@pytest.mark.parametrize("word", ["max_items", "max_in_flight"])
def test_limits_without_a_list_are_refused(word: str) -> None:
    code, pointer, detail = only(step("a", "any.echo", {}, **{word: 5}))
    assert (code, pointer) == ("missing", f"/steps/0/{word}")
    assert detail == f"Step `a` has `{word}` but no `for_each`; add that, or take this out."


# item and index


@pytest.mark.parametrize(
    ("listed", "value", "code"),
    [
        ("inputs.people", "${{ item.nmae }}", "unknown_reference"),
        ("inputs.people", "${{ item.name }}", "wrong_type"),
        ("inputs.people", "${{ item }}", "wrong_type"),
        ("inputs.people[*].name", "${{ item }}", "wrong_type"),
        ("inputs.people[].{n: name, a: age}", "${{ item.n }}", "wrong_type"),
        ("inputs.people[].{n: name, a: age}", "${{ item.name }}", "unknown_reference"),
        ("inputs.people[].[name, age]", "${{ item }}", "wrong_type"),
        ("inputs.people[?age > `9`] | [*].name", "${{ item }}", "wrong_type"),
        ("inputs.families[]", "${{ item.nmae }}", "unknown_reference"),
        ("inputs.families[][].name", "${{ item }}", "wrong_type"),
        ("inputs.families", "${{ item.name }}", "unknown_reference"),
        ("inputs.families", "${{ item[0].name }}", "wrong_type"),
        ("sort_by(inputs.people, &age)", "${{ item.nmae }}", "unknown_reference"),
        ("reverse(inputs.people)", "${{ item.nmae }}", "unknown_reference"),
        ('`["a", "b"]`', "${{ item }}", "wrong_type"),
        ('`[{"a": 1}]`', "${{ item }}", "wrong_type"),
        ("steps.other.image", "${{ item }}", "wrong_type"),
        ("steps.other.size", "${{ item.wdth }}", "unknown_reference"),
        ("inputs.seeds", "${{ item.x }}", "unknown_reference"),
        ("inputs.seeds", "${{ item[0] }}", "unknown_reference"),
        ("inputs.seeds", "${{ index.x }}", "unknown_reference"),
        ("inputs.seeds", "${{ itme }}", "unknown_reference"),
        ("inputs.seeds", "no. ${{ index }}", "wrong_type"),
    ],
)
def test_of_a_known_list_the_item_is_known(listed: str, value: str, code: str) -> None:
    each = many(for_each=f"${{{{ {listed} }}}}", inputs={"seed": value})
    assert found(many(key="other"), each) == {(code, "/steps/1/inputs/seed")}


@pytest.mark.parametrize(
    ("listed", "value"),
    [
        ("inputs.people", "${{ item.age }}"),
        ("inputs.people[].{n: name, a: age}", "${{ item.a }}"),
        ("inputs.people[*].[name, age]", "${{ item[1] }}"),
        ("inputs.families", "${{ item[0].age }}"),
        ("inputs.families[]", "${{ item.age }}"),
        ("inputs.pair", "${{ item }}"),
        ("inputs.mixed", "${{ item.anything }}"),
        ("inputs.mixed[]", "${{ item.anything }}"),
        ("inputs.anything", "${{ item.anything[0] || index }}"),
        ("inputs.anything[]", "${{ item }}"),
        ("inputs.anything.*", "${{ item }}"),
        ("inputs.either", "${{ length(item) }}"),
        ('`[1, "a", {"b": 2}]`', "${{ item.b }}"),
        ("`[]`", "${{ item }}"),
        ("`[[1], [2]]`[]", "${{ item }}"),
        ("steps.other.size", "${{ item.width }}"),
        ("steps.other.size[*].width", "${{ item }}"),
        ("inputs.seeds", "${{ inputs.people[0].age }}"),
    ],
)
def test_what_an_item_may_be_is_let_through(listed: str, value: str) -> None:
    each = many(for_each=f"${{{{ {listed} }}}}", inputs={"seed": value})
    assert found(many(key="other"), each) == set()


@pytest.mark.parametrize("name", ["item", "index"])
@pytest.mark.parametrize(
    ("changes", "pointer", "advice"),
    [
        ({"when": "${{ NAME }}"}, "/steps/0/when", "filter the list in `for_each` instead"),
        ({"for_each": "${{ NAME }}"}, "/steps/0/for_each", "write where that list is"),
    ],
)
def test_in_when_and_for_each_there_is_no_item(
    name: str, changes: dict[str, str], pointer: str, advice: str
) -> None:
    written = {word: text.replace("NAME", name) for word, text in changes.items()}
    code, where, detail = only(many(inputs={"seed": 1}, **written))
    assert (code, where) == ("unknown_reference", pointer)
    assert detail.startswith(f"Step `many` refers to `{name}`, ")
    assert detail.endswith(f"{advice}.")


@pytest.mark.parametrize("name", ["item", "index"])
def test_in_other_steps_and_outputs_there_is_no_item(name: str) -> None:
    other = step("other", "any.echo", {"value": f"${{{{ {name} }}}}"})
    assert only(many(), other) == (
        "unknown_reference",
        "/steps/1/inputs/value",
        (
            f"Step `other` refers to `{name}`, which exists only with `for_each`; "
            "give this step a list in its `for_each`."
        ),
    )
    assert only(many(), outputs={"x": f"${{{{ {name} }}}}"}) == (
        "unknown_reference",
        "/outputs/x",
        (
            f"Output `x` refers to `{name}`, which exists only in a step with `for_each`; "
            "refer to what that step gives."
        ),
    )


# what it gives


def caption_of(image: str, **more: Any) -> dict[str, Any]:
    return step("after", "image.caption", {"image": image, "text": "x"}, **more)


@pytest.mark.parametrize(
    "image",
    [
        "${{ steps.many.image[0] }}",
        "${{ steps.many.image[-1] }}",
        "${{ steps.many.image | [0] }}",
        "${{ steps.many.image[?@ != `null`] | [0] }}",
        "${{ reverse(steps.many.image)[0] }}",
        "${{ not_null(steps.many.image[0], inputs.photos[0]) }}",
    ],
)
def test_one_picture_of_many_is_a_file(image: str) -> None:
    assert found(many(), caption_of(image)) == set()


def test_all_pictures_are_no_file_and_the_sentence_says_how_to_take_one() -> None:
    assert only(many(), caption_of("${{ steps.many.image }}")) == (
        "wrong_type",
        "/steps/1/inputs/image",
        (
            "Step `after`, `image.caption`: `image` must be text, but `${{ steps.many.image }}` is "
            "a list; take one of it with `[0]` or `[-1]`, or each in turn with `for_each`."
        ),
    )


@pytest.mark.parametrize(
    ("reference", "code", "advice"),
    [
        ("steps.many.image.id", "unknown_reference", "write `[0].id` for that of its first item"),
        ("steps.many[0].image", "unknown_reference", "as in `steps.many.image[0]`"),
        ("steps.many[*].image", "unknown_reference", "as in `steps.many.image[0]`"),
        ("steps.many.imgae[0]", "unknown_output", "did you mean `steps.many.image`?"),
        ("steps.many.imgae", "unknown_output", "did you mean `steps.many.image`?"),
        ("steps.many.size[0].wdth", "unknown_reference", "mean `steps.many.size[].width`?"),
        ("steps.many.size[*].wdth", "unknown_reference", "mean `steps.many.size[].width`?"),
        ("steps.many.size[?wdth > `1`]", "unknown_reference", "mean `steps.many.size[].width`?"),
        ("(steps.many.size[*].width).x", "unknown_reference", "`[*].x` for that of all"),
        ("steps.many.image[0].x", "unknown_reference", "refer to it as it is"),
        ("steps.many.image[0][0]", "unknown_reference", "refer to it as it is"),
    ],
)
def test_a_mistake_in_what_many_give_is_told_wherever_it_stands(
    reference: str, code: str, advice: str
) -> None:
    text = f"${{{{ {reference} }}}}"
    for where, problems in (
        ("/steps/1/inputs/value", checked(many(), step("b", "any.echo", {"value": text})).errors),
        ("/outputs/x", checked(many(), outputs={"x": text}).errors),
        ("/steps/1/when", checked(many(), step("b", "any.echo", {}, when=text)).errors),
    ):
        assert [(problem.code, problem.pointer) for problem in problems] == [(code, where)]
        assert advice in problems[0].detail


@pytest.mark.parametrize(
    ("images", "code"),
    [
        ("${{ steps.many.image }}", None),
        ("${{ steps.many.image[1:] }}", None),
        ("${{ [steps.many.image[0], inputs.photos[0]] }}", None),
        ("${{ inputs.anything[*].image }}", None),
        ("${{ steps.many.image[0] }}", "wrong_type"),
        ("${{ steps.many.size }}", "wrong_type"),
        ("${{ steps.many.size[*].width }}", "wrong_type"),
        ("${{ inputs.people[*].name }}", "wrong_format"),
        ("${{ [inputs.title] }}", "wrong_format"),
        ("${{ inputs.either }}", None),
    ],
)
def test_a_list_is_looked_into_where_files_are_taken(images: str, code: str | None) -> None:
    grid = step("grid", "image.grid", {"images": images})
    assert found(many(), grid) == ({(code, "/steps/1/inputs/images")} if code else set())


def test_a_list_of_the_wrong_things_is_told_by_its_items() -> None:
    grid = step("grid", "image.grid", {"images": "${{ steps.many.size }}"})
    assert only(many(), grid)[2] == (
        "Step `grid`, `image.grid`: `images` must hold text, "
        "but an item of `${{ steps.many.size }}` is an object."
    )


def warned(*steps: dict[str, Any]) -> set[tuple[str, str]]:
    result = checked(*steps)
    assert result.ok
    return {(problem.code, problem.pointer) for problem in result.warnings}


@pytest.mark.parametrize(
    ("images", "warns"),
    [
        ("${{ steps.many.image }}", True),
        ("${{ reverse(steps.many.image) }}", True),
        ("${{ steps.many.image[*] }}", False),
        ("${{ steps.many.image[] }}", False),
        ("${{ steps.many.image[?@] }}", False),
        ("${{ inputs.photos }}", False),
    ],
)
def test_a_list_with_gaps_is_warned_of_where_null_is_not_taken(
    images: str,
    warns: bool,  # noqa: FBT001
) -> None:
    grid = step("grid", "image.grid", {"images": images, "labels": "${{ steps.words.text }}"})
    words = step("words", "text.template", {"template": "x"}, for_each="${{ inputs.seeds }}")
    words["on_failure"] = "continue"
    expected = {("may_hold_null", "/steps/2/inputs/images")} if warns else set()
    assert warned(many(on_failure="continue"), words, grid) == expected
    assert warned(many(), words, grid) == set()


def test_a_tool_that_says_nothing_of_its_outputs_may_give_lists_of_anything() -> None:
    loose = TOOLS["any.echo"].model_copy(update={"output_schema": {"type": "object"}})
    document = {
        "slug": "a",
        "inputs": INPUTS,
        "steps": [
            step("x", "any.echo", {}, for_each="${{ inputs.seeds }}"),
            step("y", "image.draw", {"seed": "${{ steps.x.value[0] }}"}),
            step("z", "image.draw", {"seed": "${{ steps.x.value }}"}),
        ],
    }
    errors = check(document, {**TOOLS, "any.echo": loose}).errors
    assert [(problem.code, problem.pointer) for problem in errors] == [
        ("wrong_type", "/steps/2/inputs/seed")
    ]
