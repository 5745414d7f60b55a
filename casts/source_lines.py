"""Which line of a YAML or JSON text a JSON pointer means. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from generations.schemas import pointer_to
from spellhub.json_values import MAX_DEPTH


@dataclass
class _Open:
    """A list or an object whose end has not come: the name of its next item."""

    pointer: str
    is_list: bool
    count: int = 0
    key: str | None = None


class SourceLines:
    """The lines of a text, found by the pointers into its value; what cannot be read has none."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._places: dict[str, int] = {}
        self._broken_at: int | None = None
        try:
            self._places.update(_places(text))
        except yaml.YAMLError as error:
            self._broken_at = _broken_line(text, error)

    def line_of(self, pointer: str) -> int | None:
        """Return the line, from 1, of what a pointer means, or of the nearest that is there.

        Where the text cannot be read, the whole of it means the line where that was seen.
        """
        if not pointer and self._broken_at:
            return self._broken_at
        while pointer and pointer not in self._places:
            pointer = pointer.rpartition("/")[0]
        return self._places.get(pointer)

    def text_of(self, line: int) -> str:
        """Return a line, from 1, without the blanks around it."""
        return self._lines[line - 1].strip() if 0 < line <= len(self._lines) else ""


def _places(text: str) -> Iterator[tuple[str, int]]:
    """Yield the pointer and the line of every value; those of a member are its key's.

    PyYAML's own loader reads the events, because the faster one takes no escaped surrogates, which
    JSON is full of. What is nested deeper than a definition may be ends it.
    """
    waiting: list[_Open] = []
    events: Iterator[Any] = yaml.parse(_readable(text), Loader=yaml.SafeLoader)
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            waiting.pop()
        elif isinstance(event, yaml.NodeEvent):
            mark: Any = event.start_mark
            line = mark.line + 1
            is_key = bool(waiting) and not waiting[-1].is_list and waiting[-1].key is None
            if is_key:
                waiting[-1].key = _key(event)
            pointer = _pointer_of(waiting)
            if is_key or not waiting or waiting[-1].is_list:
                yield pointer, line
            if waiting and not is_key:
                waiting[-1].count, waiting[-1].key = waiting[-1].count + 1, None
            if isinstance(event, yaml.CollectionStartEvent):
                waiting.append(_Open(pointer, isinstance(event, yaml.SequenceStartEvent)))
            if len(waiting) > MAX_DEPTH:
                return


def _readable(text: str) -> str:
    """Return JSON without the tabs that YAML refuses; in JSON they only ever stand for blanks."""
    text = text.removeprefix("\ufeff")
    if "\t" not in text:
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text.replace("\t", " ")


def _broken_line(text: str, error: yaml.YAMLError) -> int | None:
    if text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        try:
            json.loads(text)
        except json.JSONDecodeError as why:
            return why.lineno
        except RecursionError:
            return None
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else None


def _key(event: Any) -> str:
    """Return a key as JSON reads it: a pair of escaped surrogates is one character."""
    written = str(getattr(event, "value", ""))
    return written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _pointer_of(waiting: list[_Open]) -> str:
    """Return the pointer of the value that comes next."""
    if not waiting:
        return ""
    place = waiting[-1]
    return place.pointer + pointer_to([place.count if place.is_list else place.key])
