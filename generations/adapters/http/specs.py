"""The two tools of the adapter: one that only reads, and one that may change something."""

from typing import Any

from generations.adapters.base import ToolSpec

ADAPTER = "http"
DEADLINE_S = 60
_SCALAR = {"type": ["string", "number", "boolean"]}

_ASKED: dict[str, Any] = {
    "url": {
        "type": "string",
        "minLength": 1,
        "maxLength": 4000,
        "description": "Where to: http:// or https://, a public host, a path.",
    },
    "query": {
        "type": "object",
        "maxProperties": 50,
        "additionalProperties": {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]},
        "default": {},
        "description": "Parameters that are added to the URL.",
    },
    "headers": {
        "type": "object",
        "maxProperties": 20,
        "additionalProperties": {"type": "string", "maxLength": 2000},
        "default": {},
        "description": "Headers to send; not those that hold credentials.",
    },
    "expect": {
        "type": "array",
        "items": {"type": "integer", "minimum": 200, "maximum": 499},
        "maxItems": 20,
        "default": [],
        "description": "The statuses that are a success; empty: 200 to 299.",
    },
    "answer": {
        "enum": ["auto", "json", "text", "file"],
        "default": "auto",
        "description": "What the body is taken for; auto: what its Content-Type says.",
    },
}
_READ: dict[str, Any] = {"method": {"enum": ["GET", "HEAD"], "default": "GET"}}
_WRITTEN: dict[str, Any] = {
    "method": {"enum": ["POST", "PUT", "PATCH", "DELETE"], "default": "POST"},
    "json": {"description": "The body, as JSON; not together with text."},
    "text": {
        "type": "string",
        "description": "The body, as text in UTF-8; text/plain unless a header says otherwise.",
    },
}
_ANSWERED: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["status", "headers", "json", "text", "file"],
    "properties": {
        "status": {"type": "integer"},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "json": {"description": "The value in the body; null when it is no JSON."},
        "text": {"type": ["string", "null"], "description": "The body when it is text."},
        "file": {
            "type": ["string", "null"],
            "format": "artifact",
            "description": "The body as a file when it is anything else.",
        },
    },
}


def _asking(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["url"],
        "properties": {**_ASKED, **properties},
    }


GET = ToolSpec(
    key="http.get",
    version="1",
    title="Get from a URL",
    description="Get JSON, a text or a file from a public address.",
    adapter=ADAPTER,
    input_schema=_asking(_READ),
    output_schema=_ANSWERED,
    deadline_s=DEADLINE_S,
    example={"url": "https://example.org/"},
)
POST = ToolSpec(
    key="http.post",
    version="1",
    title="Send to a URL",
    description=(
        "Send JSON or a text to a public address. Never sent twice by itself; every attempt of "
        "the same order carries the same Idempotency-Key."
    ),
    adapter=ADAPTER,
    input_schema=_asking(_WRITTEN),
    output_schema=_ANSWERED,
    deadline_s=DEADLINE_S,
    read_only=False,
    repeatable=False,
    example={"url": "https://example.org/", "json": {"hello": "world"}},
)
