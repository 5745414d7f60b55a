"""A comparison of two definitions as a table, as lines and as JSON."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from rich.table import Table
from rich.text import Text

from casts.comparing import Change, Comparison
from casts.comparing.changes import written

_MARKS = {"added": "+", "removed": "-", "changed": "~"}
_STYLES = {"added": "green", "removed": "red", "changed": "yellow"}


def as_table(comparison: Comparison, names: tuple[str, str]) -> Table:
    """Return the changes as a table with a column for either side."""
    table = Table("", "What", "Member", *names, title_justify="left", header_style="bold")
    last = ""
    for change in comparison.changes:
        style = _STYLES[change.what]
        place = "" if change.place == last else change.place
        last = change.place
        table.add_row(
            Text(_MARKS[change.what], style=f"bold {style}"),
            Text(place, style="bold"),
            Text(change.member),
            Text(_side(change, is_after=False), style="red"),
            Text(_side(change, is_after=True), style="green"),
            end_section=False,
        )
    return table


def as_lines(comparison: Comparison) -> Iterator[str]:
    """Yield the changes as plain text, those of one thing below its name."""
    for place, changes in groupby(comparison.changes, key=lambda change: change.place):
        mine = list(changes)
        if len(mine) == 1 and not mine[0].member:
            yield f"{_MARKS[mine[0].what]} {place}: {_whole(mine[0])}"
            continue
        yield f"~ {place}"
        for change in mine:
            yield f"    {_MARKS[change.what]} {_member(change)}"


def as_json(comparison: Comparison, names: tuple[str, str]) -> dict[str, Any]:
    """Return the changes as programs read them."""
    return {
        "schema": 1,
        "before": names[0],
        "after": names[1],
        "same": comparison.is_same,
        "changes": [change.to_json() for change in comparison.changes],
    }


def _whole(change: Change) -> str:
    if change.what == "changed":
        return f"{_one_line(change.before)} → {_one_line(change.after)}"
    return _one_line(change.before if change.what == "removed" else change.after)


def _member(change: Change) -> str:
    return f"{change.member}: {_whole(change)}" if change.member else _whole(change)


def _side(change: Change, *, is_after: bool) -> str:
    absent = "removed" if is_after else "added"
    if change.what == absent:
        return ""
    return written(change.after if is_after else change.before)


def _one_line(value: Any) -> str:
    return written(value).replace("\n", "⏎")
