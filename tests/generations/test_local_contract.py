"""What holds for every local tool, whoever wrote it.

Where an example takes a picture it refers to another step, like ``${{ steps.art.image }}``; here
each of these gets a picture that image.flow_field draws.
"""

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generations.adapters.base import Immediate, InvalidInput, ToolSpec
from generations.tools import reasons_to_refuse
from tests.generations.calls import MemoryCall, draw, execute, expect, local, picture, png

SPECS = sorted(local().tools(), key=lambda spec: spec.key)
REFERENCE = re.compile(r"\$\{\{ steps\.(\w+)\.\w+ \}\}")
NUMBERS = {"integer", "number"}
BOUNDED = {"maxLength", "enum", "const", "format"}


@pytest.fixture(params=SPECS, ids=lambda spec: spec.key)
def spec(request: pytest.FixtureRequest) -> ToolSpec:
    found: ToolSpec = request.param
    return found


@cache
def drawn(name: str) -> bytes:
    """Return the picture that stands for a step of this name."""
    seed = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)
    return draw("image.flow_field", {"seed": seed, "width": 160, "height": 120})


def with_files(spec: ToolSpec) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the example of a tool with a picture for every reference."""
    text = json.dumps(spec.example)
    files = {name: drawn(name) for name in set(REFERENCE.findall(text))}
    inputs = json.loads(REFERENCE.sub(r"\1", text))
    assert "${{" not in json.dumps(inputs)
    return inputs, files


def perform(spec: ToolSpec, changes: Mapping[str, Any] | None = None) -> tuple[MemoryCall, Any]:
    """Run the example of a tool, with changes to its inputs."""
    inputs, files = with_files(spec)
    call = MemoryCall(inputs | dict(changes or {}), files=files, seconds=spec.deadline_s)
    return call, execute(local(), spec.key, call)


@cache
def example_of(key: str) -> tuple[MemoryCall, Any, float]:
    """Run the example of a tool once; returns the call, what it gave, and the seconds it took."""
    spec = next(spec for spec in SPECS if spec.key == key)
    start = time.monotonic()
    call, done = perform(spec)
    return call, done, time.monotonic() - start


def told(call: MemoryCall, done: Any) -> Any:
    """Return the outputs with the contents of files in place of their ids.

    What a tool measures (``text.sleep``) is no result.
    """
    outputs = {name: value for name, value in done.outputs.items() if name != "slept_s"}
    text = json.dumps(outputs, sort_keys=True)
    for ref in call.kept:
        text = text.replace(ref.id, ref.sha256)
    return json.loads(text)


def unbounded(schema: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every input that could be of any length, size or number.

    What a tool only passes on is bounded by the size of a call alone: values of names that are
    free, and a number where there could also be a text, which is only written.
    """
    kind, own = schema.get("type"), schema.keys()
    if kind == "string" and not (own & BOUNDED or ends(schema.get("pattern", ""))):
        yield f"{path}: no maxLength"
    if kind in NUMBERS and not {"minimum", "maximum"} <= own:
        yield f"{path}: no minimum and maximum"
    if kind == "array":
        if "maxItems" not in own:
            yield f"{path}: no maxItems"
        yield from unbounded(schema.get("items", {}), f"{path}[]")
    ways = schema.get("anyOf", ())
    is_written = any(way.get("type") == "string" for way in ways)
    for way in ways:
        if not (is_written and way.get("type") in NUMBERS):
            yield from unbounded(way, path)
    for name, part in schema.get("properties", {}).items():
        yield from unbounded(part, f"{path}/{name}")


def ends(pattern: str) -> bool:
    """Tell whether only texts of a bounded length match a pattern."""
    return pattern.startswith("^") and pattern.endswith("$") and not re.search(r"[*+]|,\}", pattern)


def test_the_example_of_a_tool_works_and_gives_what_its_schema_says(spec: ToolSpec) -> None:
    inputs, _ = with_files(spec)
    assert inputs
    Draft202012Validator(spec.input_schema).validate(inputs)
    call, done, seconds = example_of(spec.key)
    assert seconds < spec.deadline_s / 2
    Draft202012Validator(spec.output_schema).validate(done.outputs)
    assert {ref.id for ref in done.artifacts} == {ref.id for ref in call.kept}
    assert json.loads(json.dumps(done.outputs)) == done.outputs


