"""From what is typed to a value, and back."""

import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from casts.pages.casting.fields import NotShowable, field_for, number_in
from casts.pages.casting.questions import NOT_GIVEN
from tests.casts.pages.test_casting_questions import ask

LINES = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(
    ("schema", "typed", "value"),
    [
        ({"type": "integer"}, "0", 0),
        ({"type": "integer"}, " -7 ", -7),
        ({"type": "integer"}, "+7", 7),
        ({"type": "number"}, ".5", 0.5),
        ({"type": "number"}, "1e3", 1000.0),
        ({"type": "integer"}, "3.5", 3.5),
        ({"type": "integer"}, "1,000", "1,000"),
        ({"type": "number"}, "1e9999", "1e9999"),
        ({"type": "number"}, "NaN", "NaN"),
        ({"type": "integer"}, "٣", "٣"),
        ({"type": "integer"}, "9" * 401, "9" * 401),
        ({"type": "string"}, "a\r\nb", "a\nb"),
        ({"type": "string"}, " ", " "),
        ({"type": "string"}, "0", "0"),
        ({"enum": ["1", 1, False]}, '"1"', "1"),
        ({"enum": ["1", 1, False]}, "1", 1),
        ({"enum": ["1", 1, False]}, "false", False),
        ({"type": "boolean"}, "false", False),
        (LINES, "a\r\n\r\n b \n", ["a", " b "]),
        ({"type": "array", "items": {"type": "integer"}}, "1\n0\nx", [1, 0, "x"]),
        ({"type": "array", "items": {"type": "boolean"}}, "true\nNo", [True, False]),
        ({"type": "array", "items": {"enum": [1, "b"]}}, "1\nb\nc", [1, "b", "c"]),
        ({}, '{"a": [0, null]}', {"a": [0, None]}),
        ({}, "0", 0),
    ],
)
def test_what_is_typed_becomes_a_value(schema: Any, typed: str, value: Any) -> None:
    found = field_for(ask(schema)).clean(typed)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.failure("D3")
@pytest.mark.parametrize(
    "schema",
    [{"type": "string"}, {"type": "integer"}, {"enum": ["a"]}, {"type": "boolean"}, LINES, {}],
)
def test_empty_means_not_given_and_never_a_value(schema: Any) -> None:
    """Guards presence: neither "" nor 0 nor [] is made of a field that nobody filled in."""
    assert field_for(ask(schema)).clean("") is NOT_GIVEN


def test_what_must_be_given_and_may_be_null_is_null_when_empty() -> None:
    schema = {"type": ["integer", "null"]}
    assert field_for(ask(schema, required=["x"])).clean("") is None
    assert field_for(ask(schema)).clean("") is NOT_GIVEN


@pytest.mark.parametrize(
    ("schema", "inputs", "is_box"),
    [
        ({"type": "boolean", "default": False}, {}, True),
        ({"type": "boolean"}, {"required": ["x"]}, True),
        ({"type": "boolean"}, {}, False),
        ({"type": ["boolean", "null"]}, {"required": ["x"]}, False),
    ],
)
def test_a_box_is_ticked_or_not_where_it_is_always_one_of_both(
    schema: Any, inputs: Any, is_box: Any
) -> None:
    field: Any = field_for(ask(schema, **inputs))
    assert field.is_box is is_box
    if is_box:
        assert field.clean(field.widget.value_from_datadict({}, {}, "x")) is False


@pytest.mark.failure("K5")
@pytest.mark.parametrize(
    "typed",
    ["{", "NaN", '{"a": 1, "a": 2}', "[" * 100_000, "9" * 5000, "\x00", "{'a': 1}"],
)
def test_what_is_no_json_is_refused_with_a_sentence(typed: str) -> None:
    """Guards the reading of JSON: no depth, no length and no constant gets past it."""
    with pytest.raises(ValidationError) as refused:
        field_for(ask({})).clean(typed)
    [sentence] = refused.value.messages
    assert sentence.endswith(".")
    assert len(sentence) < 200


def test_none_of_the_choices_is_refused() -> None:
    with pytest.raises(ValidationError, match="none of the choices"):
        field_for(ask({"enum": ["a"]})).clean('"b"')


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1)
VALUES = st.one_of(
    st.tuples(st.just({"type": "string"}), TEXT),
    st.tuples(st.just({"type": "integer"}), st.integers(-(2**63), 2**64)),
    st.tuples(st.just({"type": "number"}), st.floats(allow_nan=False, allow_infinity=False)),
    st.tuples(st.just({"type": "boolean"}), st.booleans()),
    st.tuples(st.just({"enum": ["a", 1, True, None, "1"]}), st.sampled_from(["a", 1, True, "1"])),
    st.tuples(st.just(LINES), st.lists(TEXT, min_size=1)),
    st.tuples(st.just({"type": "array", "items": {"type": "integer"}}), st.lists(st.integers())),
    st.tuples(st.just({}), st.recursive(st.integers() | st.none() | TEXT, st.lists)),
)


@given(VALUES)
def test_what_is_shown_comes_back_as_it_was_or_is_not_shown(given_: tuple[Any, Any]) -> None:
    schema, value = given_
    field = field_for(ask(schema))
    try:
        shown = field.shown(value)
    except NotShowable:
        return
    back = field.clean(shown)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (LINES, ["two\nlines"]),
        (LINES, [" "]),
        (LINES, []),
        (LINES, "a"),
        ({"type": "string"}, "a\rb"),
        ({"type": "string", "maxLength": 9}, "a\nb"),
        ({"type": "string"}, 7),
        ({"type": "string"}, ""),
        ({"type": "integer"}, True),
        ({"type": "boolean"}, 1),
        ({"enum": ["a"]}, "b"),
    ],
)
def test_what_would_come_back_otherwise_is_not_shown(schema: Any, value: Any) -> None:
    with pytest.raises(NotShowable):
        field_for(ask(schema)).shown(value)


@pytest.mark.failure("K5")
def test_a_number_of_many_digits_takes_no_time() -> None:
    """Guard: the digits that a number may have are bounded before it is read."""
    began = time.monotonic()
    for text in ("1" * 100_000 + "x", "." + "1" * 100_000 + "x", "1." + "1" * 100_000 + "x"):
        assert number_in(text) == text
    assert time.monotonic() - began < 1
