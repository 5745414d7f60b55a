"""JSON values: what may be stored, where in it something stands, how large it is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from casts.definition.problems import Problem
from generations.schemas import pointer_to
from spellhub.json_values import MAX_DEPTH, flaw_of

MAX_WEIGHT = 2_000_000
TOO_DEEP = Problem("", "too_deep", f"Nest values at most {MAX_DEPTH} levels deep.")


def at_pointer(root: Any, steps: str) -> Any:
    """Return what a JSON pointer leads to; raises LookupError when it leads nowhere."""
    value = root
    for part in steps.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and re.fullmatch("[0-9]{1,6}", name):
            value = value[int(name)]
        elif isinstance(value, Mapping):
            value = value[name]
        else:
            raise LookupError(steps)
    return value


def flaws(value: Any, max_weight: int = MAX_WEIGHT) -> list[Problem]:
    """Return why a value is not JSON that every database stores; empty when it is."""
    found: list[Problem] = []
    room = max_weight
    waiting: list[tuple[Any, str, int]] = [(value, "", 0)]
    while waiting:
        item, where, depth = waiting.pop()
        room -= 1 + (len(item) if isinstance(item, str) else 0)
        if room < 0:
            return [Problem("", "too_large", f"Keep this below {max_weight} characters.")]
        if depth > MAX_DEPTH:
            return [TOO_DEEP]
        if isinstance(item, dict | list):
            found += _bad_keys(item, where)
            waiting += [
                (part, where + pointer_to([name]), depth + 1) for name, part in _parts(item)
            ]
            room -= sum(len(key) for key in item if isinstance(key, str))
        elif flaw := flaw_of(item):
            found.append(Problem(where, _code(item), flaw))
    return found


def weight(value: Any, limit: int) -> int:
    """Return how large a value is, in values plus characters; stops counting above the limit."""
    total = 0
    waiting = [value]
    while waiting and total <= limit:
        item = waiting.pop()
        total += 1
        if isinstance(item, str):
            total += len(item)
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            total += sum(map(len, item))
            waiting.extend(item.values())
    return total


def _parts(item: dict[Any, Any] | list[Any]) -> Sequence[tuple[str | int, Any]]:
    """Return the members, last first: they are taken from the end."""
    if isinstance(item, list):
        return list(enumerate(item))[::-1]
    return [(str(key), part) for key, part in item.items()][::-1]


def _bad_keys(item: dict[Any, Any] | list[Any], where: str) -> Iterator[Problem]:
    if isinstance(item, list):
        return
    for key in item:
        if not isinstance(key, str):
            yield Problem(where, "not_json", "A key is not text; put it in quotes.")
        elif flaw := flaw_of(key):
            yield Problem(where, "bad_value", f"In a key: {flaw}")


def _code(item: Any) -> str:
    return "bad_value" if isinstance(item, str | int | float) else "not_json"
