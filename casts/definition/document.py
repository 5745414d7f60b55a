"""The form of a definition, as a JSON Schema: what it has, within which limits."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from casts.definition.model import MAX_IN_FLIGHT, MAX_ITEMS

MAX_STEPS = 100
STEP_KEY = "[a-z][a-z0-9_]{0,39}"
DAY_S = 86_400
CACHE_TTL_S = 30 * DAY_S

_STEP_KEY = {
    "type": "string",
    "pattern": f"^{STEP_KEY}$",
    "description": "lower-case letters, digits and underscores, at most 40, a letter first",
}

STEP_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["key", "tool"],
    "properties": {
        "key": _STEP_KEY,
        "tool": {"type": "string", "minLength": 1, "maxLength": 100},
        "for_each": {"type": "string"},
        "max_items": {"type": "integer", "minimum": 1, "maximum": MAX_ITEMS},
        "max_in_flight": {"type": "integer", "minimum": 1, "maximum": MAX_ITEMS},
        "inputs": {"type": "object"},
        "needs": {"type": "array", "items": {"type": "string"}, "maxItems": MAX_STEPS},
        "when": {"type": "string"},
        "on_failure": {"enum": ["fail", "continue"]},
        "retry": {
            "type": "object",
            "properties": {
                "attempts": {"type": "integer", "minimum": 1, "maximum": 10},
                "backoff_s": {"type": "number", "minimum": 0, "maximum": 3600},
            },
            "additionalProperties": False,
        },
        "deadline_s": {"type": "integer", "minimum": 1, "maximum": DAY_S},
        "resubmit": {"type": "boolean"},
        "cache": {
            "anyOf": [
                {"type": "boolean"},
                {
                    "type": "object",
                    "required": ["ttl_s"],
                    "properties": {
                        "ttl_s": {"type": "integer", "minimum": 60, "maximum": 365 * DAY_S}
                    },
                    "additionalProperties": False,
                },
            ]
        },
    },
    "additionalProperties": False,
}

DOCUMENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["slug", "steps"],
    "properties": {
        "slug": {
            "type": "string",
            "pattern": "^[a-z0-9]+(?:-[a-z0-9]+)*$",
            "maxLength": 60,
            "description": "lower-case letters and digits, in words joined by single hyphens",
        },
        "name": {"type": "string", "minLength": 1, "maxLength": 100},
        "description": {"type": "string", "maxLength": 4000},
        "visibility": {"enum": ["private", "unlisted", "public"]},
        "open": {"type": "boolean"},
        "inputs": {"type": "object"},
        "steps": {"type": "array", "minItems": 1, "maxItems": MAX_STEPS, "items": STEP_SCHEMA},
        "outputs": {"type": "object", "maxProperties": 100},
        "deadline_s": {"type": "integer", "minimum": 1, "maximum": 30 * DAY_S},
    },
    "additionalProperties": False,
}

NO_INPUTS: dict[str, Any] = {"type": "object", "properties": {}}

_DEFAULTS: dict[str, Any] = {
    "description": "",
    "visibility": "private",
    "open": False,
    "inputs": NO_INPUTS,
    "outputs": {},
}
_STEP_DEFAULTS: dict[str, Any] = {
    "max_items": MAX_ITEMS,
    "max_in_flight": MAX_IN_FLIGHT,
    "inputs": {},
    "on_failure": "fail",
    "retry": {},
    "resubmit": False,
    "cache": False,
}


def canonical(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a checked document in one form: known order, nothing that says the default."""
    result = _ordered(document, DOCUMENT_SCHEMA, _DEFAULTS)
    result["steps"] = [_ordered(step, STEP_SCHEMA, _STEP_DEFAULTS) for step in document["steps"]]
    return result


def _ordered(
    members: Mapping[str, Any], schema: Mapping[str, Any], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        name: deepcopy(members[name])
        for name in schema["properties"]
        if name in members and not (name in defaults and members[name] == defaults[name])
    }
