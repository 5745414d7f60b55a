"""What a form asks for: the inputs that a spell declares, one question each. Pure.

The libraries there are that make a form of a JSON Schema draw it in the browser, by JavaScript;
none builds Django fields. So the few shapes that a form can ask for by itself are recognised here,
and whatever else a schema may say is asked for as JSON.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from casts.definition.schema_types import followed
from generations.schemas import ARTIFACT, pointer_to

COLOUR: Final = "^#[0-9a-fA-F]{6}$"
LONG: Final = 160
"""Texts that may be longer, in characters, are asked for in several lines."""

Schema = Mapping[str, Any]
_COMBINING = ("allOf", "anyOf", "oneOf", "not", "if", "$ref", "prefixItems", "patternProperties")


class Kind(Enum):
    """How an input is asked for."""

    LINE = "line"
    TEXT = "text"
    COLOUR = "colour"
    NUMBER = "number"
    CHOICE = "choice"
    SWITCH = "switch"
    FILE = "file"
    FILES = "files"
    LIST = "list"
    JSON = "json"


class Missing(Enum):
    """Stands for a value that is not there, where every value may be one."""

    NOT_GIVEN = "not given"


NOT_GIVEN: Final = Missing.NOT_GIVEN


@dataclass(frozen=True)
class Question:
    """One input; ``schema`` is what its value must fit, without null, which ``nullable`` allows.

    ``in_optional`` says that it is a member of an object that need not be given.
    """

    path: tuple[str, ...]
    kind: Kind
    schema: Schema
    is_required: bool
    nullable: bool = False
    default: Any = NOT_GIVEN
    items: Schema = field(default_factory=dict)
    in_optional: bool = False

    @property
    def label(self) -> str:
        """What it is called."""
        return _label(self.path[-1], self.schema)

    @property
    def description(self) -> str:
        """What its author says of it."""
        return _text(self.schema.get("description"))

    @property
    def pointer(self) -> str:
        """The JSON pointer of its value in the inputs."""
        return pointer_to(self.path)


@dataclass(frozen=True)
class Group:
    """An input that is an object, asked for member by member."""

    name: str
    schema: Schema
    is_required: bool
    members: tuple[Question, ...]

    @property
    def label(self) -> str:
        """What it is called."""
        return _label(self.name, self.schema)

    @property
    def description(self) -> str:
        """What its author says of it."""
        return _text(self.schema.get("description"))


def questions_of(inputs: Schema) -> tuple[Question | Group, ...]:
    """Return what to ask for the inputs of a spell, given as JSON Schema, in the schema's order."""
    return tuple(_asked(inputs, inputs))


def each(parts: tuple[Question | Group, ...]) -> Iterator[Question]:
    """Yield all questions, those of groups too."""
    for part in parts:
        yield from part.members if isinstance(part, Group) else (part,)


def _asked(inputs: Schema, root: Schema) -> Iterator[Question | Group]:
    for name, declared in inputs.get("properties", {}).items():
        schema, nullable = _meant(declared, root)
        is_required = name in inputs.get("required", ())
        default = schema.get("default", NOT_GIVEN)
        if not nullable and _is_group(schema):
            yield Group(name, schema, is_required, _members(name, schema, root, is_required))
        else:
            yield _question((name,), schema, root, is_required, nullable, default)


def _members(name: str, schema: Schema, root: Schema, is_required: bool) -> tuple[Question, ...]:  # noqa: FBT001
    """Return the questions of an object; what its own default says wins over its members'.

    An object that need not be given has none but that: with defaults it would always be given.
    """
    whole = schema.get("default")
    found = []
    for member, declared in schema["properties"].items():
        inner, nullable = _meant(declared, root)
        default = inner.get("default", NOT_GIVEN) if is_required else NOT_GIVEN
        if isinstance(whole, Mapping):
            default = whole.get(member, NOT_GIVEN)
        required = member in schema.get("required", ())
        asked = _question((name, member), inner, root, required, nullable, default)
        found.append(replace(asked, in_optional=not is_required))
    return tuple(found)


def _question(  # noqa: PLR0913, PLR0917 - read off a schema
    path: tuple[str, ...],
    schema: Schema,
    root: Schema,
    is_required: bool,  # noqa: FBT001
    nullable: bool,  # noqa: FBT001
    default: Any,
) -> Question:
    items, _ = _meant(schema.get("items"), root)
    kind = _kind(schema, items)
    return Question(path, kind, schema, is_required, nullable, default, items)


def _meant(declared: Any, root: Schema) -> tuple[Schema, bool]:
    """Return a schema with its references followed and null taken out, and whether it was in."""
    schema = _resolved(declared, root)
    types = schema.get("type")
    if isinstance(types, list):
        others = [name for name in types if name != "null"]
        one = others[0] if len(others) == 1 else others
        return {**schema, "type": one}, "null" in types
    branches = schema.get("anyOf") or schema.get("oneOf") or ()
    others = [one for one in branches if one != {"type": "null"}]
    if len(others) == 1 and len(branches) == 2:
        around = {word: schema[word] for word in schema if word not in {"anyOf", "oneOf"}}
        return {**_resolved(others[0], root), **around}, True
    return schema, False


def _resolved(declared: Any, root: Schema) -> Schema:
    target = followed(declared, root)
    if not isinstance(target, Mapping):
        return {}
    if not isinstance(declared, Mapping) or target is declared:
        return target
    return {**target, **{word: declared[word] for word in declared if word != "$ref"}}


def _kind(schema: Schema, items: Schema) -> Kind:  # noqa: PLR0911 - one for each
    if any(word in schema for word in _COMBINING):
        return Kind.JSON
    if _has_choices(schema):
        return Kind.CHOICE
    match schema.get("type"):
        case "string":
            return _kind_of_text(schema)
        case "integer" | "number":
            return Kind.NUMBER
        case "boolean":
            return Kind.SWITCH
        case "array" if _kind(items, {}) is Kind.FILE:
            return Kind.FILES
        case "array" if _is_scalar(items):
            return Kind.LIST
    return Kind.JSON


def _kind_of_text(schema: Schema) -> Kind:
    if schema.get("format") == ARTIFACT:
        return Kind.FILE
    if schema.get("pattern") == COLOUR and isinstance(schema.get("default"), str):
        return Kind.COLOUR
    is_short = schema.get("maxLength", LONG + 1) <= LONG or "format" in schema
    return Kind.LINE if is_short or "pattern" in schema else Kind.TEXT


def _has_choices(schema: Schema) -> bool:
    choices = [schema["const"]] if "const" in schema else schema.get("enum")
    return bool(choices) and not any(isinstance(one, list | dict) for one in choices or ())


def _is_scalar(items: Schema) -> bool:
    return not any(word in items for word in _COMBINING) and (
        _has_choices(items) or items.get("type") in {"string", "integer", "number", "boolean"}
    )


def _is_group(schema: Schema) -> bool:
    return (
        schema.get("type") == "object"
        and bool(schema.get("properties"))
        and not schema.get("additionalProperties")
        and not any(word in schema for word in (*_COMBINING, "enum", "const"))
    )


def choices_of(schema: Schema) -> list[Any]:
    """Return the values that a schema with choices allows."""
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def _label(name: str, schema: Schema) -> str:
    title = _text(schema.get("title")) or name.replace("_", " ").replace("-", " ").strip() or name
    return title[:1].upper() + title[1:]


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
