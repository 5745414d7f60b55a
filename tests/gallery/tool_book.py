"""``docs/tools.md``: every local tool with its inputs, its outputs and an example."""

import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from generations.adapters.base import ToolSpec
from generations.adapters.local.tool import load_tools

KINDS = {"image": "Pictures", "text": "Words", "data": "Data", "audio": "Sounds"}
_INTRODUCTION = """# The tools that run on this machine

They need no GPU, no account and no network, and give the same result for the same inputs. Each
example has really been run; where it refers to another step, a photograph was put in its place.
This page and its pictures are written by `make pictures`; `GET tools/` says the same as JSON, with
the whole JSON Schemas.
"""
_SHOWN = 1200  # characters of an example's outputs

Schema = Mapping[str, Any]


def local_tools() -> list[ToolSpec]:
    """Return the local tools in the order of the book, also those this machine cannot run."""
    tools = load_tools(import_module("generations.adapters.local.tools"))
    specs = [tool.spec() for tool in tools.values()]
    order = {kind: place for place, kind in enumerate(KINDS)}
    shown = [spec for spec in specs if not spec.debug_only]
    return sorted(shown, key=lambda spec: (order[_kind(spec)], spec.key))


def book(specs: list[ToolSpec], results: Mapping[str, str]) -> str:
    """Write the page; ``results`` says, in Markdown, what each tool's example gave."""
    parts = [_INTRODUCTION]
    chapter = ""
    for spec in specs:
        if (kind := _kind(spec)) != chapter:
            parts.append(f"## {KINDS[kind]}\n")
            chapter = kind
        parts.append(entry(spec) + "\n\n" + example(spec) + "\n\n" + results[spec.key] + "\n")
    return "\n".join(parts)


def entry(spec: ToolSpec) -> str:
    """Write what a tool is, takes and gives."""
    retired = f"\n\n**Retired:** {spec.retired}" if spec.retired else ""
    description = spec.description.replace("\n", " ").replace("  ", "\n\n")
    return (
        f"### `{spec.key}`, version {spec.version}\n\n{description}{retired}\n\n"
        f"| input | takes | unless given | |\n|---|---|---|---|\n{_inputs(spec.input_schema)}\n\n"
        f"| output | is | |\n|---|---|---|\n{_outputs(spec.output_schema)}"
    )


def example(spec: ToolSpec) -> str:
    """Write the inputs of a tool's example."""
    return f"```json\n{_json(spec.example)}\n```"


def outputs(values: Any) -> str:
    """Write what an example gave, when that is not a picture."""
    text = _json(values)
    cut = text if len(text) <= _SHOWN else text[:_SHOWN].rsplit("\n", 1)[0] + "\n…"
    return f"gives\n\n```json\n{cut}\n```"


def picture(spec: ToolSpec, size: tuple[int, int]) -> str:
    """Write where an example's picture is."""
    width, height = (round(side / 2) for side in size)
    title = f'alt="What the example of {spec.key} gives" width="{width}" height="{height}"'
    return f'<img src="pictures/tools/{spec.key}.webp" {title}>'


def _kind(spec: ToolSpec) -> str:
    return spec.key.partition(".")[0]


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _inputs(schema: Schema) -> str:
    required = schema.get("required", ())
    return "\n".join(
        f"| `{name}` | {_taken(one, schema)} | {_default(one, is_required=name in required)} "
        f"| {_said(one)} |"
        for name, one in schema["properties"].items()
    )


def _outputs(schema: Schema) -> str:
    return "\n".join(
        f"| `{name}` | {_taken(one, schema)} | {_said(one)} |"
        for name, one in schema["properties"].items()
    )


def _default(schema: Schema, *, is_required: bool) -> str:
    if is_required:
        return "*required*"
    default = schema.get("default")
    return "" if default is None else f"`{json.dumps(default, ensure_ascii=False)}`"


def _said(schema: Schema) -> str:
    return str(schema.get("description", "")).replace("|", "\\|").replace("\n", " ")


def _taken(schema: Schema, root: Schema) -> str:
    """Say in words what values a schema allows."""
    words = "; or ".join(dict.fromkeys(_words(schema, root)))
    return words.replace("|", "\\|")


def _words(schema: Schema, root: Schema) -> Iterator[str]:
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        for choice in choices:
            yield from _words(choice, root)
    elif "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        yield ", ".join(f"`{value}`" for value in values)
    elif schema.get("type") == "array":
        yield f"a list{_limits(schema, 'Items')} of: {_taken(schema.get('items', {}), root)}"
    elif schema.get("type") != "null":
        yield _simple(schema)


def _simple(schema: Schema) -> str:
    if schema.get("format") == "artifact":
        return "a file"
    if schema.get("pattern") == "^#[0-9a-fA-F]{6}$":
        return "a colour, `#rrggbb`"
    match schema.get("type"):
        case "string":
            pattern = f", `{schema['pattern']}`" if "pattern" in schema else ""
            return f"text{_limits(schema, 'Length', ' characters')}{pattern}"
        case "integer" | "number" as kind:
            return f"{'a whole number' if kind == 'integer' else 'a number'}{_range(schema)}"
        case kind:
            return {"boolean": "true or false", "object": "an object"}.get(str(kind), "any value")


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f" from {_number(low)} to {_number(high)}"
    return f", at least {_number(low)}" if low is not None else ""


def _limits(schema: Schema, what: str, unit: str = "") -> str:
    low, high = schema.get(f"min{what}", 0), schema.get(f"max{what}")
    if high is None:
        return f" of at least {low}{unit}" if low else ""
    return f" of {f'{low} to' if low else 'at most'} {_number(high)}{unit}"


def _number(value: float) -> str:
    return f"{int(value):,}" if float(value).is_integer() else str(value)
