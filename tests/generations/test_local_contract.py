"""What holds for every local tool, whoever wrote it."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generations.adapters.base import Immediate, InvalidInput, ToolSpec
from generations.tools import reasons_to_refuse
from tests.generations.calls import MemoryCall, execute, expect, local, png

SPECS = sorted(local().tools(), key=lambda spec: spec.key)


@pytest.fixture(params=SPECS, ids=lambda spec: spec.key)
def spec(request: pytest.FixtureRequest) -> ToolSpec:
    found: ToolSpec = request.param
    return found


def with_files(spec: ToolSpec) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the example of a tool with a picture for every reference."""
    text = json.dumps(spec.example)
    files = {name: png((80, 60)) for name in ("art", "a", "b")}
    for name in files:
        text = text.replace(f"${{{{ steps.{name}.image }}}}", name)
    assert "${{" not in text
    return json.loads(text), files


def test_the_example_of_a_tool_works_and_gives_what_its_schema_says(spec: ToolSpec) -> None:
    inputs, files = with_files(spec)
    Draft202012Validator(spec.input_schema).validate(inputs)
    call = MemoryCall(inputs, files=files)
    done = execute(local(), spec.key, call)
    Draft202012Validator(spec.output_schema).validate(done.outputs)
    assert {ref.id for ref in done.artifacts} == {ref.id for ref in call.kept}
    assert json.loads(json.dumps(done.outputs)) == done.outputs


def test_the_example_gives_the_same_files_again(spec: ToolSpec) -> None:
    inputs, files = with_files(spec)
    calls = [MemoryCall(inputs, files=files) for _ in range(2)]
    for call in calls:
        execute(local(), spec.key, call)
    assert [ref.sha256 for ref in calls[0].kept] == [ref.sha256 for ref in calls[1].kept]


def test_a_tool_is_one_that_the_catalogue_takes(spec: ToolSpec) -> None:
    assert isinstance(local(), Immediate)
    assert list(reasons_to_refuse(spec, local())) == []
    assert spec.title
    assert spec.description.endswith(".")


def test_a_tool_refuses_unknown_and_missing_inputs(spec: ToolSpec) -> None:
    assert spec.input_schema["additionalProperties"] is False
    inputs, files = with_files(spec)
    error = expect(InvalidInput, spec.key, inputs | {"surprise": 1}, files=files)
    assert "surprise" in error.message
    for name in spec.input_schema["required"]:
        rest = {key: value for key, value in inputs.items() if key != name}
        assert name in expect(InvalidInput, spec.key, rest, files=files).message


def test_files_are_told_by_their_format(spec: ToolSpec) -> None:
    artifact = {"type": "string", "format": "artifact"}
    properties = spec.input_schema["properties"] | spec.output_schema["properties"]
    for name, schema in properties.items():
        if name == "image":
            assert schema == artifact
        if name == "images":
            assert schema["items"] == artifact
