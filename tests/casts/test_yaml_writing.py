"""A definition that is written down reads as what it was."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casts.definition import read
from casts.yaml_writing import as_yaml, definition_as_yaml, member_as_yaml
from spellhub.json_values import flaw_of

TEXTS = st.text(max_size=20).filter(lambda text: not flaw_of(text))
TRICKY = (
    "1e3",
    "08",
    "0o7",
    "-0x1",
    "+1",
    ".5",
    "1.",
    "yes",
    "~",
    "null",
    "2026-11-23",
    "1_000",
    "- a",
    *("a\x85b", "a\u2028\nb", "a\rb"),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS | st.sampled_from(TRICKY),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_reads_as_what_it_was(value: Any) -> None:
    assert read(as_yaml({"value": value})) == {"value": value}
    assert read(member_as_yaml("value", value)) == {"value": value}


@pytest.mark.failure("D3")
@pytest.mark.parametrize("text", TRICKY)
def test_a_text_that_looks_like_something_else_stays_what_it_is(text: str) -> None:
    """Guards the quotes around what YAML 1.2 would take for a number or a line's end."""
    assert read(as_yaml({"value": text})) == {"value": text}


def test_expressions_stand_in_double_quotes_and_long_texts_in_blocks() -> None:
    assert member_as_yaml("a", "${{ inputs.x }}") == 'a: "${{ inputs.x }}"\n'
    assert as_yaml({"a": "one\ntwo\n"}) == "a: |\n  one\n  two\n"


def test_what_fits_stands_in_one_line_and_what_does_not_in_several() -> None:
    assert member_as_yaml("a", {"type": "integer", "minimum": 0}) == (
        "a: {type: integer, minimum: 0}\n"
    )
    assert member_as_yaml("a", ["word " * 5] * 9).count("\n- ") == 9


def test_what_stands_twice_is_written_twice() -> None:
    part = {"deep": [1]}
    assert read(as_yaml([part, part])) == [part, part]


def test_a_definition_is_written_in_the_order_that_people_write() -> None:
    definition = {"steps": [{"tool": "a.b", "key": "a"}], "name": "A", "slug": "a"}
    assert definition_as_yaml(definition) == ("slug: a\nname: A\nsteps:\n- key: a\n  tool: a.b\n")
