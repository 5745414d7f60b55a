"""What a cast costs the database stays within the figures of the README."""

import pytest

from bench.count import counted
from bench.spell import CHAIN
from casts import engine, library
from casts.hints import hint
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

COMMITS_PER_CAST = 6
QUERIES_PER_BOUNDARY = 8


def test_a_cast_of_three_steps_takes_few_commits_and_queries() -> None:
    account = UserFactory()
    version, _ = library.save(CHAIN, account)
    for _ in range(2):
        # The second is measured: the first parses the version and opens connections.
        with counted() as cost:
            cast = engine.begin(version, account, {}, source="api", actor="key:bench")
            engine.run(cast.id)
    cast.refresh_from_db()
    assert cast.outputs == {"text": "abc"}
    assert cost.commits <= COMMITS_PER_CAST
    assert max(cost.by_transaction) <= QUERIES_PER_BOUNDARY


def test_hints_on_the_database_broker_are_part_of_the_transaction() -> None:
    account = UserFactory()
    version, _ = library.save(CHAIN, account)
    cast = engine.begin(version, account, {}, source="api", actor="key:bench")
    with counted() as cost:
        hint(cast.id)
    assert cost.commits == 1
