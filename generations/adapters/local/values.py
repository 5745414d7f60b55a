"""The inputs and outputs of local tools: strict models, and files among their values."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

Translate = Callable[[str], str]


class Values(BaseModel):
    """Base of the inputs and the outputs of a local tool: no coercion, no unknown names."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


V = TypeVar("V", bound=Values)


def _translated(artifact: str, info: ValidationInfo) -> str:
    translate: Translate | None = info.context
    return translate(artifact) if translate else artifact


Artifact = Annotated[
    str,
    AfterValidator(_translated),
    WithJsonSchema({"type": "string", "format": "artifact"}),
]
"""The id of a stored file."""

Seed = Annotated[
    int,
    Field(ge=0, le=2**53 - 1, description="The same seed and inputs give the same result."),
]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


def read(model: type[V], values: Mapping[str, Any], translate: Translate | None = None) -> V:
    """Check values, as they come from JSON, against a model; raises ValueError with a sentence.

    ``translate`` is called with every artifact id and gives the id to put in its place; it raises
    ValueError for a file that must not be there.
    """
    try:
        text = json.dumps(_plain(values), allow_nan=False)
        return model.model_validate_json(text, context=translate)
    except ValidationError as error:
        raise ValueError(_sentence(error)) from None


def _plain(value: Any) -> Any:
    """Write 3.0 as 3: JSON Schema and JMESPath see no difference, a strict model does.

    Refuses the character NUL, which PostgreSQL cannot store.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("a text holds the character NUL")
    if isinstance(value, Mapping):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _sentence(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    lines = [f"{'.'.join(map(str, one['loc'])) or 'values'}: {one['msg']}" for one in found]
    more = f" (and {len(lines) - 5} more)" if len(lines) > 5 else ""
    return "; ".join(lines[:5]) + more


class _Schema(GenerateJsonSchema):
    """Without the titles that only repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> dict[str, Any]:
        written = super().model_schema(schema)
        written.pop("title", None)
        written.pop("description", None)
        return written


def schema_of(model: type[Values], side: Literal["validation", "serialization"]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the values a tool takes or gives."""
    return model.model_json_schema(mode=side, schema_generator=_Schema)
