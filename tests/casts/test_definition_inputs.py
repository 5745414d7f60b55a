"""The inputs of a cast, and values against schemas."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casts.definition import Definition, check, check_inputs, check_values, parse
from tests.casts.specs import ARTIFACT, paper_tools
from tests.casts.test_definition_reading import json_values

STEP = {"key": "x", "tool": "any.echo"}
PICTURE = "0190c0de-0000-7000-8000-000000000001"


def spell(properties: dict[str, Any], **more: Any) -> Definition:
    schema = {"type": "object", "properties": properties, **more}
    checked = check({"slug": "a", "steps": [STEP], "inputs": schema}, paper_tools())
    assert checked.errors == ()
    assert checked.definition is not None
    return checked.definition


def found(definition: Definition, inputs: Any) -> set[tuple[str, str]]:
    _, problems = check_inputs(definition, inputs)
    assert all(problem.detail[-1] in ".?" for problem in problems)
    return {(problem.code, problem.pointer) for problem in problems}


def filled(definition: Definition, inputs: Any) -> dict[str, Any]:
    values, problems = check_inputs(definition, inputs)
    assert problems == ()
    return values


@pytest.mark.failure("D4")
def test_the_callers_value_wins_and_the_default_stands_for_what_is_absent() -> None:
    """Guard: precedence is the caller's input, then the schema's default."""
    definition = spell({"seed": {"type": "integer", "default": 1}, "title": {"type": "string"}})
    assert filled(definition, {"seed": 7}) == {"seed": 7}
    assert filled(definition, {}) == {"seed": 1}


@pytest.mark.failure("D3")
@pytest.mark.failure("D4")
@pytest.mark.parametrize("given_", [0, False, "", None, [], {}])
def test_nothing_that_the_caller_gives_is_taken_for_missing(given_: Any) -> None:
    """Guard: presence decides, never truthiness."""
    definition = spell({"value": {"default": "the default"}}, required=["value"])
    assert filled(definition, {"value": given_}) == {"value": given_}


@pytest.mark.parametrize("default", [0, False, "", None, [], {}])
def test_a_default_may_be_anything_also_empty(default: Any) -> None:
    definition = spell({"value": {"default": default}}, required=["value"])
    assert filled(definition, {}) == {"value": default}


def test_defaults_are_filled_in_where_there_is_an_object_for_them() -> None:
    inner = {"type": "object", "properties": {"n": {"default": 1}, "m": {}}}
    definition = spell(
        {
            "given": inner,
            "absent": inner,
            "empty": {**inner, "default": {}},
            "list": {"type": "array", "items": inner},
            "linked": {"$ref": "#/$defs/linked"},
            "own": {"$ref": "#/$defs/linked", "default": 3},
        },
        **{"$defs": {"linked": {"type": "integer", "default": 2}}},
    )
    values = filled(definition, {"given": {"m": 2}, "list": [{}, {"n": 5}]})
    assert values == {
        "given": {"m": 2, "n": 1},
        "empty": {"n": 1},
        "list": [{"n": 1}, {"n": 5}],
        "linked": 2,
        "own": 3,
    }


def test_neither_the_definition_nor_the_callers_values_are_shared() -> None:
    definition = spell({"list": {"type": "array", "default": [1]}, "own": {}})
    own = {"own": [[1]]}
    values = filled(definition, own)
    values["list"].append(2)
    values["own"][0].append(2)
    assert filled(definition, {}) == {"list": [1]}
    assert own == {"own": [[1]]}


@pytest.mark.failure("C9")
def test_missing_and_unknown_inputs_are_errors_at_their_places() -> None:
    """Guard: inputs are validated against the spell's schema before anything runs."""
    definition = spell({"title": {"type": "string"}, "seed": {}}, required=["title", "seed"])
    assert found(definition, {}) == {("missing", "/title"), ("missing", "/seed")}
    _, problems = check_inputs(definition, {"titel": "x", "seed": 1})
    assert {(p.code, p.pointer) for p in problems} == {
        ("missing", "/title"),
        ("unknown_field", "/titel"),
    }
    assert any("did you mean `title`?" in problem.detail for problem in problems)


def test_a_spell_without_inputs_takes_none() -> None:
    definition = parse({"slug": "a", "steps": [STEP]})
    assert filled(definition, {}) == {}
    assert found(definition, {"x": 1}) == {("unknown_field", "/x")}


def test_a_spell_may_take_inputs_it_does_not_name() -> None:
    definition = spell({}, additionalProperties={"type": "integer"})
    assert filled(definition, {"x": 1}) == {"x": 1}
    assert found(definition, {"x": "1"}) == {("wrong_type", "/x")}


