"""The first draft of a definition: it passes the check at once, and says what else could be."""

from typing import Any

import pytest
import yaml

from casts.definition import check, read
from casts.sketching import commented, document_from, document_like
from casts.sketching.remarks import what_is
from generations.adapters.base import ToolSpec
from generations.tools import catalogue
from tests.casts.specs import paper_tools, tool

TOOLS = paper_tools()


def draft(*keys: str, tools: dict[str, ToolSpec] | None = None) -> tuple[str, dict[str, Any]]:
    """Return the text of a draft, and its document as it is read back."""
    known = tools or TOOLS
    text = commented(document_from([known[key] for key in keys], "first"), known, "first.yaml")
    document = read(text)
    checked = check(document, known)
    assert checked.problems == (), text
    return text, document


def test_every_tool_that_is_installed_gives_a_draft_that_passes_the_check() -> None:
    for key in catalogue.by_key():
        text, document = draft(key, tools=catalogue.by_key())
        assert document["steps"][0]["tool"] == key
        assert max(map(len, text.splitlines())) <= 100, key


def test_a_draft_of_all_tools_at_once_passes_the_check() -> None:
    tools = catalogue.by_key()
    _, document = draft(*tools, tools=tools)
    assert len({step["key"] for step in document["steps"]}) == len(tools)


def test_files_and_texts_of_the_same_name_come_from_the_step_before() -> None:
    _, document = draft("text.template", "image.draw", "image.caption")
    assert document["steps"][2]["inputs"] == {
        "image": "${{ steps.draw.image }}",
        "text": "${{ steps.template.text }}",
    }
    assert document["outputs"] == {"image": "${{ steps.caption.image }}"}


def test_what_no_step_gives_becomes_an_input_of_the_spell() -> None:
    _, document = draft("image.caption")
    assert document["inputs"]["required"] == ["image", "text"]
    assert document["inputs"]["properties"]["image"] == {"type": "string", "format": "artifact"}
    assert document["steps"][0]["inputs"]["image"] == "${{ inputs.image }}"


def test_an_example_becomes_the_default_so_that_it_can_be_cast_without_inputs() -> None:
    seeded = tool("a.b", {"seed": {"type": "integer"}}, {"x": {}}, required=("seed",))
    tools = {"a.b": seeded.model_copy(update={"example": {"seed": 7}})}
    _, document = draft("a.b", tools=tools)
    assert document["inputs"] == {
        "type": "object",
        "properties": {"seed": {"type": "integer", "default": 7}},
    }


def test_two_tools_that_ask_for_the_same_share_an_input_and_others_do_not() -> None:
    seed, text = {"type": "integer"}, {"type": "string"}
    tools = {
        "a.one": tool("a.one", {"seed": seed}, {"x": {}}, required=("seed",)),
        "a.two": tool("a.two", {"seed": seed}, {"x": {}}, required=("seed",)),
        "b.one": tool("b.one", {"seed": text}, {"x": {}}, required=("seed",)),
    }
    _, document = draft(*tools, tools=tools)
    assert [step["key"] for step in document["steps"]] == ["one", "two", "one_2"]
    assert [step["inputs"]["seed"] for step in document["steps"]] == [
        "${{ inputs.seed }}",
        "${{ inputs.seed }}",
        "${{ inputs.one_2_seed }}",
    ]


def test_an_example_that_speaks_of_other_steps_is_not_taken() -> None:
    more = tool("a.b", {"text": {"type": "string"}}, {"x": {}})
    tools = {"a.b": more.model_copy(update={"example": {"text": "${{ steps.art.text }}"}})}
    _, document = draft("a.b", tools=tools)
    assert "inputs" not in document["steps"][0]


def test_the_other_inputs_of_a_tool_stand_there_as_comments_that_can_be_taken_out() -> None:
    text, _ = draft("image.draw")
    assert '      seed: "${{ inputs.seed }}"' in text
    line = next(line for line in text.splitlines() if "# width: 512" in line)
    assert line.endswith("# a whole number from 16 to 2048; default 512")
    opened = text.replace("# width: 512", "width: 512").replace("# style: null", "style: oil")
    checked = check(read(opened), TOOLS)
    assert checked.ok
    assert checked.document["steps"][0]["inputs"] | {"seed": 1} == {
        "seed": 1,
        "width": 512,
        "style": "oil",
    }


def test_what_a_step_gives_is_said_above_it() -> None:
    text, _ = draft("text.template")
    assert "  # Gives text (text).\n  - key: template\n" in text


def test_a_draft_like_another_spell_is_that_spell_under_its_own_name_and_private() -> None:
    document = {
        "slug": "old",
        "visibility": "public",
        "open": True,
        "description": "Two\nlines, é and “quotes”: # no comment",
        "inputs": {"type": "object", "properties": {"a": {"enum": ["yes", "0x1", "~"]}}},
        "deadline_s": 60,
        "steps": [
            {
                "key": "a",
                "tool": "any.echo",
                "inputs": {"value": {"deep": ["${{ inputs.a }}", " edge ", "1e3"]}},
                "retry": {"attempts": 2},
                "cache": True,
            },
            {"key": "b", "tool": "gone.tool", "needs": []},
        ],
        "outputs": {"x": "${{ steps.a.value }} and ${{ steps.b.x }}"},
    }
    text = commented(document_like(document, "new-one"), TOOLS, "new.yaml")
    expected = {key: document[key] for key in document if key not in {"visibility", "open"}}
    assert read(text) == {
        **expected,
        "slug": "new-one",
        "name": "New one",
        "visibility": "private",
    }
    assert yaml.safe_load(text)["slug"] == "new-one"


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "maxLength": 9}, "text, at most 9 characters"),
        ({"enum": ["a", "b", 3]}, "a, b or 3"),
        ({"anyOf": [{"enum": ["a"]}, {"const": "any"}]}, "a or any"),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, "true or false"),
        ({"type": "string", "format": "artifact"}, "a file"),
        (
            {"type": "array", "maxItems": 3, "items": {"type": "number"}},
            "a list of at most 3 of: a number",
        ),
        ({"type": "integer", "minimum": 0, "maximum": 2**53 - 1}, "a whole number from 0"),
        ({"type": "number", "maximum": 1}, "a number up to 1"),
        ({"type": "string", "pattern": "^a$"}, "text matching ^a$"),
        ({"$ref": "#/$defs/X"}, "an object"),
        ({}, "anything"),
        (True, "anything"),
    ],
)
def test_a_schema_is_said_in_a_few_words(schema: Any, words: str) -> None:
    assert what_is(schema, {"$defs": {"X": {"type": "object"}}}) == words
