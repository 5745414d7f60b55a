"""Reading bodies: strictly, within a size, and never with an error of our own."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from spellhub.json_values import NotStrict, value_in
from spellhub.rest.problems import Flaw, Problem

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
    try:
        value = value_in(raw)
    except NotStrict as wrong:
        raise _problem(wrong.code, wrong.detail, wrong.pointer) from wrong
    if not isinstance(value, dict):
        raise _problem("not_an_object", "The body must be a JSON object.")
    return value


def _problem(code: str, detail: str, pointer: str = "") -> Problem:
    return Problem(400, code, detail, errors=[Flaw(pointer, code, detail)])
