"""Claims, fencing tokens, lost leases, late results."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F

from casts.engine.boundary import boundary
from casts.models import Cast
from casts.states import Status
from generations import executor
from generations.adapters.base import Cost
from generations.leases import Lease
from generations.models import Generation, OrphanResult
from generations.outcomes import Report, Succeeded
from generations.states import Status as G
from spellhub.events.models import Event
from tests.casts.engine.conftest import Begin, step
from tests.tools import TrialAdapter

pytestmark = pytest.mark.django_db


def expire(cast: Cast) -> None:
    """Let the leases of a cast's workers run out."""
    Generation.objects.filter(cast=cast, status=G.RUNNING).update(
        lease_until=F("lease_until") - timedelta(hours=1)
    )


def only(cast: Cast) -> Generation:
    return Generation.objects.get(cast=cast)


@pytest.mark.failure("B4")
def test_a_lost_lease_is_claimed_anew_on_the_same_row(begin: Begin) -> None:
    """Guard: an expired lease makes a running generation claimable."""
    cast = begin(step("only"))
    first = boundary(cast.id)
    assert boundary(cast.id) is None
    expire(cast)
    second = boundary(cast.id)
    assert first
    assert second
    assert (second.generation, second.attempt) == (first.generation, first.attempt)
    assert second.epoch == first.epoch + 1
    assert only(cast).lost == 1


def test_a_lease_that_was_renewed_is_not_taken(begin: Begin) -> None:
    cast = begin(step("only"))
    order = boundary(cast.id)
    assert order
    expire(cast)
    assert Lease(order.generation, order.epoch).renew()
    assert boundary(cast.id) is None


@pytest.mark.failure("B5")
def test_a_worker_whose_claim_was_taken_cannot_renew(begin: Begin) -> None:
    """Guard: Lease.renew compares the epoch."""
    cast = begin(step("only"))
    order = boundary(cast.id)
    assert order
    expire(cast)
    boundary(cast.id)
    assert not Lease(order.generation, order.epoch).renew()


def test_renewing_touches_nothing_but_the_lease(begin: Begin) -> None:
    cast = begin(step("only"))
    order = boundary(cast.id)
    assert order
    before = Generation.objects.values().get(pk=order.generation)
    assert Lease(order.generation, order.epoch).renew()
    after = Generation.objects.values().get(pk=order.generation)
    assert before | {"lease_until": None} == after | {"lease_until": None}


@pytest.mark.failure("B5")
def test_a_late_result_changes_nothing_and_is_kept(begin: Begin) -> None:
    """Guard: the epoch of the report must be the present one."""
    cast = begin(step("only"))
    late = boundary(cast.id)
    expire(cast)
    prompt = boundary(cast.id)
    assert late
    assert prompt
    boundary(cast.id, report=Report(late, Succeeded({"value": "late"}, (), Cost())))
    assert only(cast).status == G.RUNNING
    orphan = OrphanResult.objects.get()
    assert (orphan.outputs, orphan.epoch) == ({"value": "late"}, late.epoch)
    boundary(cast.id, report=Report(prompt, executor.perform(prompt)))
    assert only(cast).outputs == {"value": "v"}
    assert Event.objects.filter(topic=cast.topic, kind="result_orphaned").count() == 1


@pytest.mark.failure("B3")
def test_a_second_result_for_a_final_attempt_is_kept_apart(begin: Begin) -> None:
    """Guard: settle() accepts only for a running generation."""
    cast = begin(step("only"))
    order = boundary(cast.id)
    assert order
    boundary(cast.id, report=Report(order, executor.perform(order)))
    boundary(cast.id, report=Report(order, Succeeded({"value": "other"}, (), Cost())))
    assert only(cast).outputs == {"value": "v"}
    assert OrphanResult.objects.get().outputs == {"value": "other"}


@pytest.mark.failure("B4")
def test_a_step_that_loses_its_workers_again_and_again_fails(begin: Begin) -> None:
    """Guard: settings.MAX_LOST_LEASES."""
    cast = begin(step("only", retry={"attempts": 5, "backoff_s": 1}))
    for _ in range(settings.MAX_LOST_LEASES):
        assert boundary(cast.id) is not None
        expire(cast)
    assert boundary(cast.id) is None
    cast.refresh_from_db()
    assert cast.failure is not None
    assert cast.failure["code"] == "worker_lost"
    assert Generation.objects.filter(cast=cast).count() == 1


def test_a_tool_that_must_not_run_twice_waits_for_a_person(
    begin: Begin, trial: TrialAdapter
) -> None:
    cast = begin(step("only", "once", retry={"attempts": 5, "backoff_s": 1}))
    order = boundary(cast.id)
    assert order
    assert only(cast).submit_intent_at is not None
    expire(cast)
    assert boundary(cast.id) is None
    cast.refresh_from_db()
    assert cast.failure is not None
    assert cast.failure["code"] == "submit_unknown"


def test_such_a_tool_runs_again_where_the_spell_says_so(begin: Begin) -> None:
    cast = begin(step("only", "once", resubmit=True))
    boundary(cast.id)
    expire(cast)
    again = boundary(cast.id)
    assert again is not None
    assert again.epoch == 2


@pytest.mark.failure("C7")
def test_a_worker_that_hangs_past_the_deadline_loses_the_step(begin: Begin) -> None:
    """Guard: next_look_at is a column that examine() reads."""
    cast = begin(step("only"))
    order = boundary(cast.id)
    assert order
    Generation.objects.filter(cast=cast).update(next_look_at=F("created_at") - timedelta(seconds=1))
    assert boundary(cast.id) is None
    assert only(cast).failure["code"] == "deadline_exceeded"  # type: ignore[index]
    boundary(cast.id, report=Report(order, executor.perform(order)))
    cast.refresh_from_db()
    assert cast.status == Status.FAILED
    assert OrphanResult.objects.count() == 1


def test_a_call_that_took_too_long_fails(begin: Begin, trial: TrialAdapter) -> None:
    cast = begin(step("only"))
    order = boundary(cast.id)
    assert order
    outcome: Any = executor.perform(replace(order, seconds=-1.0))
    assert outcome.failure.code == "deadline_exceeded"


def test_abandoned_siblings_are_dropped_when_the_cast_fails(begin: Begin) -> None:
    cast = begin(step("bad", "broken", needs=[]), step("lost", needs=[]))
    bad, lost = boundary(cast.id), boundary(cast.id)
    assert bad
    assert lost
    Generation.objects.filter(pk=lost.generation).update(
        lease_until=F("lease_until") - timedelta(hours=1)
    )
    boundary(cast.id, report=Report(bad, executor.perform(bad)))
    cast.refresh_from_db()
    assert cast.status == Status.FAILED
    assert Generation.objects.get(pk=lost.generation).status == G.CANCELLED
