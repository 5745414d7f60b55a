"""Counting what a cast costs the database, in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection
from django.test.utils import CaptureQueriesContext

_BEGINS = ("BEGIN", "SAVEPOINT")
_ENDS = ("COMMIT", "ROLLBACK", "RELEASE")


@dataclass
class Cost:
    """Transactions that were committed, and the queries within each."""

    commits: int = 0
    queries: int = 0
    by_transaction: list[int] = field(default_factory=list)


@contextmanager
def counted() -> Iterator[Cost]:
    """Count the commits and queries of a block; autocommitted queries count as both."""
    cost = Cost()
    with CaptureQueriesContext(connection) as captured:
        yield cost
    inside: int | None = None
    for entry in captured.captured_queries:
        statement = entry["sql"].strip().upper()
        if statement.startswith("BEGIN"):
            inside = 0
        elif statement.startswith("COMMIT"):
            cost.commits += 1
            cost.by_transaction.append(inside or 0)
            inside = None
        elif not statement.startswith((*_BEGINS, *_ENDS)):
            cost.queries += 1
            if inside is not None:
                inside += 1
            elif not statement.startswith("SELECT"):
                cost.commits += 1