def test_the_picture_of_an_example_is_of_the_size_it_tells(spec: ToolSpec) -> None:
    call, done, _ = example_of(spec.key)
    kept = {ref.id: ref for ref in call.kept}
    image = kept.get(done.outputs.get("image", ""))
    if image is not None and image.media_type == "image/png":
        size = picture(call.files[image.id]).size
        assert size == (done.outputs["width"], done.outputs["height"])


def test_the_same_inputs_give_the_same_bytes_and_another_seed_others(spec: ToolSpec) -> None:
    """For speed what can be drawn small is drawn small."""
    properties = spec.input_schema["properties"]
    changes = {"width": 128, "height": 96} if {"width", "height"} <= properties.keys() else {}
    first, again = perform(spec, changes), perform(spec, changes)
    assert told(*first) == told(*again)
    assert [ref.sha256 for ref in first[0].kept] == [ref.sha256 for ref in again[0].kept]
    if "seed" in properties:
        seed = with_files(spec)[0].get("seed", 0)
        others = (told(*perform(spec, changes | {"seed": seed + step})) for step in (1, 2, 3))
        assert any(other != told(*first) for other in others)


def test_a_tool_is_one_that_the_catalogue_takes(spec: ToolSpec) -> None:
    assert isinstance(local(), Immediate)
    assert list(reasons_to_refuse(spec, local())) == []
    assert spec.title
    assert spec.description.endswith(".")


def test_every_input_that_could_explode_is_bounded(spec: ToolSpec) -> None:
    assert list(unbounded(spec.input_schema)) == []


def test_a_tool_refuses_unknown_and_missing_inputs(spec: ToolSpec) -> None:
    assert spec.input_schema["additionalProperties"] is False
    inputs, files = with_files(spec)
    error = expect(InvalidInput, spec.key, inputs | {"surprise": 1}, files=files)
    assert "surprise" in error.message
    for name in spec.input_schema["required"]:
        rest = {key: value for key, value in inputs.items() if key != name}
        assert name in expect(InvalidInput, spec.key, rest, files=files).message


def test_files_are_told_by_their_format(spec: ToolSpec) -> None:
    properties = spec.input_schema["properties"] | spec.output_schema["properties"]
    for name, schema in properties.items():
        if name in {"image", "top", "mask"}:
            assert is_file(schema)
        if name == "images":
            assert is_file(schema["items"])


def is_file(schema: Mapping[str, Any]) -> bool:
    """Tell whether a value is a file, or may be none at all."""
    ways = [part for part in schema.get("anyOf", [schema]) if part != {"type": "null"}]
    return all((part["type"], part["format"]) == ("string", "artifact") for part in ways)


SIZED = [spec for spec in SPECS if {"width", "height"} <= spec.input_schema["properties"].keys()]


@pytest.mark.parametrize("shape", ["smallest", "narrowest"])
@pytest.mark.parametrize("spec", SIZED, ids=lambda spec: spec.key)
def test_the_smallest_and_the_narrowest_picture_are_made(spec: ToolSpec, shape: str) -> None:
    sides = [spec.input_schema["properties"][side] for side in ("width", "height")]
    width = sides[0]["minimum"]
    height = sides[1]["minimum"] if shape == "smallest" else sides[1]["maximum"] // 4
    _, done = perform(spec, {"width": width, "height": height})
    assert (done.outputs["width"], done.outputs["height"]) == (width, height)


LARGEST = {
    "image.filter": {"image": "huge", "filter": "risograph", "strength": 1, "size": 4},
    "image.noise": {"seed": 1, "style": "silk", "seamless": True, "scale": 0.25},
    "image.shapes": {"seed": 1, "style": "orbits", "amount": 2},
    "text.choose": {"seed": 1, "count": 1000, "options": ["x" * 1000] * 1000},
}


@pytest.mark.parametrize("key", LARGEST)
def test_the_largest_call_stays_within_its_time_and_memory(key: str) -> None:
    """Those of each kind that need most; the child holds the limits of both while it runs."""
    spec = next(spec for spec in SPECS if spec.key == key)
    properties, inputs = spec.input_schema["properties"], dict(LARGEST[key])
    for side in {"width", "height"} & properties.keys():
        inputs[side] = properties[side]["maximum"]
    call = MemoryCall(inputs, files={"huge": png((2048, 2048))}, seconds=spec.deadline_s)
    execute(local(), key, call)
    assert call.seconds_left() > spec.deadline_s / 3
