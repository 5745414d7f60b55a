"""What a form asks for, and how: read off a JSON Schema."""

from typing import Any

import pytest

from casts.pages.casting.fields import field_for
from casts.pages.casting.hints import hint_of, media_types_of
from casts.pages.casting.questions import NOT_GIVEN, Group, Kind, Question, questions_of

ARTIFACT = {"type": "string", "format": "artifact"}


def ask(schema: Any, **inputs: Any) -> Question:
    """Return the question for an input ``x``."""
    [question] = questions_of({"type": "object", "properties": {"x": schema}, **inputs})
    assert isinstance(question, Question)
    return question


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string", "maxLength": 80}, Kind.LINE),
        ({"type": "string", "format": "email"}, Kind.LINE),
        ({"type": "string"}, Kind.TEXT),
        ({"type": "string", "maxLength": 2000}, Kind.TEXT),
        ({"type": "string", "pattern": "^#[0-9a-fA-F]{6}$", "default": "#000000"}, Kind.COLOUR),
        ({"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}, Kind.LINE),
        ({"type": "integer"}, Kind.NUMBER),
        ({"type": "number"}, Kind.NUMBER),
        ({"type": "boolean"}, Kind.SWITCH),
        ({"enum": ["a", 1, None]}, Kind.CHOICE),
        ({"const": "a"}, Kind.CHOICE),
        ({"enum": [["a"], ["b"]]}, Kind.JSON),
        (ARTIFACT, Kind.FILE),
        ({"type": "array", "items": ARTIFACT}, Kind.FILES),
        ({"type": "array", "items": {"type": "number"}}, Kind.LIST),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, Kind.LIST),
        ({"type": "array", "items": {"type": "object"}}, Kind.JSON),
        ({"type": "array", "prefixItems": [ARTIFACT]}, Kind.JSON),
        ({"type": "array"}, Kind.JSON),
        ({"type": "object"}, Kind.JSON),
        ({"type": ["string", "integer"]}, Kind.JSON),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, Kind.JSON),
        ({"type": "string", "not": {"const": "a"}}, Kind.JSON),
        ({}, Kind.JSON),
        (True, Kind.JSON),
    ],
)
def test_each_shape_is_asked_for_as_what_it_is(schema: Any, kind: Kind) -> None:
    assert ask(schema).kind is kind


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}], "default": None},
        {"type": ["integer", "null"], "minimum": 3, "default": None},
        {"oneOf": [{"type": "null"}, {"$ref": "#/$defs/n"}], "default": None},
    ],
)
def test_null_beside_another_type_is_that_type(schema: Any) -> None:
    question = ask(schema, **{"$defs": {"n": {"type": "integer", "minimum": 3}}})
    assert (question.kind, question.nullable, question.default) == (Kind.NUMBER, True, None)
    assert question.schema["minimum"] == 3


def test_a_reference_is_followed_and_what_stands_beside_it_wins() -> None:
    definitions = {"n": {"type": "integer", "description": "any", "default": 1}}
    question = ask({"$ref": "#/$defs/n", "default": 2}, **{"$defs": definitions})
    assert (question.kind, question.default) == (Kind.NUMBER, 2)
    assert question.description == "any"


@pytest.mark.failure("D3")
@pytest.mark.parametrize("default", [0, False, ""])
def test_a_default_of_nothing_much_is_a_default(default: Any) -> None:
    """Guards presence, never truthiness: a default is there when it is there."""
    assert ask({"default": default}).default == default
    assert ask({}).default is NOT_GIVEN


def group(schema: dict[str, Any], *, required: bool) -> Group:
    names = ["x"] if required else []
    [found] = questions_of({"properties": {"x": schema}, "required": names})
    assert isinstance(found, Group)
    return found


SIZE = {
    "type": "object",
    "required": ["width"],
    "properties": {
        "width": {"type": "integer", "default": 8},
        "deep": {"type": "object", "properties": {"y": {"type": "integer"}}},
    },
}


def test_the_members_of_an_object_are_asked_for_one_level_deep() -> None:
    members = group(SIZE, required=True).members
    assert [(q.pointer, q.kind, q.is_required) for q in members] == [
        ("/x/width", Kind.NUMBER, True),
        ("/x/deep", Kind.JSON, False),
    ]


def test_an_object_that_need_not_be_given_is_not_filled_in() -> None:
    """With its members' defaults shown it would always be given."""
    assert group(SIZE, required=True).members[0].default == 8
    assert group(SIZE, required=False).members[0].default is NOT_GIVEN
    assert group({**SIZE, "default": {"width": 3}}, required=False).members[0].default == 3


@pytest.mark.parametrize(
    "schema",
    [
        {**SIZE, "additionalProperties": True},
        {**SIZE, "oneOf": [{}]},
        {"anyOf": [SIZE, {"type": "null"}]},
        {"type": "object", "properties": {}},
    ],
)
def test_an_object_that_may_be_more_than_its_members_is_asked_for_as_json(schema: Any) -> None:
    assert ask(schema).kind is Kind.JSON


def test_a_name_becomes_a_label() -> None:
    [one, two] = questions_of({"properties": {"max_words": {}, "b": {"title": " Bee "}}})
    assert isinstance(one, Question)
    assert isinstance(two, Question)
    assert (one.label, two.label) == ("Max words", "Bee")


@pytest.mark.parametrize(
    ("schema", "hint"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 80}, "1 to 80 characters."),
        ({"type": "string", "maxLength": 1}, "At most 1 character."),
        ({"type": "string", "minLength": 4, "maxLength": 4}, "Exactly 4 characters."),
        (
            {"type": "integer", "minimum": 0, "maximum": 999_999, "default": 7},
            "A whole number from 0 to 999,999. Left empty, it is 7.",
        ),
        (
            {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            "A number, more than 0 and at most 1.",
        ),
        ({"type": "integer", "multipleOf": 5}, "A whole number, a multiple of 5."),
        ({"type": "string", "format": "date"}, "A date, like 2026-11-23."),
        ({"type": "string", "pattern": "^a+$"}, "It must match ^a+$."),
        ({"type": "string", "pattern": "^a+$", "description": "Only a!"}, "Only a!"),
        ({"type": "string", "default": "by night"}, "Left empty, it is “by night”."),
        (
            {"type": "array", "items": {"enum": ["a", 1]}, "maxItems": 3},
            "One per line, blank lines are left out. Each one of “a”, 1. At most 3 items.",
        ),
        (ARTIFACT, "Any file, at most 25 MB."),
        (
            {"type": "array", "items": {**ARTIFACT, "contentMediaType": "image/*"}, "minItems": 2},
            "Any picture, at most 25 MB each. At least 2 files.",
        ),
        ({"type": "boolean"}, ""),
    ],
)
def test_limits_and_defaults_are_said_in_words(schema: Any, hint: str) -> None:
    assert hint_of(ask(schema)) == hint


def test_media_types_are_read_off_the_schema() -> None:
    stated = {**ARTIFACT, "contentMediaType": "image/PNG, image/jpeg"}
    assert media_types_of(ask(stated)) == ["image/png", "image/jpeg"]
    assert field_for(ask(stated)).widget.attrs == {
        "multiple": False,
        "accept": "image/png,image/jpeg",
    }
