"""Many at once, with real threads and real connections: one wins, the others change nothing."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection, connections, transaction

from casts import engine
from casts.engine.boundary import boundary
from casts.models import Cast, LiveLink
from casts.states import FINAL
from generations import executor
from generations.models import Generation, OrphanResult
from generations.outcomes import Order, Report
from generations.states import Status as G
from spellhub.database import locked
from spellhub.events.models import Event
from tests.casts.engine.conftest import Begin, step
from tests.factories import just_now

pytestmark = pytest.mark.django_db(transaction=True)
Result = TypeVar("Result")

THREADS = 10
ROUNDS = 20


def together(*work: Callable[[], Result]) -> list[Result | Exception]:
    """Run callables at the same moment, each with a connection of its own."""
    barrier = Barrier(len(work))

    def one(call: Callable[[], Result]) -> Result | Exception:
        try:
            barrier.wait(timeout=10)
            return call()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(one, work))


def outcome_of(results: Sequence[object], kind: type) -> list[object]:
    return [result for result in results if isinstance(result, kind)]


def is_numbered_without_gaps(cast: Cast) -> bool:
    numbers = Event.objects.filter(topic=cast.topic).order_by("seq").values_list("seq", flat=True)
    cast.refresh_from_db()
    return list(numbers) == list(range(1, cast.seq + 1))


@pytest.mark.failure("B2")
def test_of_many_claims_one_wins(begin: Begin) -> None:
    """Guard: the cast's lock, and compare-and-set on state and epoch."""
    cast = begin(step("only"))
    results = together(*[lambda: boundary(cast.id)] * THREADS)
    assert len(outcome_of(results, Order)) == 1
    assert outcome_of(results, Exception) == []
    assert Generation.objects.filter(cast=cast).count() == 1
    assert is_numbered_without_gaps(cast)


@pytest.mark.failure("B2")
def test_of_many_reports_of_one_call_one_counts(begin: Begin) -> None:
    """Guard: settle() under the lock recognises a report that was applied."""
    cast = begin(step("one"), step("two"))
    order = boundary(cast.id)
    assert order
    report = Report(order, executor.perform(order))
    results = together(*[lambda: boundary(cast.id, report=report)] * THREADS)
    assert outcome_of(results, Exception) == []
    assert len(outcome_of(results, Order)) == 1
    assert Generation.objects.filter(cast=cast, step="two").count() == 1
    assert is_numbered_without_gaps(cast)


def test_parallel_steps_are_claimed_once_each(begin: Begin) -> None:
    cast = begin(*(step(f"s{n}", needs=[]) for n in range(THREADS)))
    results = together(*[lambda: boundary(cast.id)] * THREADS)
    orders = [result for result in results if isinstance(result, Order)]
    assert len({order.generation for order in orders}) == THREADS


def test_a_retry_pressed_twice_opens_one_round(begin: Begin) -> None:
    for number in range(ROUNDS):
        cast = begin(step("bad", "broken"), slug=f"twice-{number}")
        engine.run(cast.id)
        press = lambda: engine.retry(cast.id, actor="user:ada", reason="again")  # noqa: B023, E731
        results = together(press, press)
        assert len(outcome_of(results, engine.Illegal)) == 1
        cast.refresh_from_db()
        assert cast.round == 2


def test_of_cancelling_and_finishing_one_wins(begin: Begin) -> None:
    for number in range(ROUNDS):
        cast = begin(step("only"), slug=f"race-{number}")
        order = boundary(cast.id)
        assert order
        report = Report(order, executor.perform(order))
        results = together(
            lambda: boundary(cast.id, report=report),  # noqa: B023
            lambda: engine.cancel(cast.id, actor="user:ada"),  # noqa: B023
        )
        cast.refresh_from_db()
        assert cast.status in FINAL
        was_cancelled = cast.status == "cancelled"
        assert len(outcome_of(results, engine.Illegal)) == (0 if was_cancelled else 1)
        assert OrphanResult.objects.filter(generation__cast=cast).count() == was_cancelled
        assert Generation.objects.get(cast=cast).status == (
            G.CANCELLED if was_cancelled else G.SUCCEEDED
        )
        assert is_numbered_without_gaps(cast)


def test_children_can_be_inserted_while_their_owner_is_locked(begin: Begin) -> None:
    """PostgreSQL's plain FOR UPDATE would make every event and link wait for the engine."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    cast = begin(step("only"))
    with transaction.atomic():
        locked(Cast.objects.all()).get(pk=cast.pk)
        results = together(
            lambda: LiveLink.objects.create(cast=cast, token="t", expires_at=just_now())
        )
    assert outcome_of(results, Exception) == []
