"""Moves of an attempt are compare-and-set: each part of the comparison counts by itself.

The cast's lock keeps two turns apart; these tests hold two at once, as if there were none.
"""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from casts.engine.boundary import boundary
from casts.engine.turn import Turn
from casts.models import Cast
from generations import executor
from generations.leases import Lease
from generations.models import Generation
from generations.outcomes import Report
from generations.states import Status
from tests.casts.engine.conftest import Begin, step
from tests.factories import FAILURE, GenerationFactory

pytestmark = pytest.mark.django_db


def taken(cast: Cast) -> tuple[Turn, Generation]:
    """A turn of the cast, and its only attempt as that turn read it."""
    turn = Turn.take(cast.id, "worker")
    return turn, turn.generations[0]


def claim(turn: Turn, generation: Generation) -> bool:
    return turn.move(
        generation,
        Status.RUNNING,
        epoch=generation.epoch + 1,
        lease_until=turn.after(settings.LEASE_S),
    )


def expire(cast: Cast) -> None:
    Generation.objects.filter(cast=cast).update(lease_until=F("created_at") - timedelta(hours=1))


@pytest.mark.failure("B2")
def test_an_attempt_whose_state_changed_meanwhile_is_not_claimed(begin: Begin) -> None:
    """Guard: Turn.move compares the state that was read."""
    cast = begin(step("only"))
    boundary(cast.id, claiming=False)
    (early, seen_early), (late, seen_late) = taken(cast), taken(cast)
    assert late.move(seen_late, Status.CANCELLED)
    assert not claim(early, seen_early)
    assert Generation.objects.get(cast=cast).status == Status.CANCELLED


@pytest.mark.failure("B2")
def test_a_lost_attempt_whose_worker_renewed_meanwhile_is_not_claimed(begin: Begin) -> None:
    """Guard: Turn.move takes over a running attempt only while its lease is over."""
    cast = begin(step("only"))
    order = boundary(cast.id)
    assert order
    expire(cast)
    turn, lost = taken(cast)
    assert Lease(order.generation, order.epoch).renew()
    assert not claim(turn, lost)
    assert Generation.objects.get(cast=cast).epoch == order.epoch


@pytest.mark.failure("B5")
def test_an_attempt_that_was_claimed_anew_meanwhile_is_not_ended(begin: Begin) -> None:
    """Guard: Turn.move compares the epoch that was read."""
    cast = begin(step("only"))
    boundary(cast.id)
    expire(cast)
    turn, lost = taken(cast)
    assert boundary(cast.id)
    assert not turn.move(lost, Status.SUCCEEDED, outputs={"value": "late"})
    assert Generation.objects.get(cast=cast).status == Status.RUNNING


@pytest.mark.failure("B3")
def test_no_move_leads_out_of_a_final_state(begin: Begin) -> None:
    """Guard: Turn.move knows from which states a state may be reached."""
    cast = begin(step("only"))
    order = boundary(cast.id)
    assert order
    boundary(cast.id, report=Report(order, executor.perform(order)))
    turn, done = taken(cast)
    assert not turn.move(done, Status.FAILED, outputs=None, failure=FAILURE)
    assert not turn.move(done, Status.SUCCEEDED, outputs={"value": "another"})
    assert Generation.objects.get(cast=cast).outputs == {"value": "v"}


@pytest.mark.failure("B2")
def test_a_message_that_comes_twice_starts_nothing_twice(begin: Begin) -> None:
    """Guard: the planner counts attempts; a second look finds the first one's, and waits."""
    cast = begin(step("one", needs=[]), step("two", needs=["one"]))
    for _ in range(3):
        boundary(cast.id)
    assert [(g.step, g.attempt) for g in Generation.objects.filter(cast=cast)] == [("one", 1)]


@pytest.mark.failure("B3")
def test_a_success_without_outputs_is_refused() -> None:
    """Guard: generation_outputs_iff_succeeded; state and outputs are one statement."""
    running = GenerationFactory(status=Status.RUNNING)
    rows = Generation.objects.filter(pk=running.pk)
    ended = {"status": Status.SUCCEEDED, "finished_at": running.created_at, "lease_until": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**ended)
    assert rows.update(**ended, outputs={"value": "v"}) == 1
