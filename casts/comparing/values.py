"""Where two JSON values differ, by deepdiff, with the paths in words."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from casts.comparing.changes import What
from casts.definition.values import weight

# Larger values are compared as a whole: what one long list became is no reading for people.
MAX_COMPARED = 20_000
_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")


@dataclass(frozen=True)
class Difference:
    """One difference at a path such as ``values.number`` or ``options[3]``."""

    path: str
    what: What
    before: Any = None
    after: Any = None


def differences(before: Any, after: Any) -> Iterator[Difference]:
    """Yield where two values differ, in the order of their paths."""
    if _is_same(before, after):
        return
    sizes = [weight(value, MAX_COMPARED) for value in (before, after)]
    if max(sizes) > MAX_COMPARED:
        yield Difference("", "changed", before, after)
        return
    for level in _levels(before, after):
        yield from _told(level)


def _levels(before: Any, after: Any) -> list[Any]:
    # It loads numpy, which processes that compare nothing need not hold.
    from deepdiff import DeepDiff  # noqa: PLC0415

    tree = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0)
    found = [level for levels in tree.values() for level in levels]
    return sorted(found, key=lambda one: _sortable(one.path(output_format="list")))


def _is_same(before: Any, after: Any) -> bool:
    """Compare as JSON: true is not 1."""
    return json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)


def _told(level: Any) -> Iterator[Difference]:
    path = path_of(level.path(output_format="list"))
    kind = level.report_type
    if kind.endswith("_added"):
        yield Difference(path, "added", after=level.t2)
    elif kind.endswith("_removed"):
        yield Difference(path, "removed", before=level.t1)
    elif isinstance(level.t1, str) and isinstance(level.t2, str) and "\n" in level.t1 + level.t2:
        yield from _lines(path, level.t1.splitlines(), level.t2.splitlines())
    else:
        yield Difference(path, "changed", level.t1, level.t2)


def _lines(path: str, before: list[str], after: list[str]) -> Iterator[Difference]:
    """Yield which lines of a text differ, numbered as they are now."""
    whats: dict[str, What] = {"insert": "added", "delete": "removed", "replace": "changed"}
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    if len(opcodes) == 1:
        yield Difference(path, "changed", "\n".join(before), "\n".join(after))
        return
    for kind, a, b, c, d in opcodes:
        if kind == "equal":
            continue
        last = max(d, c + 1)
        where = f"line {c + 1}" if last == c + 1 else f"lines {c + 1} to {last}"
        old, new = ("\n".join(part) if part else None for part in (before[a:b], after[c:d]))
        yield Difference(f"{path} {where}".strip(), whats[kind], old, new)


def path_of(parts: list[Any]) -> str:
    """Return a path as it is read: ``values.number``, ``options[3]``, ``values["odd name"]``."""
    path = ""
    for part in parts:
        if isinstance(part, str) and _PLAIN.fullmatch(part):
            path += f".{part}" if path else part
        else:
            path += f"[{json.dumps(part, ensure_ascii=False)}]"
    return path


def _sortable(parts: list[Any]) -> list[tuple[int, int, str]]:
    return [(0, p, "") if isinstance(p, int) else (1, 0, str(p)) for p in parts]
