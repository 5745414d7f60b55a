"""The text tools."""

from typing import Any

import pytest

from generations.adapters.base import InvalidInput
from tests.generations.calls import expect, run


def write(template: str, **values: Any) -> str:
    text: str = run("text.template", {"template": template, "values": values})["text"]
    return text


def test_a_template_takes_its_values() -> None:
    assert write("{title}, by {when}", title="Lighthouse", when="night") == "Lighthouse, by night"
    assert write("{n} {x} {yes}", n=3, x=2.5, yes=True) == "3 2.5 true"


def test_false_zero_and_nothing_are_values() -> None:
    assert write("[{a}][{b}][{c}]", a=0, b=False, c="") == "[0][false][]"


@pytest.mark.failure("D9")
@pytest.mark.parametrize(
    "value", ["$&", r"\1 \g<0>", "{other}", "{0.__class__}", "%s %(other)s", "${{ inputs.x }}"]
)
def test_a_value_is_never_read_as_a_template_or_a_pattern(value: str) -> None:
    """The guard: one pass with a function, no str.format, no replacement string."""
    assert write("<{value}> {other}", value=value, other="o") == f"<{value}> o"


def test_braces_without_a_name_stay() -> None:
    assert write('{"a": 1} {} { x } {x.y} {x}', x=1) == '{"a": 1} {} { x } {x.y} 1'


def test_without_values_a_template_is_the_text() -> None:
    assert run("text.template", {"template": "{title}"}) == {"text": "{title}"}


def test_placeholders_without_a_value_are_all_named() -> None:
    error = expect(
        InvalidInput, "text.template", {"template": "{b} {a} {c}", "values": {"c": "here"}}
    )
    assert "a, b" in error.message


def test_a_template_cannot_be_made_to_explode() -> None:
    inputs = {"template": "{a}" * 3000, "values": {"a": "x" * 10_000}}
    assert "longer" in expect(InvalidInput, "text.template", inputs).message


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"template": 3},
        {"template": None},
        {"template": "x" * 10_001},
        {"template": "x", "unknown": 1},
        {"template": "{a}", "values": {"a": None}},
        {"template": "{a}", "values": {"a": ["list"]}},
        {"template": "a\x00b"},
        {"template": "\ud800"},
        {"template": "{a}", "values": {"a": float("nan")}},
    ],
)
def test_wrong_inputs_are_refused_with_a_sentence(inputs: dict[str, Any]) -> None:
    assert "text.template does not take" in expect(InvalidInput, "text.template", inputs).message


def test_a_choice_is_the_same_for_the_same_seed() -> None:
    inputs = {"options": ["dawn", "noon", "dusk", "night"], "seed": 7}
    chosen = run("text.choose", inputs)
    assert chosen == run("text.choose", inputs)
    assert chosen["text"] == inputs["options"][chosen["index"]]  # type: ignore[index]
    assert chosen["texts"] == [chosen["text"]]


def test_seeds_choose_evenly() -> None:
    options = ["a", "b", "c"]
    drawn = [run("text.choose", {"options": options, "seed": seed})["text"] for seed in range(300)]
    assert all(70 < drawn.count(option) < 130 for option in options)


def test_several_choices_are_different_options() -> None:
    chosen = run("text.choose", {"options": ["a", "b", "c", "d"], "seed": 1, "count": 4})
    assert sorted(chosen["texts"]) == ["a", "b", "c", "d"]
    error = expect(InvalidInput, "text.choose", {"options": ["a"], "seed": 1, "count": 2})
    assert "only 1" in error.message


def test_a_whole_number_written_as_a_float_is_a_whole_number() -> None:
    inputs = {"options": ["a", "b"], "seed": 3}
    assert run("text.choose", inputs | {"seed": 3.0}) == run("text.choose", inputs)
    expect(InvalidInput, "text.choose", inputs | {"seed": 3.5})
    expect(InvalidInput, "text.choose", inputs | {"seed": "3"})
    expect(InvalidInput, "text.choose", inputs | {"seed": True})


def test_sleeping_reports_progress() -> None:
    assert run("text.sleep", {"seconds": 0.01, "chunks": 2, "text": "up"})["text"] == "up"
