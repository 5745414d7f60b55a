"""What changed between two editions of a spell, told by step and member."""

from copy import deepcopy
from typing import Any

import pytest

from casts.comparing import Change, Comparison, Edition, compare
from casts.comparing.changes import written

BEFORE: dict[str, Any] = {
    "slug": "poster",
    "name": "Poster",
    "inputs": {
        "type": "object",
        "required": ["title"],
        "properties": {
            "title": {"type": "string", "maxLength": 80},
            "seed": {"type": "integer", "default": 1},
        },
    },
    "steps": [
        {"key": "art", "tool": "image.draw", "inputs": {"seed": "${{ inputs.seed }}", "n": [1, 2]}},
        {"key": "words", "tool": "text.choose", "needs": [], "inputs": {"options": ["a", "b"]}},
        {
            "key": "card",
            "tool": "image.caption",
            "inputs": {"image": "${{ steps.art.image }}", "text": "${{ steps.words.text }}"},
            "retry": {"attempts": 3},
        },
    ],
    "outputs": {"image": "${{ steps.card.image }}"},
}

Row = tuple[str, str, str, Any, Any]


def changed(**members: Any) -> dict[str, Any]:
    return {**deepcopy(BEFORE), **members}


def with_step(index: int, **members: Any) -> dict[str, Any]:
    document = deepcopy(BEFORE)
    document["steps"][index].update(members)
    return document


def rows(after: dict[str, Any], before: dict[str, Any] | None = None) -> list[Row]:
    found = compare(Edition(before or BEFORE), Edition(after)).changes
    return [
        (change.place, change.member, change.what, change.before, change.after) for change in found
    ]


def test_the_same_definition_has_no_changes() -> None:
    comparison = compare(Edition(BEFORE), Edition(deepcopy(BEFORE)))
    assert comparison.is_same
    assert comparison.summary == "Nothing changed."


def test_a_member_that_says_the_default_is_no_change() -> None:
    assert rows(with_step(0, on_failure="fail", retry={}, resubmit=False) | {"open": False}) == []


@pytest.mark.parametrize(
    ("members", "row"),
    [
        ({"name": "Print"}, ("spell", "name", "changed", "Poster", "Print")),
        ({"visibility": "public"}, ("spell", "visibility", "changed", "private", "public")),
        ({"deadline_s": 60}, ("spell", "deadline_s", "added", None, 60)),
        (
            {"outputs": {"picture": "${{ steps.card.image }}"}},
            ("output image", "", "removed", "${{ steps.card.image }}", None),
        ),
    ],
)
def test_the_spell_s_own_members_are_told(members: dict[str, Any], row: Row) -> None:
    assert row in rows(changed(**members))


def test_inputs_are_told_one_by_one_with_whether_they_are_required() -> None:
    inputs = {
        "type": "object",
        "required": ["seed"],
        "properties": {
            "title": {"type": "string", "maxLength": 100},
            "seed": {"type": "integer", "default": 1},
            "style": {"enum": ["flat"]},
        },
        "additionalProperties": False,
    }
    assert rows(changed(inputs=inputs)) == [
        ("input title", "maxLength", "changed", 80, 100),
        ("input title", "required", "removed", True, None),
        ("input seed", "required", "added", None, True),
        ("input style", "", "added", None, {"enum": ["flat"]}),
        ("input", "additionalProperties", "added", None, False),
    ]


def test_a_step_is_matched_by_its_key_and_told_member_by_member() -> None:
    after = with_step(2, tool="image.title", retry={"attempts": 5, "backoff_s": 1}, deadline_s=9)
    assert rows(after) == [
        ("step card", "tool", "changed", "image.caption", "image.title"),
        ("step card", "retry.attempts", "changed", 3, 5),
        ("step card", "retry.backoff_s", "added", None, 1.0),
        ("step card", "deadline_s", "added", None, 9),
    ]


def test_the_new_policies_are_told() -> None:
    after = with_step(
        0, for_each="${{ inputs.seeds }}", max_items=5, max_in_flight=2, when="${{ inputs.go }}"
    )
    after["steps"][0]["cache"] = {"ttl_s": 60}
    assert {(member, value) for _, member, _, _, value in rows(after)} == {
        ("for_each", "${{ inputs.seeds }}"),
        ("max_items", 5),
        ("max_in_flight", 2),
        ("when", "${{ inputs.go }}"),
        ("cache.ttl_s", 60),
    }


