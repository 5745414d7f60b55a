"""YAML as far as it is JSON: the 1.2 core schema, built from the parser's events.

No constructor of PyYAML ever runs, so no tag can make anything but text, numbers, booleans, null,
lists and objects, and no alias can multiply what stands once.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

from casts.definition.problems import DefinitionUnreadable, Findings, Problem, shown
from casts.definition.values import TOO_DEEP
from generations.schemas import pointer_to
from spellhub.json_values import MAX_DEPTH

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,40}")
_LONG_INTEGER = re.compile(r"[-+]?[0-9]{41,}")
_OCTAL_OR_HEX = re.compile(r"0o[0-7]{1,40}|0x[0-9a-fA-F]{1,40}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def read_yaml(content: str) -> Any:
    """Return the value of a YAML text; raises DefinitionUnreadable."""
    reader = _Reader(yaml.parse(content, Loader=_LOADER))
    try:
        value = reader.document()
    except yaml.YAMLError as error:
        raise DefinitionUnreadable((Problem("", "unreadable", _what(error)),)) from error
    if reader.findings.has_errors:
        raise DefinitionUnreadable(reader.findings.all())
    return value


class _Reader:
    """Builds the value while the events come, so that a bomb is refused at its first level."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self.findings = Findings()

    def document(self) -> Any:
        value: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                value = self._value(event, "", 0)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "", "unreadable", "Write one definition, without `---`")
                    break
        return value

    def _value(self, event: Any, where: str, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise DefinitionUnreadable((TOO_DEEP,))
        if isinstance(event, yaml.AliasEvent):
            return self._refuse(event, where, "not_json", "Write the value out instead of an alias")
        if event.anchor is not None:
            self._refuse(event, where, "not_json", "Take the anchor out")
        if event.tag is not None and event.tag != "!":
            self._refuse(event, where, "not_json", f"Take the tag {shown(event.tag)} out")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(where, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._members(where, depth)
        return _scalar(event)

    def _items(self, where: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, f"{where}/{len(items)}", depth + 1))
        return items

    def _members(self, where: str, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._value(event, where, depth + 1)
            if not isinstance(key, str):
                self._refuse(event, where, "not_json", f"Put the key {shown(str(key))} in quotes")
                key = str(key)
            here = where + pointer_to([key])
            if key in members:
                detail = f"The key {shown(key)} stands twice in one object; take one out"
                self._refuse(event, here, "duplicate_key", detail)
            if key == "<<" and event.implicit[0]:
                self._refuse(event, here, "not_json", "Write the members out instead of `<<`")
            members[key] = self._value(next(self._events), here, depth + 1)
        return members

    def _refuse(self, event: Any, where: str, code: str, what: str) -> None:
        self.findings.error(where, code, f"{what} (line {event.start_mark.line + 1}).")


def _scalar(event: Any) -> Any:
    """Return the value of a scalar: quoted it is text, plain it is what it looks like."""
    text: str = event.value
    if not event.implicit[0]:
        return text
    return _number(text, _word(text))


def _word(text: str) -> Any:
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text):
        return True
    return False if _FALSE.fullmatch(text) else text


def _number(text: str, otherwise: Any) -> Any:
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL_OR_HEX.fullmatch(text):
        return int(text, 0)
    if _NOT_FINITE.fullmatch(text) or _LONG_INTEGER.fullmatch(text):
        return math.inf
    return float(text) if _FLOAT.fullmatch(text) else otherwise


def _what(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"Not YAML: {error.problem} at line {mark.line + 1}, column {mark.column + 1}."
    return f"Not YAML: {str(error)[:200]}."
