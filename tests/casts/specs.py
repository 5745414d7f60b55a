"""Tools that exist only on paper, for tests of definitions."""

from typing import Any

from generations.adapters.base import ToolSpec

ARTIFACT = {"type": "string", "format": "artifact"}


def tool(
    key: str, inputs: dict[str, Any], outputs: dict[str, Any], *, required: tuple[str, ...] = ()
) -> ToolSpec:
    return ToolSpec(
        key=key,
        version="1",
        title=key,
        adapter="paper",
        input_schema={
            "type": "object",
            "properties": inputs,
            "required": list(required),
            "additionalProperties": False,
        },
        output_schema={
            "type": "object",
            "properties": outputs,
            "required": list(outputs),
            "additionalProperties": False,
        },
    )


def paper_tools() -> dict[str, ToolSpec]:
    """Return a template, a picture, a caption, a grid, and one that takes and gives anything."""
    specs = [
        tool(
            "text.template",
            {"template": {"type": "string"}, "values": {"type": "object"}},
            {"text": {"type": "string"}},
            required=("template",),
        ),
        tool(
            "image.draw",
            {
                "seed": {"type": "integer", "minimum": 0},
                "width": {"type": "integer", "minimum": 16, "maximum": 2048, "default": 512},
                "style": {"enum": ["flat", "oil"]},
                "colours": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
                "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            },
            {"image": ARTIFACT, "size": {"$ref": "#/$defs/Size"}},
            required=("seed",),
        ).model_copy(
            update={
                "output_schema": {
                    "type": "object",
                    "properties": {"image": ARTIFACT, "size": {"$ref": "#/$defs/Size"}},
                    "required": ["image", "size"],
                    "$defs": {
                        "Size": {
                            "type": "object",
                            "properties": {"width": {"type": "integer"}},
                            "additionalProperties": False,
                        }
                    },
                }
            }
        ),
        tool(
            "image.caption",
            {"image": ARTIFACT, "text": {"type": "string"}},
            {"image": ARTIFACT},
            required=("image", "text"),
        ),
        tool(
            "image.grid",
            {
                "images": {"type": "array", "items": ARTIFACT},
                "labels": {"type": "array", "items": {"type": ["string", "null"]}},
            },
            {"image": ARTIFACT},
            required=("images",),
        ),
        tool("any.echo", {"value": {}, "more": {}}, {"value": {}}),
    ]
    return {spec.key: spec for spec in specs}