def test_inputs_of_a_step_are_told_at_their_depth() -> None:
    after = with_step(0, inputs={"seed": 7, "n": [1, 3, 2], "odd name": {"x y": 1}})
    assert rows(after) == [
        ("step art", "inputs.n[1]", "added", None, 3),
        ("step art", 'inputs["odd name"]', "added", None, {"x y": 1}),
        ("step art", "inputs.seed", "changed", "${{ inputs.seed }}", 7),
    ]


def test_true_is_not_one_and_a_list_is_not_its_text() -> None:
    before = with_step(0, inputs={"a": 1, "b": [1]})
    after = with_step(0, inputs={"a": True, "b": "[1]"})
    assert rows(after, before) == [
        ("step art", "inputs.a", "changed", 1, True),
        ("step art", "inputs.b", "changed", [1], "[1]"),
    ]


def test_a_long_text_is_told_by_its_lines() -> None:
    before = with_step(1, inputs={"template": "one\ntwo\nthree\nfour"})
    after = with_step(1, inputs={"template": "one\n2\nthree\nfour\nfive\nsix"})
    assert rows(after, before) == [
        ("step words", "inputs.template line 2", "changed", "two", "2"),
        ("step words", "inputs.template lines 5 to 6", "added", None, "five\nsix"),
    ]


def test_a_text_that_is_another_one_altogether_is_told_whole() -> None:
    before = changed(description="one\ntwo")
    assert rows(changed(description="three"), before) == [
        ("spell", "description", "changed", "one\ntwo", "three")
    ]


def test_steps_that_came_and_went_are_told_with_what_they_say() -> None:
    after = deepcopy(BEFORE)
    del after["steps"][1]
    after["steps"][1]["inputs"]["text"] = "${{ steps.art.title }}"
    after["steps"].append({"key": "glow", "tool": "image.glow"})
    added = {"tool": "image.glow", "waits for": "card"}
    found = rows(after)
    assert ("step glow", "", "added", None, added) in found
    removed = {"tool": "text.choose", "inputs": {"options": ["a", "b"]}}
    assert ("step words", "", "removed", removed, None) in found
    assert [place for place, *_ in found] == ["step words", "step card", "step card", "step glow"]


def test_what_a_step_waits_for_is_told_also_when_only_its_place_changed_that() -> None:
    """A step that refers to none waits for the one above it, so its place matters."""
    before = changed(steps=[{"key": "a", "tool": "x"}, {"key": "b", "tool": "x"}])
    after = changed(steps=[{"key": "b", "tool": "x"}, {"key": "a", "tool": "x"}])
    after["outputs"] = before["outputs"] = {}
    assert rows(after, before) == [
        ("step b", "waits for", "removed", "a", None),
        ("step b", "place", "changed", 2, 1),
        ("step a", "waits for", "added", None, "b"),
    ]


def test_tools_whose_version_changed_are_told_and_those_that_came_are_not() -> None:
    before = Edition(BEFORE, {"image.draw": "1", "image.caption": "1"})
    after = Edition(BEFORE, {"image.draw": "2", "image.caption": "1", "image.new": "1"})
    assert compare(before, after).changes == (
        Change("tools", "image.draw", "version", "changed", "1", "2"),
    )


def test_the_summary_counts_what_changed() -> None:
    after = with_step(2, tool="image.title", deadline_s=9) | {"name": "Print", "outputs": {}}
    assert summary(after) == "Name; steps: 1 changed; outputs: 1 removed."


def summary(after: dict[str, Any]) -> str:
    comparison: Comparison = compare(Edition(BEFORE), Edition(after))
    return comparison.summary


@pytest.mark.failure("K5")
def test_a_huge_value_is_compared_as_a_whole() -> None:
    """Guards MAX_COMPARED: two long lists are not set against each other item by item."""
    before = with_step(1, inputs={"options": [f"{n}" for n in range(30_000)]})
    after = with_step(1, inputs={"options": [f"{n}" for n in range(30_000, 0, -1)]})
    assert [member for _, member, *_ in rows(after, before)] == ["inputs"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("", '""'),
        (" edge", '" edge"'),
        (True, "true"),
        ({"a": "é"}, '{"a": "é"}'),
    ],
)
def test_values_read_as_people_write_them(value: Any, text: str) -> None:
    assert written(value) == text
