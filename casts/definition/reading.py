"""Reading the text of a definition: JSON or YAML, strictly, into plain JSON values."""

import json
import math
from typing import Any

from casts.definition.problems import DefinitionUnreadable, Findings, Problem, shown
from casts.definition.values import TOO_DEEP, flaws
from casts.definition.yaml_text import read_yaml
from generations.schemas import pointer_to
from spellhub.json_values import MAX_DEPTH

MAX_SIZE = 256 * 1024
_LONGEST_INTEGER = 40


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with its keys as they stand, so that doubled ones are seen."""


def read(text: str | bytes) -> Any:
    """Return the value that a JSON or YAML text of at most 256 KiB holds.

    YAML is read by its 1.2 core schema: ``yes``, dates and times are text. Raises
    DefinitionUnreadable for doubled keys, aliases, anchors, tags, NaN, NUL characters, lone
    surrogates, and depth beyond 32.
    """
    content = _decoded(text)
    if not content.strip():
        raise _unreadable("unreadable", "The text is empty; write the definition of a spell.")
    value = _read_json(content)
    problems = flaws(value)
    if problems:
        raise DefinitionUnreadable(tuple(problems))
    return value


def _decoded(text: str | bytes) -> str:
    # Whatever its encoding, a text has at least as many bytes as characters.
    if len(text) > MAX_SIZE:
        raise _too_large()
    try:
        raw = text.encode("utf-8") if isinstance(text, str) else text
        content = raw.decode("utf-8-sig")
    except UnicodeError as error:
        raise _unreadable("bad_value", "The text is not UTF-8; save it as UTF-8.") from error
    if len(raw) > MAX_SIZE:
        raise _too_large()
    return content


def _read_json(content: str) -> Any:
    """Read JSON; what is not, even if it begins so, may still be YAML."""
    try:
        pairs = json.loads(content, object_pairs_hook=_Pairs, parse_int=_integer)
    except RecursionError as error:
        raise DefinitionUnreadable((TOO_DEEP,)) from error
    except ValueError as error:
        is_meant_as_json = content.lstrip()[0] in "{["
        return _from_yaml(content, _why_not_json(error) if is_meant_as_json else "")
    return _without_pairs(pairs)


def _from_yaml(content: str, why_not_json: str) -> Any:
    try:
        return read_yaml(content)
    except DefinitionUnreadable as error:
        is_syntax = any(problem.code == "unreadable" for problem in error.problems)
        if why_not_json and is_syntax:
            raise _unreadable("unreadable", why_not_json) from error
        raise


def _without_pairs(pairs: Any) -> Any:
    findings = Findings()
    value = _plain(pairs, "", 0, findings)
    if findings.has_errors:
        raise DefinitionUnreadable(findings.all())
    return value


def _plain(value: Any, where: str, depth: int, findings: Findings) -> Any:
    if depth > MAX_DEPTH:
        raise DefinitionUnreadable((TOO_DEEP,))
    if isinstance(value, _Pairs):
        members: dict[str, Any] = {}
        for key, item in value:
            here = where + pointer_to([key])
            if key in members:
                detail = f"The key {shown(key)} stands twice in one object; take one out."
                findings.error(here, "duplicate_key", detail)
            members[key] = _plain(item, here, depth + 1, findings)
        return members
    if isinstance(value, list):
        return [
            _plain(item, f"{where}/{index}", depth + 1, findings)
            for index, item in enumerate(value)
        ]
    return value


def _integer(digits: str) -> int | float:
    """Return a whole number; one that nobody can store becomes an infinity, which is refused."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else math.inf


def _why_not_json(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"Not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
    return "Not JSON."


def _unreadable(code: str, detail: str) -> DefinitionUnreadable:
    return DefinitionUnreadable((Problem("", code, detail),))


def _too_large() -> DefinitionUnreadable:
    return _unreadable("too_large", f"Keep the definition below {MAX_SIZE // 1024} KiB.")