@pytest.mark.parametrize("inputs", [None, [], "x", 7])
def test_inputs_are_an_object(inputs: Any) -> None:
    assert found(spell({}), inputs) == {("wrong_type", "")}


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"x": float("inf")}, "bad_value"),
        ({"x": float("nan")}, "bad_value"),
        ({"x": "a\x00"}, "bad_value"),
        ({"x": "\udfff"}, "bad_value"),
        ({"\udfff": 1}, "bad_value"),
        ({"x": 2**64}, "bad_value"),
        ({"x": object()}, "not_json"),
        ({1: 1}, "not_json"),
    ],
)
def test_inputs_that_no_database_stores_are_refused(inputs: Any, code: str) -> None:
    assert code in {error for error, _ in found(spell({"x": {}}), inputs)}


def test_inputs_nested_without_end_are_refused() -> None:
    deep: Any = []
    for _ in range(5_000):
        deep = [deep]
    assert found(spell({"x": {}}), {"x": deep}) == {("too_deep", "")}


@pytest.mark.parametrize(
    ("schema", "value", "error"),
    [
        ({"type": "string"}, 1, ("wrong_type", "")),
        ({"type": "integer"}, True, ("wrong_type", "")),
        ({"type": "integer"}, 1.5, ("wrong_type", "")),
        ({"type": "number"}, "1", ("wrong_type", "")),
        ({"type": ["string", "null"]}, 1, ("wrong_type", "")),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1, ("wrong_type", "")),
        ({"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}]}, 1, ("out_of_range", "")),
        ({"anyOf": [{"minimum": 3}, {"maxLength": 1, "maximum": 0}]}, 1, ("no_match", "")),
        ({"oneOf": [{"minimum": 1}, {"minimum": 2}]}, 3, ("no_match", "")),
        ({"not": {"minimum": 1}}, 3, ("no_match", "")),
        ({"if": {"minimum": 1}, "then": {"maximum": 2}}, 3, ("out_of_range", "")),
        ({"enum": ["flat", "oil"]}, "oli", ("not_allowed", "")),
        ({"enum": [1, 2]}, True, ("not_allowed", "")),
        ({"const": 1}, 2, ("not_allowed", "")),
        ({"minimum": 3}, 2, ("out_of_range", "")),
        ({"exclusiveMaximum": 3}, 3, ("out_of_range", "")),
        ({"multipleOf": 0.5}, 0.75, ("out_of_range", "")),
        ({"maxLength": 2}, "abc", ("wrong_length", "")),
        ({"minItems": 1}, [], ("wrong_length", "")),
        ({"maxProperties": 0}, {"a": 1}, ("wrong_length", "")),
        ({"uniqueItems": True}, [1, {"a": 1}, 1.0], ("not_unique", "/2")),
        ({"pattern": "^a+$"}, "ab", ("wrong_pattern", "")),
        ({"items": {"type": "integer"}}, [1, "2"], ("wrong_type", "/1")),
        ({"prefixItems": [{}], "items": False}, [1, 2], ("no_match", "")),
        ({"properties": {"a/b": False}}, {"a/b": 1}, ("unknown_field", "/a~1b")),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, ("wrong_length", "")),
        ({"patternProperties": {"^n": {"type": "integer"}}}, {"n1": "x"}, ("wrong_type", "/n1")),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, ("missing", "")),
        ({"contains": {"const": 1}}, [2], ("no_match", "")),
        ({"format": "uuid"}, "x", ("wrong_format", "")),
        ({"format": "date"}, "2026-13-01", ("wrong_format", "")),
        ({"format": "date"}, "20260101", ("wrong_format", "")),
        ({"format": "date-time"}, "2026-01-01", ("wrong_format", "")),
        ({"format": "time"}, "25:00:00Z", ("wrong_format", "")),
        ({"format": "email"}, "ada", ("wrong_format", "")),
        ({"format": "uri"}, "no scheme", ("wrong_format", "")),
        ({"format": "hostname"}, "-x", ("wrong_format", "")),
        ({"format": "ipv4"}, "::1", ("wrong_format", "")),
        ({"format": "ipv6"}, "1.2.3.4", ("wrong_format", "")),
        ({"format": "regex"}, "(?=a)", ("wrong_format", "")),
        (ARTIFACT, "picture.png", ("wrong_format", "")),
        (ARTIFACT, f"urn:uuid:{PICTURE}", ("wrong_format", "")),
        (ARTIFACT, 7, ("wrong_type", "")),
    ],
)
def test_what_does_not_fit_is_named_where_it_stands(
    schema: dict[str, Any], value: Any, error: tuple[str, str]
) -> None:
    code, pointer = error
    assert (code, f"/value{pointer}") in found(spell({"value": schema}), {"value": value})


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, 3.0),
        ({"type": "number"}, 3),
        ({"uniqueItems": True}, [1, True, "1", [1], {"a": 1}, [True]]),
        ({"pattern": "a"}, "bab"),
        ({"pattern": "^\\d{3}$"}, "123"),
        ({"format": "date-time"}, "2026-01-01T10:00:00Z"),
        ({"format": "date-time"}, "2026-01-01T10:00:00.25+02:00"),
        ({"format": "time"}, "00:00:00Z"),
        ({"format": "date"}, "2026-02-28"),
        ({"format": "email"}, "ada@example.org"),
        ({"format": "uri"}, "https://example.org/a?b"),
        ({"format": "hostname"}, "a.example.org"),
        ({"format": "ipv6"}, "::1"),
        ({"format": "uuid"}, PICTURE.upper()),
        ({"format": "artifact"}, 7),
        (ARTIFACT, PICTURE),
    ],
)
def test_what_fits_is_let_through(schema: dict[str, Any], value: Any) -> None:
    assert filled(spell({"value": schema}), {"value": value}) == {"value": value}


