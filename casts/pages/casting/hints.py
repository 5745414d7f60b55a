"""What a form says below the name of an input: what it is, its limits, what stands when empty."""

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat

from casts.pages.casting.questions import NOT_GIVEN, Kind, Question, Schema, choices_of
from generations.media_types import wanted

_SHOWN = 60
_FORMATS = {
    "date": "a date, like 2026-11-23",
    "time": "a time of day, like 09:30:00Z",
    "date-time": "a moment, like 2026-11-23T09:30:00Z",
    "email": "an e-mail address",
    "uri": "an address, like https://example.org/",
    "uuid": "an id",
}
_MEDIA = {"image/*": "any picture", "audio/*": "any sound", "video/*": "any video"}


def hint_of(question: Question) -> str:
    """Return the sentences below an input's name; empty when there is nothing to say."""
    parts = [question.description, *_of_kind(question), _when_empty(question)]
    return " ".join(_sentence(part) for part in parts if part)


def media_types_of(question: Question) -> list[str]:
    """Return the media types that a file may be of, such as ``image/png``; empty for any."""
    schema = question.items if question.kind is Kind.FILES else question.schema
    return wanted(schema.get("contentMediaType"))


def size_in_words(size: int) -> str:
    """Return a number of bytes as people say it: ``25 MB``."""
    return filesizeformat(size).replace(".0", "").replace("\xa0", " ")


def _of_kind(question: Question) -> Iterator[str]:
    schema = question.schema
    match question.kind:
        case Kind.LINE | Kind.TEXT:
            yield from _of_text(schema)
        case Kind.NUMBER:
            yield _of_number(schema)
        case Kind.LIST:
            yield "one per line, blank lines are left out"
            yield _each(question.items)
            yield _between(schema, "minItems", "maxItems", "item", "items")
        case Kind.FILE | Kind.FILES:
            yield _of_files(question)
            yield _between(schema, "minItems", "maxItems", "file", "files")
        case Kind.JSON:
            yield "JSON, like {} or []" if schema.get("type") != "array" else "JSON, like [1, 2]"


def _of_text(schema: Schema) -> Iterator[str]:
    yield _between(schema, "minLength", "maxLength", "character", "characters")
    yield _FORMATS.get(schema.get("format", ""), "")
    if "pattern" in schema and not schema.get("description"):
        yield f"it must match {schema['pattern']}"


def _of_number(schema: Schema) -> str:
    kind = "a whole number" if schema.get("type") == "integer" else "a number"
    limits = _range(schema)
    step = f", a multiple of {schema['multipleOf']}" if "multipleOf" in schema else ""
    return f"{kind}{limits}{step}"


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f" from {_number(low)} to {_number(high)}"
    words = {
        "minimum": "at least",
        "exclusiveMinimum": "more than",
        "maximum": "at most",
        "exclusiveMaximum": "less than",
    }
    limits = [f"{words[word]} {_number(schema[word])}" for word in words if word in schema]
    return f", {' and '.join(limits)}" if limits else ""


def _each(items: Schema) -> str:
    if choices := choices_of(items):
        return f"each one of {', '.join(map(_plain, choices))}"
    if items.get("type") in {"integer", "number"}:
        return f"each {_of_number(items)}"
    if items.get("type") == "boolean":
        return "each true or false"
    limits = [part for part in _of_text(items) if part]
    return f"each {', '.join(limits)}" if limits else ""


def _of_files(question: Question) -> str:
    types = media_types_of(question)
    kinds = ", ".join(_MEDIA.get(name, name.rpartition("/")[2].upper()) for name in types)
    size = size_in_words(settings.MAX_UPLOAD_BYTES)
    each = " each" if question.kind is Kind.FILES else ""
    return f"{kinds or 'any file'}, at most {size}{each}"


def _between(schema: Schema, least: str, most: str, one: str, many: str) -> str:
    low, high = schema.get(least, 0), schema.get(most)
    if high is None:
        return f"at least {_number(low)} {one if low == 1 else many}" if low else ""
    unit = one if high == 1 else many
    if low == high:
        return f"exactly {_number(high)} {unit}"
    return f"{_number(low)} to {_number(high)} {unit}" if low else f"at most {_number(high)} {unit}"


def _when_empty(question: Question) -> str:
    """Say what stands for an input that is left empty: nothing is made of it without a word."""
    default = question.default
    if question.kind in {Kind.SWITCH, Kind.COLOUR, Kind.CHOICE, Kind.FILE, Kind.FILES}:
        return ""
    if default is NOT_GIVEN or default is None or question.is_required:
        return ""
    return f"left empty, it is {_shortened(default)}" if default != "" else ""


def _shortened(value: Any) -> str:
    text = _plain(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return f"“{value}”"
    return json.dumps(value, ensure_ascii=False)


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _sentence(part: str) -> str:
    text = part[:1].upper() + part[1:]
    return text if text.rstrip("”").endswith((".", "!", "?", "…")) else f"{text}."
