"""Asking values questions, and drawing values by chance."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from generations.adapters.base import DeadlineExceeded, InvalidInput, OutOfMemory
from tests.generations.calls import expect, run

BOATS = {"boats": [{"name": "Wren", "sails": 2}, {"name": "Heron", "sails": None}], "at": "sea"}


def ask(expression: str, data: Any = BOATS) -> Any:
    return run("data.query", {"data": data, "expression": expression})


@pytest.mark.parametrize(
    ("expression", "value", "text"),
    [
        ("at", "sea", "sea"),
        ("boats[].name", ["Wren", "Heron"], '["Wren", "Heron"]'),
        ("boats[?sails > `1`].name | [0]", "Wren", "Wren"),
        ("length(boats)", 2, "2"),
        ("boats[1].sails", None, ""),
        ("nothing.there", None, ""),
        ("`false`", False, "false"),
        ("`0`", 0, "0"),
        ("''", "", ""),
        ("{n: boats[0].name}", {"n": "Wren"}, '{"n": "Wren"}'),
        ("map(&name, boats)", ["Wren", "Heron"], '["Wren", "Heron"]'),
    ],
)
def test_an_expression_gives_a_value_and_its_text(expression: str, value: Any, text: str) -> None:
    assert ask(expression) == {"value": value, "text": text}


@pytest.mark.parametrize(
    "data", [None, False, 0, "", [], {}, 3.5, "text", [1], {"a": {"b": [None]}}]
)
def test_any_json_value_can_be_asked(data: Any) -> None:
    assert ask("@", data)["value"] == data


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("boats[", "Incomplete"),
        ("boats.", "does not work"),
        ("nope(@)", "Unknown function"),
        ("length(`5`)", "invalid type"),
        ("sort_by(boats, &sails)", "invalid type"),
        ("boats[::0]", "zero"),
        ("contains(at, `1`)", "does not work on this value"),
        ("&name", "cannot be kept"),
        ("[&name]", "cannot be kept"),
        ('to_number(`"1e999"`)', "NaN and infinities"),
        ('to_number(`"99999999999999999999"`)', "64 bits"),
        ("[" * 450 + "at" + "]" * 450, "nested"),
    ],
)
def test_an_expression_that_does_not_work_is_refused_with_a_reason(
    expression: str, words: str
) -> None:
    inputs = {"data": BOATS, "expression": expression}
    assert words in expect(InvalidInput, "data.query", inputs).message


@pytest.mark.failure("K5")
@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("[@,@]" + "|[@,@]" * 25, "more than can be kept"),
        ("[@,@]" + "|[@,@]" * 45, "levels"),
    ],
)
def test_a_value_that_doubles_itself_is_refused(expression: str, words: str) -> None:
    """The guard: it is measured before it is written, where its parts are not shared."""
    inputs = {"data": BOATS, "expression": expression}
    assert words in expect(InvalidInput, "data.query", inputs).message


@pytest.mark.failure("K5")
def test_a_list_that_grows_without_end_costs_its_own_call_only() -> None:
    """The guard: it runs in the child process, with a deadline and a memory limit."""
    inputs = {"data": [1], "expression": "[@,@,@,@,@,@,@,@,@,@][]|" * 12 + "@"}
    with pytest.raises((DeadlineExceeded, OutOfMemory)):
        run("data.query", inputs, seconds=2)
    assert ask("at")["value"] == "sea"


def draw(kind: str, seed: int = 7, **options: Any) -> list[Any]:
    outputs = run("data.random", {"kind": kind, "seed": seed, **options})
    assert outputs["value"] == outputs["values"][0]
    values: list[Any] = outputs["values"]
    return values


OPTIONS = ["a", None, {"x": 1}, 0, ""]


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "integer", "minimum": -3, "maximum": 3},
        {"kind": "number", "minimum": 0.5, "maximum": 0.75},
        {"kind": "boolean"},
        {"kind": "colour"},
        {"kind": "choice", "options": OPTIONS},
        {"kind": "choice", "options": OPTIONS, "weights": [1, 0, 2, 0.5, 3]},
    ],
)
def test_a_seed_draws_the_same_and_another_seed_something_else(options: dict[str, Any]) -> None:
    assert draw(**options, count=50) == draw(**options, count=50)
    assert draw(**options, count=50) != draw(**options, count=50, seed=8)
    assert draw(**options, count=50)[:3] == draw(**options, count=3)


def test_what_a_seed_draws_never_changes() -> None:
    """Spells are cast again with the seeds they were cast with, on later versions too."""
    assert draw("integer", minimum=1, maximum=6, count=8) == [1, 5, 1, 3, 3, 1, 6, 3]
    assert draw("sample", options=list(range(10)), count=4) == [1, 8, 0, 4]
    assert draw("colour", count=2) == ["#cea970", "#3dba6c"]


def test_integers_are_even_and_both_ends_are_drawn() -> None:
    counts = Counter(draw("integer", minimum=1, maximum=6, count=1000))
    assert set(counts) == {1, 2, 3, 4, 5, 6}
    assert all(110 < count < 230 for count in counts.values())
    assert draw("integer", minimum=5, maximum=5) == [5]
    widest = draw("integer", minimum=-(2**53) + 1, maximum=2**53 - 1, count=100)
    assert len(set(widest)) == 100
    assert all(isinstance(number, int) for number in widest)


def test_numbers_stay_between_their_ends() -> None:
    numbers = draw("number", minimum=0.1234, maximum=0.1236, decimals=2, count=100)
    assert all(0.1234 <= number <= 0.1236 for number in numbers)
    assert all(round(number, 1) == number for number in draw("number", decimals=1, count=50))


@pytest.mark.failure("I1")
def test_an_option_of_weight_0_is_never_drawn() -> None:
    """The guard: it is taken out before the draw."""
    counts = Counter(draw("choice", options=["a", "b", "c"], weights=[0, 3, 1], count=1000))
    assert counts["a"] == 0
    assert 680 < counts["b"] < 820
    tiny = draw("choice", options=["a", "b"], weights=[0, 1e-12], count=100)
    assert set(tiny) == {"b"}


def test_a_sample_has_different_ones_and_a_shuffle_all() -> None:
    options = list(range(20))
    assert len(set(draw("sample", options=options, count=12))) == 12
    shuffled = draw("shuffle", options=options)
    assert shuffled != options
    assert sorted(shuffled) == options
    assert draw("shuffle", options=[None]) == [None]


def test_colours_are_neither_dark_nor_pale() -> None:
    for colour in draw("colour", count=200):
        assert re.fullmatch("#[0-9a-f]{6}", colour)
        assert 40 < sum(bytes.fromhex(colour[1:])) / 3 < 225


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "choice"}, "give `options`"),
        ({"kind": "integer", "options": [1]}, "no meaning"),
        ({"kind": "sample", "options": [1], "count": 2}, "only 1 options"),
        ({"kind": "shuffle", "options": [1, 2], "count": 1}, "sample"),
        ({"kind": "choice", "options": [1, 2], "weights": [1]}, "for each"),
        ({"kind": "choice", "options": [1], "weights": [0]}, "more than 0"),
        ({"kind": "sample", "options": [1], "weights": [1]}, "choice only"),
        ({"kind": "integer", "minimum": 2, "maximum": 1}, "larger"),
        ({"kind": "integer", "minimum": 0.5, "maximum": 2}, "whole"),
        ({"kind": "choice", "options": [1], "weights": [-1]}, "greater than or equal"),
        ({"kind": "integer", "count": 1001}, "1000"),
        ({"kind": "dice"}, "kind"),
        ({"kind": "choice", "options": []}, "options"),
    ],
)
def test_a_draw_that_makes_no_sense_is_refused(options: dict[str, Any], words: str) -> None:
    assert words in expect(InvalidInput, "data.random", {"seed": 1, **options}).message


def test_values_are_plain_json() -> None:
    assert json.loads(json.dumps(draw("choice", options=OPTIONS, count=9)))