def test_sentences_never_repeat_long_values() -> None:
    definition = spell({"a": {"type": "integer"}, "b": {"maxLength": 1}, "c": {"enum": ["x"]}})
    long = "secret" * 1_000
    _, problems = check_inputs(definition, {"a": long, "b": long, "c": long, long: 1})
    assert len(problems) == 4
    assert all(len(problem.detail) < 300 for problem in problems)


@pytest.mark.failure("D9")
def test_patterns_take_linear_time() -> None:
    """Guard: patterns run on google-re2, which does not backtrack."""
    definition = spell(
        {"a": {"pattern": "^(a+)+$"}, "b": {"patternProperties": {"^(a|a)*$": {}}}},
        additionalProperties=False,
        patternProperties={"^(a+)+$": {}},
    )
    text = "a" * 5_000 + "b"
    started = time.process_time()
    inputs = {"a": text, "b": {text: 1}, text: 1}
    assert ("wrong_pattern", "/a") in found(definition, inputs)
    assert time.process_time() - started < 2


def test_unique_items_take_linear_time() -> None:
    definition = spell({"a": {"type": "array", "uniqueItems": True}})
    items = [n if n % 2 else [str(n)] for n in range(60_000)]
    started = time.process_time()
    assert filled(definition, {"a": items})
    assert time.process_time() - started < 5


def test_problems_are_listed_up_to_a_limit() -> None:
    definition = spell({"a": {"type": "array", "items": {"type": "string"}}})
    _, problems = check_inputs(definition, {"a": list(range(10_000))})
    assert len(problems) == 101
    assert problems[-1].code == "too_many_problems"


def test_defaults_cannot_multiply_without_end() -> None:
    items = {"type": "object", "properties": {f"p{n}": {"default": "x" * 500} for n in range(20)}}
    definition = spell({"a": {"type": "array", "items": items}})
    assert found(definition, {"a": [{}] * 50_000}) == {("too_large", "")}


def test_values_are_checked_below_a_pointer() -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"b": {"type": "string"}}}
    problems = check_values(schema, {"b": 1}, "/steps/0/inputs")
    assert {(p.code, p.pointer) for p in problems} == {
        ("missing", "/steps/0/inputs/a"),
        ("wrong_type", "/steps/0/inputs/b"),
    }
    assert check_values(schema, {"a": 1, "more": 2}) == ()


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ({"$ref": "#"}, "too_deep"),
        ({"$ref": "http://localhost:1/never"}, "bad_reference"),
        ({"properties": {"a": {"$ref": "#/$defs/none"}}}, "bad_reference"),
        ({"properties": {"a": {"pattern": "(?=x)"}}}, "bad_pattern"),
    ],
)
def test_a_tools_schema_that_cannot_be_used_is_a_problem_and_no_crash(
    schema: dict[str, Any], code: str
) -> None:
    assert [problem.code for problem in check_values(schema, {"a": "x"})] == [code]


def test_another_dialect_inside_a_schema_does_not_bring_its_own_validator() -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/a"}},
        "$defs": {"a": ARTIFACT},
    }
    assert [p.code for p in check_values(schema, {"a": "x"})] == ["wrong_format"]


@settings(deadline=None)
@given(json_values, st.sampled_from([{}, {"default": 1}, {"type": "string"}, {"minItems": 1}]))
def test_no_json_makes_the_check_of_inputs_raise(value: Any, schema: dict[str, Any]) -> None:
    definition = spell({"a": schema, "b": {"type": "object", "properties": {"": schema}}})
    for inputs in (value, {"a": value}, {"b": value}, {"b": {"": value}}):
        values, problems = check_inputs(definition, inputs)
        if not problems:
            assert values.items() >= inputs.items() or "b" in inputs
