"""The document of a first draft: from tools, chained by what fits, or after another spell."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casts.definition.document import canonical
from casts.definition.schema_types import followed, types_of
from casts.sketching.remarks import is_file, is_list_of_files
from generations.adapters.base import ToolSpec

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_NESTING = 12
_SCALARS = (str, int, float, bool)


def document_like(document: Mapping[str, Any], slug: str) -> dict[str, Any]:
    """Return another spell's definition under a new slug; private until somebody says otherwise."""
    named = canonical({**document, "slug": slug, "name": _title(slug)})
    return {key: value for key, value in named.items() if key not in {"visibility", "open"}}


def document_from(tools: Sequence[ToolSpec], slug: str) -> dict[str, Any]:
    """Return a definition that calls tools one after the other, with inputs that work.

    A file, or a text of the same name, comes from the step before that gives one; what else a
    tool requires becomes an input of the spell, with the value of the tool's own example.
    """
    draft = _Draft()
    for tool in tools:
        draft.add(tool)
    return {
        "slug": slug,
        "name": _title(slug),
        "description": "Say here in a sentence what it makes.",
        "inputs": draft.inputs(),
        "steps": [step.document() for step in draft.steps],
        "outputs": draft.outputs(),
    }


def _title(slug: str) -> str:
    return slug.replace("-", " ").capitalize()


@dataclass
class _Step:
    """A step in the making; ``is_used`` once another one refers to it."""

    key: str
    tool: ToolSpec
    inputs: dict[str, Any] = field(default_factory=dict)
    is_used: bool = False

    def document(self) -> dict[str, Any]:
        named = {"key": self.key, "tool": self.tool.key}
        return {**named, "inputs": self.inputs} if self.inputs else named

    @property
    def outputs(self) -> dict[str, Any]:
        found: dict[str, Any] = self.tool.output_schema.get("properties", {})
        return found

    def refer(self, output: str) -> str:
        """Return the expression of an output."""
        self.is_used = True
        return _expression(f"steps.{self.key}", output)


class _Draft:
    def __init__(self) -> None:
        self.steps: list[_Step] = []
        self._properties: dict[str, Any] = {}
        self._required: list[str] = []

    def add(self, tool: ToolSpec) -> None:
        """Add a step that calls a tool."""
        step = _Step(self._key(tool), tool)
        properties = tool.input_schema.get("properties", {})
        required = tool.input_schema.get("required", ())
        for name, schema in properties.items():
            example = tool.example.get(name)
            if name in required:
                step.inputs[name] = self._required_value(step, name, schema, example)
            elif _is_plain(example):
                step.inputs[name] = self._optional_value(step, example)
        self.steps.append(step)

    def inputs(self) -> dict[str, Any]:
        """Return the schema of the spell's inputs."""
        required = {"required": self._required} if self._required else {}
        return {"type": "object", **required, "properties": self._properties}

    def outputs(self) -> dict[str, Any]:
        """Return what the spell gives: the main output of each step that no other one uses."""
        found: dict[str, Any] = {}
        for step in self.steps:
            if step.is_used:
                continue
            name = _main_output(step)
            said = name if name and name not in found else f"{step.key}_{name or 'result'}"
            found[said] = step.refer(name) if name else f"${{{{ steps.{step.key} }}}}"
        return found

    def _key(self, tool: ToolSpec) -> str:
        wanted = tool.key.rpartition(".")[2][:36]
        taken = {step.key for step in self.steps}
        numbered = (f"{wanted}_{number}" for number in range(2, 102))
        return next(key for key in (wanted, *numbered) if key not in taken)

    def _required_value(self, step: _Step, name: str, schema: Any, example: Any) -> Any:
        root = step.tool.input_schema
        if is_file(schema, root):
            source = next(self._sources_of_files(), None)
            return source or self._ask(step, name, schema, None)
        if is_list_of_files(schema, root):
            return list(self._sources_of_files())[::-1] or self._ask(step, name, schema, None)
        if types_of(schema, root) == {"string"}:
            giver = self._giver_of_text(name)
            if giver is not None:
                return giver.refer(name)
        # Braces are for the tool to fill in; they are no value that a caster would give.
        is_pattern = isinstance(example, str) and "{" in example
        if _is_plain(example) and (is_pattern or not isinstance(example, _SCALARS)):
            return example
        return self._ask(step, name, schema, example if _is_plain(example) else None)

    def _optional_value(self, step: _Step, example: Any) -> Any:
        """Return an example; the texts that a tool fills in by name are for the caster to give."""
        is_by_name = isinstance(example, Mapping) and bool(example)
        if not is_by_name or not all(isinstance(text, str) for text in example.values()):
            return example
        text = {"type": "string", "maxLength": 200}
        return {name: self._ask(step, name, text, value) for name, value in example.items()}

    def _sources_of_files(self) -> Iterator[str]:
        """Yield an expression for each file that a step gives, the latest first."""
        for step in reversed(self.steps):
            for name, schema in step.outputs.items():
                if is_file(schema, step.tool.output_schema):
                    yield step.refer(name)

    def _giver_of_text(self, name: str) -> _Step | None:
        for step in reversed(self.steps):
            root = step.tool.output_schema
            schema = step.outputs.get(name)
            if schema is not None and types_of(schema, root) == {"string"}:
                return None if is_file(schema, root) else step
        return None

    def _ask(self, step: _Step, name: str, schema: Any, example: Any) -> str:
        """Make an input of the spell; one that another step asked for alike serves both."""
        asked = _in_order(_written_out(schema, step.tool.input_schema), example)
        known = self._properties.get(name, asked)
        is_alike = _without_default(known) == _without_default(asked)
        said = name if is_alike else f"{step.key}_{name}"
        if said not in self._properties:
            self._properties[said] = asked
            if "default" not in asked:
                self._required.append(said)
        return _expression("inputs", said)


def _main_output(step: _Step) -> str | None:
    root = step.tool.output_schema
    files = (name for name, schema in step.outputs.items() if is_file(schema, root))
    return next(files, next(iter(step.outputs), None))


def _expression(root: str, name: str) -> str:
    said = name if _NAME.fullmatch(name) else json.dumps(name)
    return f"${{{{ {root}.{said} }}}}"


def _is_plain(example: Any) -> bool:
    """Whether an example stands for itself: its expressions speak of steps that are not there."""
    if isinstance(example, str):
        return "${{" not in example
    if isinstance(example, Mapping):
        return all(map(_is_plain, example.values()))
    if isinstance(example, list):
        return all(map(_is_plain, example))
    return example is not None


def _without_default(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "default"}


def _in_order(schema: Mapping[str, Any], default: Any) -> dict[str, Any]:
    """Return a schema with its type first and its words for people last."""
    first = {key: schema[key] for key in ("type", "format", "enum") if key in schema}
    last = {"default": default} if default is not None else {}
    last |= {"description": schema["description"]} if "description" in schema else {}
    return {**first, **{k: v for k, v in schema.items() if k not in first | last}, **last}


def _written_out(schema: Any, root: Mapping[str, Any], depth: int = 0) -> Any:
    """Return a schema that refers to nothing: what it refers to stands in its place."""
    if depth > _NESTING:
        return {}
    schema = followed(schema, root)
    if isinstance(schema, Mapping):
        return {key: _written_out(value, root, depth + 1) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_written_out(item, root, depth + 1) for item in schema]
    return schema
