"""Finding the line of a YAML or JSON text that a problem is about."""

import json

import pytest

from casts.source_lines import SourceLines

YAML = """\
slug: lines          # 1
inputs:
  type: object
  properties: {a: {type: string}, "b c": {}}
steps:
  - key: one
    inputs:
      list:
        - x
        - {deep: 1}
  - key: two
    tool: text.template
outputs: {text: "x"}
"""


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/slug", 1),
        ("/inputs", 2),
        ("/inputs/properties/b c", 4),
        ("/steps/0", 6),
        ("/steps/0/inputs/list/1/deep", 10),
        ("/steps/1/tool", 12),
        ("/outputs/text", 13),
    ],
)
def test_a_pointer_means_the_line_of_its_key_or_item(pointer: str, line: int) -> None:
    assert SourceLines(YAML).line_of(pointer) == line


def test_what_is_missing_means_the_line_of_what_it_is_missing_from() -> None:
    assert SourceLines(YAML).line_of("/steps/1/inputs/image") == 11
    assert SourceLines(YAML).line_of("/name") == 1


def test_json_has_lines_too_with_tabs_and_escapes() -> None:
    text = json.dumps({"a/b": {"c~d": [1, {"😀": 2}]}}, indent="\t")
    lines = SourceLines(text)
    assert lines.line_of("/a~1b/c~0d/0") == 4
    assert lines.line_of("/a~1b/c~0d/1/😀") == 6
    assert lines.text_of(2) == '"a/b": {'


def test_a_text_that_breaks_off_still_has_the_lines_before_and_that_of_the_fault() -> None:
    lines = SourceLines("a: 1\nb: [1,\n  {x: }\nc: }")
    assert (lines.line_of("/b/0"), lines.line_of("")) == (2, 4)
    assert SourceLines('{\n "a": 1,\n "b" 2\n}').line_of("") == 3


@pytest.mark.parametrize(
    "text", ["", "# nothing", "[[[[", "{", "? {a: 1}\n: b", "*x", "\x00", "a: \t- b"]
)
def test_no_text_makes_it_fail(text: str) -> None:
    lines = SourceLines(text)
    assert lines.line_of("/steps/0/tool") in {None, 1}
    assert lines.text_of(99) == ""


@pytest.mark.failure("K5")
@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 50_000, "- " * 50_000])
def test_a_deep_text_ends_the_search_at_once(text: str) -> None:
    """Guards the depth at which the search for lines ends."""
    assert SourceLines(text).line_of("/steps") in {None, 1}
