"""Reading bodies: strictly, within a size, and never with an error of our own."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from django.conf import settings
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from spellhub.json_values import MAX_DEPTH, TOO_DEEP, flaw_of
from spellhub.rest.problems import Flaw, Problem

# A whole number of 64 bits has at most 20 digits and a sign.
MAX_DIGITS = 21
# What the parts of a form add to the file itself.
FORM_OVERHEAD_BYTES = 64 * 1024


class StrictJSONParser(BaseParser):
    """Parses one JSON object.

    Raises Problem: 413 for more than ``settings.MAX_BODY_BYTES``, 400 for what is not strict JSON
    (RFC 8259, UTF-8, no key twice) or could not be stored.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,  # noqa: ARG002 - the framework's protocol
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return the object in the body."""
        limit = settings.MAX_BODY_BYTES
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise Problem(413, "too_large", f"The body is larger than {limit} bytes.")
        return object_in(raw)


class UploadParser(MultiPartParser):
    """Parses a form with a file; raises Problem 413 for a file that cannot fit."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> "DataAndFiles[Any, Any]":
        """Return the fields and files of the form."""
        limit = settings.MAX_UPLOAD_BYTES
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > limit + FORM_OVERHEAD_BYTES:
            raise Problem(413, "too_large", f"The file is larger than {limit} bytes.")
        return super().parse(stream, media_type, parser_context)


def object_in(raw: bytes) -> dict[str, Any]:
    """Return the JSON object that some bytes are; raises Problem 400."""
    value = _value_in(_text_of(raw))
    if not isinstance(value, dict):
        _refuse("not_an_object", "The body must be a JSON object.")
    flaw = flaw_of(value)
    if flaw == TOO_DEEP:
        # Told alike whether the parser or the limit stopped it: that depends on our own stack.
        raise _problem("too_deep", TOO_DEEP)
    if flaw:
        raise _problem("unstorable_value", flaw, _pointer_to_flaw(value))
    return value


def _text_of(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _problem("not_utf8", f"The body is not UTF-8 at byte {error.start}.") from error


def _value_in(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_whole_number,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _problem("not_json", f"The body is not JSON: {error.msg} at {where}.") from error
    except RecursionError as error:
        raise _problem("too_deep", TOO_DEEP) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        _refuse("duplicate_key", f"The key {_shown(twice)} stands twice in one object.")
    return value


def _no_constant(name: str) -> NoReturn:
    _refuse("not_a_number", f"{name} is not JSON.")


def _whole_number(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        _refuse("number_too_large", "A whole number does not fit into 64 bits.")
    return int(digits)


def _pointer_to_flaw(value: Any, depth: int = 0) -> str:
    """Return the JSON pointer of the first part of a value that cannot be stored."""
    if depth == MAX_DEPTH:
        return ""
    parts = list(value.items() if isinstance(value, dict) else enumerate(value))
    for key, item in parts:
        if isinstance(key, str) and flaw_of(key):
            return ""
        if flaw_of(item, depth + 1):
            below = _pointer_to_flaw(item, depth + 1) if isinstance(item, dict | list) else ""
            return f"/{str(key).replace('~', '~0').replace('/', '~1')}{below}"
    return ""


def _shown(text: str) -> str:
    return json.dumps(text if len(text) <= 60 else f"{text[:59]}…")


def _refuse(code: str, detail: str) -> NoReturn:
    raise _problem(code, detail)


def _problem(code: str, detail: str, pointer: str = "") -> Problem:
    return Problem(400, code, detail, errors=[Flaw(pointer, code, detail)])
