"""Steps whose tools run as jobs of a provider: submitted once, looked at until they end."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import F

from casts import engine
from casts.engine.boundary import boundary
from casts.models import Cast
from casts.recovery import tick
from casts.states import Status
from generations import executor
from generations.adapters.base import ConnectionLost, Done, Job, Pending, RateLimited, Unavailable
from generations.models import Charge, Generation, OrphanResult
from generations.outcomes import Order, Report, Work
from generations.states import HoldReason
from generations.states import Status as G
from generations.tools import catalogue
from spellhub.accounts.models import Budget
from spellhub.events.models import Event
from tests.casts.engine.conftest import Begin
from tests.provider import JobAdapter, Provider

pytestmark = pytest.mark.django_db

AN_HOUR = timedelta(hours=1)


@pytest.fixture
def jobs(request: pytest.FixtureRequest, settings: Any) -> Iterator[JobAdapter]:
    adapter = JobAdapter(**getattr(request, "param", {}))
    catalogue.register(adapter)
    yield adapter
    catalogue.unregister(adapter.name)


@pytest.fixture
def provider(jobs: JobAdapter) -> Provider:
    return jobs.provider


@pytest.fixture
def made(begin: Begin, jobs: JobAdapter) -> Cast:
    return begin_job(begin)


def begin_job(begin: Begin, **step: Any) -> Cast:
    make = {"key": "make", "tool": "jobs.make", "inputs": {"value": "v"}, **step}
    return begin(make, outputs={"got": "${{ steps.make.value }}"})


def look(cast: Cast) -> Cast:
    """Let whatever is waited for be due, and carry the cast on."""
    live = Generation.objects.filter(cast=cast, lease_until__isnull=True)
    live.exclude(next_look_at=None).update(next_look_at=F("created_at") - AN_HOUR)
    engine.run(cast.id)
    cast.refresh_from_db()
    return cast


def only(cast: Cast) -> Generation:
    return Generation.objects.get(cast=cast)


def kinds(cast: Cast) -> list[str]:
    return list(
        Event.objects.filter(topic=cast.topic).order_by("seq").values_list("kind", flat=True)
    )


def claimed(cast: Cast, work: Work) -> Order:
    order = boundary(cast.id)
    assert order is not None
    assert order.work == work
    return order


def lose_worker(cast: Cast) -> None:
    Generation.objects.filter(cast=cast, lease_until__isnull=False).update(
        lease_until=F("created_at") - AN_HOUR
    )


def let_the_submit_be_over(cast: Cast) -> None:
    rows = Generation.objects.filter(cast=cast, submit_intent_at__isnull=False)
    rows.update(submit_intent_at=F("submit_intent_at") - AN_HOUR)


def test_a_job_is_submitted_once_and_looked_at_until_it_ends(
    made: Cast, provider: Provider
) -> None:
    engine.run(made.id)
    row = only(made)
    assert (row.status, row.job_id, row.lease_until) == (G.WAITING, "job-1", None)
    assert row.next_look_at is not None
    look(made)
    assert only(made).job_running_at is None
    provider.set(status="running", fraction=0.4)
    look(made)
    assert only(made).progress == 0.4
    provider.finish()
    look(made)
    assert (made.status, made.outputs) == (Status.SUCCEEDED, {"got": "made"})
    assert (provider.count("submit"), provider.count("poll"), provider.count("find")) == (1, 3, 0)
    assert made.cost == Decimal("0.10"), "what the provider reported"
    assert kinds(made) == [
        "cast_created", "cast_started", "step_started", "job_submitted", "job_running",
        "step_succeeded", "cast_succeeded",
    ]  # fmt: skip


def test_no_worker_is_held_while_a_job_is_out(made: Cast, provider: Provider) -> None:
    engine.run(made.id)
    assert boundary(made.id) is None
    assert provider.requests == [("submit", str(only(made).id))]


def test_a_job_is_looked_at_less_and_less_often(made: Cast, settings: Any) -> None:
    engine.run(made.id)
    waits = []
    for _ in range(14):
        look(made)
        row = only(made)
        assert row.next_look_at is not None
        waits.append(row.next_look_at.timestamp())
    first, last = waits[0], waits[-1]
    assert last - first > 30
    assert last - first < settings.POLL_MAX_S * 1.5


def test_the_provider_says_when_to_look_again(made: Cast, provider: Provider) -> None:
    engine.run(made.id)
    provider.faults["poll"] = [Pending(poll_after=50)]
    before = only(made).created_at
    look(made)
    after = only(made).next_look_at
    assert after is not None
    assert after > before + timedelta(seconds=49)


def test_a_provider_may_answer_at_once(made: Cast, provider: Provider) -> None:
    provider.faults["submit"] = [Done(outputs={"value": "at once"})]
    engine.run(made.id)
    made.refresh_from_db()
    assert made.outputs == {"got": "at once"}
    assert made.cost == Decimal("0.25"), "its price, where the provider does not tell"


@pytest.mark.failure("C14")
@pytest.mark.fault(9)
def test_a_submit_whose_worker_died_is_found_and_not_sent_again(
    made: Cast, provider: Provider
) -> None:
    """Guard: the intent is committed before the submit; who comes after asks with `find`."""
    order = claimed(made, Work.SUBMIT)
    executor.perform(order)
    lose_worker(made)
    look(made)
    assert (only(made).status, only(made).hold_reason) == (G.PENDING, HoldReason.PROVIDER)
    assert provider.count("find") == 0, "the submit could still be under way"
    let_the_submit_be_over(made)
    look(made)
    assert (only(made).status, only(made).job_id) == (G.WAITING, "job-1")
    provider.finish()
    assert look(made).status == Status.SUCCEEDED
    assert provider.count("submit") == 1
    assert only(made).lost == 1


def test_finding_waits_until_a_slow_submit_must_have_ended(made: Cast) -> None:
    claimed(made, Work.SUBMIT)
    lose_worker(made)
    boundary(made.id)
    row = only(made)
    assert row.submit_intent_at is not None
    assert row.next_look_at is not None
    assert row.next_look_at - row.submit_intent_at >= timedelta(seconds=70)


def test_a_submit_that_never_arrived_is_sent_again_on_the_same_row(
    made: Cast, provider: Provider
) -> None:
    claimed(made, Work.SUBMIT)
    lose_worker(made)
    look(made)
    look(made)
    assert provider.requests[0][0] == "find"
    look(made)
    assert (only(made).status, only(made).attempt) == (G.WAITING, 1)
    assert provider.count("submit") == 1
    assert "submit_repeated" in kinds(made)


@pytest.mark.failure("C14")
def test_where_the_provider_cannot_tell_a_person_decides(made: Cast, provider: Provider) -> None:
    provider.can_tell = False
    claimed(made, Work.SUBMIT)
    lose_worker(made)
    look(made)
    look(made)
    assert made.status == Status.FAILED
    assert made.failure is not None
    assert made.failure["code"] == "submit_unknown"
    assert provider.count("submit") == 0
    assert not Charge.objects.filter(kind="released").exists(), "it may have to be paid"


def test_a_step_may_say_that_it_is_submitted_again_in_doubt(
    begin: Begin, provider: Provider
) -> None:
    cast = begin_job(begin, resubmit=True)
    provider.can_tell = False
    claimed(cast, Work.SUBMIT)
    lose_worker(cast)
    for _ in range(3):
        look(cast)
    assert only(cast).status == G.WAITING
    assert provider.count("submit") == 1


@pytest.mark.failure("C14")
def test_a_connection_that_broke_after_sending_is_no_second_job(
    made: Cast, provider: Provider
) -> None:
    provider.faults["submit"] = [provider.lose_answer({"value": "v"})]
    engine.run(made.id)
    assert (only(made).status, only(made).job_id) == (G.PENDING, None)
    look(made)
    assert only(made).job_id == "job-1"
    assert len(provider.jobs) == 1
    assert "submit_unclear" in kinds(made)


def test_a_connection_that_broke_before_sending_is_an_ordinary_failure(
    begin: Begin, provider: Provider
) -> None:
    cast = begin_job(begin, retry={"attempts": 2, "backoff_s": 0})
    provider.faults["submit"] = [Unavailable("no route")]
    engine.run(cast.id)
    look(cast)
    rows = Generation.objects.filter(cast=cast).order_by("attempt")
    assert [(row.attempt, row.status) for row in rows] == [(1, G.FAILED), (2, G.WAITING)]


@pytest.mark.failure("G5")
@pytest.mark.parametrize(
    "fault", [Unavailable("down"), RateLimited("slow down", retry_after=5), ConnectionLost("cut")]
)
def test_a_look_that_does_not_get_through_says_nothing_of_the_job(
    made: Cast, provider: Provider, fault: Exception
) -> None:
    engine.run(made.id)
    provider.faults["poll"] = [fault, fault]
    look(made)
    look(made)
    assert (only(made).status, only(made).attempt) == (G.WAITING, 1)
    provider.finish()
    assert look(made).status == Status.SUCCEEDED


@pytest.mark.failure("G3")
def test_a_job_that_is_not_there_is_lost_only_after_a_second_look(
    made: Cast, provider: Provider
) -> None:
    """Guard: job_missing_at."""
    engine.run(made.id)
    gone = provider.jobs.pop("job-1")
    look(made)
    assert only(made).status == G.WAITING
    provider.jobs["job-1"] = gone
    look(made)
    provider.jobs.clear()
    look(made)
    assert only(made).status == G.WAITING, "it was there in between"
    look(made)
    assert made.failure is not None
    assert made.failure["code"] == "job_lost"


def test_a_job_that_failed_fails_the_step_in_the_providers_words(
    made: Cast, provider: Provider
) -> None:
    engine.run(made.id)
    provider.set(status="failed", error="the GPU is on fire")
    look(made)
    assert made.failure is not None
    assert "on fire" in made.failure["message"]
    assert made.cost == 0


@pytest.mark.failure("E2")
@pytest.mark.fault(19)
def test_a_job_id_of_another_attempt_is_refused(begin: Begin, provider: Provider) -> None:
    first = begin_job(begin)
    engine.run(first.id)
    second = engine.begin(first.version, first.account, {}, source="api", actor="key:test")
    provider.faults["submit"] = [Job("job-1")]
    engine.run(second.id)
    second.refresh_from_db()
    assert second.failure is not None
    assert second.failure["code"] == "bad_output"
    provider.finish()
    assert look(first).status == Status.SUCCEEDED


@pytest.mark.failure("C4")
@pytest.mark.fault(18)
def test_a_submit_without_a_job_id_fails(made: Cast, provider: Provider) -> None:
    provider.faults["submit"] = [Job("")]
    engine.run(made.id)
    made.refresh_from_db()
    assert made.failure is not None
    assert made.failure["code"] == "bad_output"


class TestDeadlines:
    def test_a_job_may_wait_longer_in_the_queue_than_it_may_run(
        self, made: Cast, provider: Provider
    ) -> None:
        engine.run(made.id)
        queued = only(made)
        assert queued.deadline_at is not None
        assert queued.deadline_at - queued.created_at > timedelta(seconds=900)
        provider.set(status="running")
        look(made)
        running = only(made)
        assert running.deadline_at is not None
        assert running.deadline_at - running.created_at < timedelta(seconds=110)

    def test_a_job_past_its_deadline_fails_and_the_provider_is_asked_to_cancel(
        self, made: Cast, provider: Provider
    ) -> None:
        engine.run(made.id)
        Generation.objects.filter(cast=made).update(deadline_at=F("created_at") - AN_HOUR)
        look(made)
        assert made.failure is not None
        assert made.failure["code"] == "deadline_exceeded"
        assert provider.count("cancel") == 1
        look(made)
        assert only(made).cancel_done_at is not None
        assert Charge.objects.get(kind="released").amount == Decimal("0.25")


@pytest.mark.failure("C12")
class TestCancelling:
    """Guard: cancel_intent_at; the job is asked about until it has an end of its own."""

    def test_the_provider_is_asked_and_its_end_is_waited_for(
        self, made: Cast, provider: Provider
    ) -> None:
        engine.run(made.id)
        engine.cancel(made.id, actor="user:ada")
        row = only(made)
        assert (row.status, row.cancel_done_at) == (G.CANCELLED, None)
        look(made)
        assert provider.count("cancel") == 1
        look(made)
        assert only(made).cancel_done_at is not None
        assert made.status == Status.CANCELLED
        assert Charge.objects.filter(kind="released").count() == 1
        look(made)
        assert provider.count("cancel") == 1

    @pytest.mark.usefixtures("jobs")
    def test_the_money_is_held_until_the_end_is_known(self, begin: Begin, account: User) -> None:
        Budget.objects.create(owner=f"account:{account.pk}", ceiling=10)
        cast = begin_job(begin)
        engine.run(cast.id)
        engine.cancel(cast.id, actor="user:ada")
        assert Budget.objects.get().reserved == Decimal("0.25")
        look(cast)
        look(cast)
        assert Budget.objects.get().reserved == 0

    def test_what_finishes_anyway_keeps_its_result_and_its_cost(
        self, made: Cast, provider: Provider
    ) -> None:
        engine.run(made.id)
        engine.cancel(made.id, actor="user:ada")
        provider.faults["cancel"] = ["too_late"]
        provider.finish(cost="0.20")
        look(made)
        look(made)
        assert made.status == Status.CANCELLED
        orphan = OrphanResult.objects.get()
        assert orphan.outputs == {"value": "made"}
        assert made.cost == Decimal("0.20")
        assert only(made).cancel_done_at is not None

    def test_the_clock_sees_to_it_although_the_cast_is_over(self, made: Cast) -> None:
        engine.run(made.id)
        engine.cancel(made.id, actor="user:ada")
        Cast.objects.filter(pk=made.pk).update(hinted_at=None, quiet_until=None)
        assert tick() == 1
        look(made)
        look(made)
        Cast.objects.filter(pk=made.pk).update(hinted_at=None, quiet_until=None)
        assert tick() == 0

    def test_a_submit_under_way_while_its_cast_is_cancelled_is_cancelled_when_it_is_known(
        self, made: Cast, provider: Provider
    ) -> None:
        order = claimed(made, Work.SUBMIT)
        outcome = executor.perform(order)
        engine.cancel(made.id, actor="user:ada")
        boundary(made.id, report=Report(order, outcome), claiming=False)
        assert only(made).job_id == "job-1"
        look(made)
        assert provider.jobs["job-1"]["status"] == "cancelled"

    def test_a_job_nobody_hears_of_again_is_given_up_after_a_while(
        self, made: Cast, provider: Provider
    ) -> None:
        engine.run(made.id)
        engine.cancel(made.id, actor="user:ada")
        provider.faults["poll"] = [Unavailable("down")] * 5
        look(made)
        Generation.objects.filter(cast=made).update(
            cancel_intent_at=F("cancel_intent_at") - AN_HOUR * 2
        )
        look(made)
        assert only(made).cancel_done_at is not None
        assert "job_end_unknown" in kinds(made)

    @pytest.mark.usefixtures("trial")
    def test_a_sibling_that_fails_calls_the_job_off(self, begin: Begin, provider: Provider) -> None:
        make = {"key": "make", "tool": "jobs.make", "inputs": {"value": "v"}, "needs": []}
        wait = {"key": "wait", "tool": "trial.echo", "inputs": {"value": 1}, "needs": []}
        bad = {"key": "bad", "tool": "trial.broken", "inputs": {"value": 1}, "needs": ["wait"]}
        cast = begin(make, wait, bad)
        engine.run(cast.id)
        look(cast)
        assert cast.status == Status.FAILED
        look(cast)
        assert provider.jobs["job-1"]["status"] == "cancelled"


@pytest.mark.failure("B5")
def test_two_who_ask_about_one_job_end_it_once(made: Cast, provider: Provider) -> None:
    """Guard: what is true of a job is applied by compare-and-set, and doubled harmlessly."""
    engine.run(made.id)
    provider.finish()
    Generation.objects.filter(cast=made).update(next_look_at=F("created_at") - AN_HOUR)
    first = claimed(made, Work.POLL)
    lose_worker(made)
    second = claimed(made, Work.POLL)
    reports = [Report(order, executor.perform(order)) for order in (first, second)]
    for report in reports:
        boundary(made.id, report=report)
    made.refresh_from_db()
    assert made.status == Status.SUCCEEDED
    assert not OrphanResult.objects.exists()
    assert Charge.objects.filter(kind="settled").count() == 1
