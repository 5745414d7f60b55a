"""Reading the text of a definition: JSON and YAML, strictly."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casts.definition import DefinitionUnreadable, Problem, read

NESTED = 40


def refusal(text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionUnreadable) as refused:
        read(text)
    return refused.value.problems


def test_json_and_yaml_give_the_same_value() -> None:
    value = {"slug": "a", "steps": [{"key": "x", "inputs": {"n": 1, "f": 1.5, "on": True}}]}
    yaml = "slug: a\nsteps:\n  - key: x\n    inputs: {n: 1, f: 1.5, on: true}\n"
    assert read(json.dumps(value)) == read(yaml) == read(json.dumps(value).encode()) == value


def test_numbers_keep_their_kind() -> None:
    value = read("[1, 1.0, -3, 1e3, 0x1f, 0o17, '1', 007]")
    assert [(type(item), item) for item in value] == [
        (int, 1),
        (float, 1.0),
        (int, -3),
        (float, 1000.0),
        (int, 31),
        (int, 15),
        (str, "1"),
        (int, 7),
    ]


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "2026-01-02", "12:30:00", "1_000", "="])
def test_yaml_words_of_old_are_plain_text(word: str) -> None:
    assert read(f"value: {word}") == {"value": word}


@pytest.mark.parametrize("text", ["value:", "value: ~", "value: null"])
def test_an_empty_yaml_value_is_null(text: str) -> None:
    assert read(text) == {"value": None}


def test_flow_style_that_looks_like_json_is_read_as_yaml() -> None:
    assert read("{slug: a, steps: [x, y]}") == {"slug": "a", "steps": ["x", "y"]}


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert read(b'\xef\xbb\xbf{"slug": "a"}') == {"slug": "a"}


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ('{"a": 1, "a": 2}', "/a"),
        ('{"a": [{"b/c": 1, "b/c": 1}]}', "/a/0/b~1c"),
        ("a: 1\na: 2\n", "/a"),
        ("steps:\n  - {key: x, key: y}\n", "/steps/0/key"),
    ],
)
def test_a_doubled_key_is_refused_where_it_stands(text: str, pointer: str) -> None:
    [problem] = refusal(text)
    assert (problem.code, problem.pointer) == ("duplicate_key", pointer)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x [1]", "not_json"),
        ("a: &x 1\nb: *x", "not_json"),
        ("a: !!python/object/apply:os.system ['true']", "not_json"),
        ("a: !!binary aGk=", "not_json"),
        ("a: !own 1", "not_json"),
        ("<<: {a: 1}", "not_json"),
        ("1: x", "not_json"),
        ("? [a, b]\n: x", "not_json"),
        ("a: .nan", "bad_value"),
        ("a: -.inf", "bad_value"),
        ('{"a": NaN}', "bad_value"),
        ('{"a": -Infinity}', "bad_value"),
        ('{"a": 1e999}', "bad_value"),
        ("a: 1e999", "bad_value"),
        ('{"a": ' + "9" * 30 + "}", "bad_value"),
        ('{"a": ' + "9" * 10_000 + "}", "bad_value"),
        ("a: " + "9" * 10_000, "bad_value"),
        ('{"a": "\\u0000"}', "bad_value"),
        ('{"\\u0000": 1}', "bad_value"),
        ('a: "\\0"', "bad_value"),
        ('{"a": "\\ud800"}', "bad_value"),
        ("\ud800", "bad_value"),
        (b'{"a": "\xff"}', "bad_value"),
        ("a: 1\n---\nb: 2", "unreadable"),
        ("a: [1", "unreadable"),
        ('{"a": 1', "unreadable"),
        ("a: b: c", "unreadable"),
        ("\x00", "unreadable"),
        ("", "unreadable"),
        (" \n ", "unreadable"),
        ("[" * NESTED + "]" * NESTED, "too_deep"),
        ("[" * 200_000, "too_deep"),
        ("{a: " * 60_000, "too_deep"),
        ("- " * 100_000, "too_deep"),
        ('{"a":' * 40_000, "too_deep"),
        ("a: " + "x" * 300_000, "too_large"),
        ("é" * 140_000, "too_large"),
    ],
)
def test_what_json_does_not_have_is_refused(text: str | bytes, code: str) -> None:
    problems = refusal(text)
    assert code in {problem.code for problem in problems}
    assert all(problem.detail for problem in problems)


def test_a_yaml_bomb_of_aliases_is_refused_before_it_grows() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    assert {problem.code for problem in refusal("\n".join(lines))} <= {
        "not_json",
        "too_many_problems",
    }


def test_every_mistake_of_a_text_is_told_at_once_with_its_line() -> None:
    problems = refusal("a: 1\na: 2\nb: &x 1\nc: *x\n")
    assert [problem.pointer for problem in problems] == ["/a", "/b", "/c"]
    assert [problem.detail[-9:] for problem in problems] == ["(line 2).", "(line 3).", "(line 4)."]


def test_broken_json_is_explained_as_json() -> None:
    [problem] = refusal('{"slug": "a",\n "steps": [}')
    assert problem.detail.startswith("Not JSON: ")
    assert "line 2" in problem.detail


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00")), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(json_values)
def test_whatever_json_can_say_comes_back_as_it_was(value: Any) -> None:
    assert read(json.dumps(value, ensure_ascii=False)) == value
    assert read(json.dumps(value)) == value


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200) | st.text("{}[]:,-?*&!|>'\"#% \n\tab01.~<", max_size=80))
def test_no_text_raises_anything_but_unreadable(text: str) -> None:
    with suppress(DefinitionUnreadable):
        read(text)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_unreadable(raw: bytes) -> None:
    with suppress(DefinitionUnreadable):
        read(raw)
