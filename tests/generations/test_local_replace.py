"""Replacing parts of a text: literally, or by a regular expression of RE2."""

import time
from typing import Any

import pytest

from generations.adapters.base import InvalidInput
from generations.adapters.local.tools.text_replace import SECONDS
from tests.generations.calls import expect, run


def replace(text: str, find: str, replacement: str = "", **options: Any) -> tuple[str, int]:
    inputs = {"text": text, "find": find, "replacement": replacement, **options}
    outputs = run("text.replace", inputs)
    return outputs["text"], outputs["replacements"]


def test_every_occurrence_is_replaced_and_counted() -> None:
    assert replace("a.b.c", ".", "-") == ("a-b-c", 2)
    assert replace("banana", "an") == ("ba", 2)
    assert replace("aaaa", "aa", "a") == ("aa", 2)
    assert replace("nothing", "else", "x") == ("nothing", 0)
    assert replace("", "x") == ("", 0)


def test_at_most_so_many_are_replaced_from_the_start() -> None:
    assert replace("a a a", "a", "b", count=2) == ("b b a", 2)
    assert replace("a a a", "[a]", "b", count=1, regex=True) == ("b a a", 1)


def test_case_is_kept_apart_unless_told_otherwise() -> None:
    assert replace("Élan élan", "élan", "brio") == ("Élan brio", 1)
    assert replace("Élan élan", "élan", "brio", case_sensitive=False) == ("brio brio", 2)


@pytest.mark.failure("D9")
@pytest.mark.parametrize(
    "text", ["$&", "$1", r"\1", r"\g<0>", r"\\", "{0}", "%s", "${{ inputs.x }}"]
)
def test_a_replacement_is_put_in_as_it_is(text: str) -> None:
    """The guard: without `regex` the replacement is joined in, never read."""
    assert replace("a-b", "-", text) == (f"a{text}b", 1)


@pytest.mark.failure("D9")
@pytest.mark.parametrize("find", [".", "a+", "(", "[a", r"\d", "^", "a|b", "(?i)A", "$"])
def test_what_is_looked_for_is_no_pattern(find: str) -> None:
    """The guard: without `regex` RE2 gets the option `literal`."""
    assert replace(f"aA1 {find} b", find, "!") == ("aA1 ! b", 1)


def test_a_regular_expression_has_groups() -> None:
    assert replace("2026-11-23", r"(\d+)-(\d+)-(\d+)", r"\3.\2.\1", regex=True) == ("23.11.2026", 1)
    assert replace("sea", r"(?P<all>\w+)", r"<\g<all>|\0>", regex=True) == ("<sea|sea>", 1)
    assert replace("ab", r"(a)|(b)", r"[\1\2]", regex=True) == ("[a][b]", 2)
    assert replace("a", "a", r"\\1", regex=True) == (r"\1", 1)


def test_letters_beyond_ascii_survive_a_regular_expression() -> None:
    assert replace("naïve 🎨", "ï", "é🎨", regex=True) == ("naé🎨ve 🎨", 1)


def test_a_match_of_nothing_moves_on() -> None:
    assert replace("ab", "x*", "-", regex=True) == ("-a-b-", 3)


@pytest.mark.failure("D9")
def test_what_was_found_is_never_read_as_a_replacement() -> None:
    """The guard: the parts of a match are joined, not expanded again."""
    assert replace(r"\0 $1", r"(.+)", r"\1\1", regex=True) == (r"\0 $1\0 $1", 1)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(", "missing )"),
        ("[a", "missing ]"),
        ("a**", "bad repetition operator"),
        ("(?=a)", "invalid perl operator"),
        (r"(a)\1", "invalid escape sequence"),
        ("a{9999}", "invalid repetition size"),
        ("(?:(?:a{100}){100}){100}", "repetition size"),
    ],
)
def test_a_bad_pattern_is_refused_in_the_words_of_re2(pattern: str, words: str) -> None:
    inputs = {"text": "a", "find": pattern, "regex": True}
    message = expect(InvalidInput, "text.replace", inputs).message
    assert "RE2" in message
    assert words in message


@pytest.mark.parametrize("replacement", [r"\2", r"\q", "\\", r"\g<other>", r"\g<"])
def test_a_replacement_that_means_nothing_is_refused(replacement: str) -> None:
    inputs = {"text": "a", "find": "(a)", "replacement": replacement, "regex": True}
    assert "\\" in expect(InvalidInput, "text.replace", inputs).message


@pytest.mark.failure("K5")
@pytest.mark.parametrize(
    "pattern", [r"(a+)+$", r"(a|aa)+$", r"(a|a?)+b", r"(.*a){20}", r"^(\w+\s?)*$"]
)
def test_a_pattern_that_is_endless_elsewhere_ends_at_once(pattern: str) -> None:
    """The guard: RE2 takes time in proportion to the text, whatever the pattern."""
    started = time.monotonic()
    replace("a" * 30_000 + "!", pattern, "x", regex=True)
    assert time.monotonic() - started < SECONDS


@pytest.mark.failure("K5")
def test_a_pattern_with_slow_matches_is_given_up() -> None:
    """The guard: `_bounded` looks at the time between the matches."""
    inputs = {"text": "a" * 100_000, "find": "a(.*b)?", "replacement": "x", "regex": True}
    started = time.monotonic()
    assert "takes more than" in expect(InvalidInput, "text.replace", inputs).message
    assert time.monotonic() - started < SECONDS + 5


@pytest.mark.failure("K5")
def test_a_pattern_that_stands_for_too_much_is_refused() -> None:
    """The guard: the size of the compiled program is bounded."""
    for pattern in ("((a?){100}){10}b", r"(\pL?\pN?\pS?){6}z"):
        inputs = {"text": "a", "find": pattern, "regex": True}
        assert "stands for too much" in expect(InvalidInput, "text.replace", inputs).message


@pytest.mark.failure("K5")
def test_a_text_cannot_be_made_to_explode() -> None:
    """The guard: the length is counted while it grows."""
    for find, replacement, regex in (("a", "x" * 10_000, False), ("(a)", r"\1" * 5_000, True)):
        inputs = {"text": "a" * 100_000, "find": find, "replacement": replacement, "regex": regex}
        assert "longer than 100000" in expect(InvalidInput, "text.replace", inputs).message


@pytest.mark.parametrize(
    "wrong",
    [{"find": ""}, {"count": 0}, {"text": "x" * 100_001}, {"regex": "yes"}, {"find": "x" * 1001}],
)
def test_inputs_out_of_bounds_are_refused(wrong: dict[str, Any]) -> None:
    expect(InvalidInput, "text.replace", {"text": "a", "find": "a"} | wrong)
