"""What a run found and did: a table on a terminal, a line for each cast elsewhere, or JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rich import box
from rich.table import Table
from rich.text import Text

from casts.reconciling.finding import StuckCast
from casts.reconciling.repairing import ERROR, PERSON, REPAIRED, UNREPAIRED
from casts.spans import spoken
from spellhub.identifiers import short

SCHEMA = 1
_STYLES = {REPAIRED: "green", UNREPAIRED: "yellow", PERSON: "yellow", ERROR: "red"}


@dataclass(frozen=True)
class Run:
    """One run of the command."""

    id: UUID
    started_at: datetime
    changes: bool
    scanned: int
    found: Sequence[StuckCast]

    def counts(self) -> Counter[str]:
        """Count the casts by what came of them."""
        return Counter(item.outcome for item in self.found)


def as_json(run: Run) -> dict[str, Any]:
    """Return a run as one object."""
    return {
        "schema": SCHEMA,
        "run_id": str(run.id),
        "started_at": run.started_at.isoformat(),
        "dry_run": not run.changes,
        "scanned": run.scanned,
        "stuck": [_cast_as_json(item) for item in run.found],
        "summary": {"stuck": len(run.found), **run.counts()},
    }


def _cast_as_json(item: StuckCast) -> dict[str, Any]:
    return {
        "cast": str(item.cast),
        "spell": item.spell,
        "step": item.step or None,
        "reason": item.reason,
        "since": item.since.isoformat(),
        "evidence": item.evidence,
        "action": item.action,
        "outcome": item.outcome,
        "error": item.told if item.outcome in (ERROR, UNREPAIRED, PERSON) else None,
    }


def as_lines(run: Run) -> Iterator[str]:
    """Yield a line of tab-separated values for each cast, for programs."""
    for item in run.found:
        what = item.outcome if run.changes else item.action
        fields = (item.cast, item.spell, item.step, item.reason, item.since.isoformat(), what)
        yield "\t".join(str(value) for value in fields)


def as_table(run: Run) -> Table:
    """Return a table for a terminal."""
    table = Table(box=box.SIMPLE_HEAD)
    last = "Outcome" if run.changes else "Would do"
    for heading in ("Cast", "Spell", "Step", "Stuck", "Why", last):
        table.add_column(heading, overflow="fold")
    for item in run.found:
        what = (
            Text(f"{item.outcome.replace('_', ' ')}: {item.told}", _STYLES.get(item.outcome, ""))
            if run.changes
            else Text(item.action)
        )
        stuck = spoken(run.started_at - item.since)
        table.add_row(short(item.cast), item.spell, item.step or "-", stuck, item.reason, what)
    return table


def summary(run: Run) -> str:
    """Say in a line what the run found and did."""
    count = len(run.found)
    head = f"{count} stuck of {run.scanned} open"
    if not run.changes:
        return f"{head} · nothing changed." + (" Apply: manage.py reconcile_casts" if count else "")
    counts = run.counts()
    told = [f"{counts[key]} {key.replace('_', ' ')}" for key in _STYLES if counts[key]]
    return " · ".join([head, *told]) + "."
