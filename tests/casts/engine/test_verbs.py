"""What operators do to casts."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django_q.models import OrmQ

from casts import engine
from casts.engine.boundary import boundary
from casts.engine.verbs import NoSuchStep
from casts.models import Cast
from casts.states import FINAL, Status
from generations import executor
from generations.models import Charge, Generation, OrphanResult
from generations.outcomes import Report
from generations.states import LIVE
from generations.states import Status as G
from spellhub.accounts.models import Budget
from spellhub.events.models import Event
from tests.casts.engine.conftest import Begin, step
from tests.casts.engine.test_run import carry_on, statuses
from tests.tools import TrialAdapter

pytestmark = pytest.mark.django_db


def last_event(cast: Cast) -> Event:
    return Event.objects.filter(topic=cast.topic).order_by("-seq")[0]


def mend(trial: TrialAdapter) -> None:
    """Let the broken tool work from now on."""
    trial.execute = trial.mended_execute  # type: ignore[method-assign]


def test_a_retry_keeps_what_succeeded_and_appends_attempts(
    begin: Begin, trial: TrialAdapter
) -> None:
    cast = carry_on(begin(step("good"), step("bad", "broken"), step("end")))
    mend(trial)
    engine.retry(cast.id, actor="user:ada", reason="mended")
    event = last_event(cast)
    assert (event.kind, event.actor) == ("cast_retried", "user:ada")
    assert event.data["reason"] == "mended"
    assert event.data["failure"]["code"] == "tool_error"
    carry_on(cast)
    assert cast.status == Status.SUCCEEDED
    assert (cast.round, cast.failure) == (2, None)
    rows = Generation.objects.filter(cast=cast)
    assert sorted((g.step, g.round, g.attempt, g.status) for g in rows) == [
        ("bad", 1, 1, G.FAILED),
        ("bad", 2, 2, G.SUCCEEDED),
        ("end", 2, 1, G.SUCCEEDED),
        ("good", 1, 1, G.SUCCEEDED),
    ]


def test_a_retry_from_a_step_runs_it_and_what_depends_on_it(
    begin: Begin, trial: TrialAdapter
) -> None:
    cast = carry_on(
        begin(step("a"), step("b"), step("other", needs=[]), step("bad", "broken", needs=["b"]))
    )
    mend(trial)
    engine.retry(cast.id, actor="user:ada", reason="from b", from_step="b")
    carry_on(cast)
    counts = {s: Generation.objects.filter(cast=cast, step=s).count() for s in ("a", "b", "bad")}
    assert counts == {"a": 1, "b": 2, "bad": 2}
    assert cast.status == Status.SUCCEEDED


def test_a_retry_has_a_whole_set_of_attempts_again(begin: Begin) -> None:
    flaky = step("f", "flaky", inputs={"fail": 3}, retry={"attempts": 2, "backoff_s": 1})
    cast = carry_on(begin(flaky))
    assert cast.status == Status.FAILED
    engine.retry(cast.id, actor="user:ada", reason="again")
    assert carry_on(cast).status == Status.SUCCEEDED


def test_a_retry_from_a_step_that_is_not_there_is_refused(begin: Begin) -> None:
    cast = carry_on(begin(step("bad", "broken")))
    with pytest.raises(NoSuchStep):
        engine.retry(cast.id, actor="user:ada", reason="x", from_step="nowhere")
    cast.refresh_from_db()
    assert (cast.status, cast.round) == (Status.FAILED, 1)


def test_a_cancelled_cast_can_be_retried(begin: Begin) -> None:
    cast = begin(step("one"), step("two"))
    boundary(cast.id)
    engine.cancel(cast.id, actor="user:ada")
    engine.retry(cast.id, actor="user:ada", reason="after all")
    assert carry_on(cast).status == Status.SUCCEEDED


@pytest.mark.parametrize("status", [Status.QUEUED, Status.RUNNING, Status.SUCCEEDED])
def test_a_retry_is_legal_only_after_an_unwanted_end(begin: Begin, status: Status) -> None:
    cast = begin(step("one"))
    if status == Status.RUNNING:
        boundary(cast.id)
    elif status == Status.SUCCEEDED:
        carry_on(cast)
    with pytest.raises(engine.Illegal) as refusal:
        engine.retry(cast.id, actor="user:ada", reason="x")
    assert refusal.value.status == status


@pytest.mark.parametrize("verb", ["fail", "cancel"])
def test_ending_a_cast_ends_its_attempts_at_once(begin: Begin, verb: str) -> None:
    cast = begin(step("a", needs=[]), step("b", needs=[]))
    order = boundary(cast.id)
    assert order
    getattr(engine, verb)(cast.id, actor="user:ada", reason="enough")
    cast.refresh_from_db()
    assert cast.status in FINAL
    assert not Generation.objects.filter(cast=cast, status__in=LIVE).exists()
    assert last_event(cast).actor == "user:ada"
    boundary(cast.id, report=Report(order, executor.perform(order)))
    cast.refresh_from_db()
    assert cast.outputs is None
    assert statuses(cast) == {"a": G.CANCELLED, "b": G.CANCELLED}
    assert OrphanResult.objects.count() == 1


def test_a_failed_cast_says_who_failed_it_and_why(begin: Begin) -> None:
    cast = engine.fail(begin(step("one")).id, actor="user:ada", reason="wrong customer")
    assert cast.failure is not None
    assert cast.failure["code"] == "failed_by_operator"
    assert cast.failure["message"] == "wrong customer"


@pytest.mark.failure("B3")
@pytest.mark.parametrize("verb", ["fail", "cancel"])
def test_an_ended_cast_cannot_be_ended_again(begin: Begin, verb: str) -> None:
    """Guard: the verbs refuse what is final."""
    cast = carry_on(begin(step("one")))
    with pytest.raises(engine.Illegal):
        getattr(engine, verb)(cast.id, actor="user:ada", reason="x")
    cast.refresh_from_db()
    assert cast.status == Status.SUCCEEDED


def test_looking_calls_no_tool_but_makes_what_is_ready(begin: Begin, trial: TrialAdapter) -> None:
    cast = begin(step("one"))
    engine.look(cast.id, actor="user:ada")
    assert trial.calls == []
    assert statuses(cast) == {"one": G.PENDING}


def test_looking_sends_a_worker_to_a_step_whose_hint_was_lost(begin: Begin) -> None:
    cast = begin(step("one"))
    engine.look(cast.id, actor="user:ada")
    OrmQ.objects.all().delete()
    engine.look(cast.id, actor="user:ada")
    assert OrmQ.objects.count() == 1


def test_looking_at_a_cast_that_runs_as_it_should_changes_nothing(begin: Begin) -> None:
    cast = begin(step("one"))
    boundary(cast.id)
    OrmQ.objects.all().delete()
    engine.look(cast.id, actor="user:ada")
    assert not OrmQ.objects.exists()


def test_a_deactivated_account_starts_nothing_more(begin: Begin, trial: TrialAdapter) -> None:
    cast = begin(step("one"))
    cast.account.is_active = False
    cast.account.save()
    carry_on(cast)
    assert cast.failure is not None
    assert cast.failure["code"] == "account_inactive"
    assert trial.calls == []


def charges(cast: Cast) -> list[tuple[str, Decimal]]:
    rows = Charge.objects.filter(generation__cast=cast).order_by("id")
    return [(row.kind, row.amount) for row in rows]


def test_a_paid_step_is_reserved_then_settled_once(begin: Begin) -> None:
    cast = begin(step("only", "paid"))
    budget = Budget.objects.create(owner=f"account:{cast.account_id}", ceiling=Decimal(1))
    carry_on(cast)
    assert charges(cast) == [("reserved", Decimal("0.25")), ("settled", Decimal("0.25"))]
    assert cast.cost == Decimal("0.25")
    budget.refresh_from_db()
    assert (budget.spent, budget.reserved) == (Decimal("0.25"), Decimal(0))


@pytest.mark.parametrize(
    ("seconds", "kind"), [(5.0, Charge.Kind.SETTLED), (-1.0, Charge.Kind.RELEASED)]
)
def test_what_a_cancelled_paid_step_comes_to_is_booked_when_it_ends(
    begin: Begin, seconds: float, kind: Charge.Kind
) -> None:
    cast = begin(step("only", "paid"))
    Budget.objects.create(owner=f"account:{cast.account_id}", ceiling=Decimal(1))
    order = boundary(cast.id)
    assert order
    engine.cancel(cast.id, actor="user:ada")
    assert charges(cast) == [("reserved", Decimal("0.25"))]
    outcome = executor.perform(replace(order, seconds=seconds))
    boundary(cast.id, report=Report(order, outcome))
    assert charges(cast)[1:] == [(kind, Decimal("0.25"))]
    budget = Budget.objects.get()
    assert budget.reserved == 0
    assert budget.spent == cast.cost


def test_a_step_that_would_pass_the_budget_waits_for_it(begin: Begin, trial: TrialAdapter) -> None:
    cast = begin(step("only", "paid"))
    Budget.objects.create(owner=f"account:{cast.account_id}", ceiling=Decimal("0.2"))
    engine.run(cast.id)
    assert trial.calls == []
    assert Generation.objects.get(cast=cast).hold_reason == "budget"
    Budget.objects.update(ceiling=Decimal(5))
    assert carry_on(cast).status == Status.SUCCEEDED


@pytest.mark.failure("E5")
def test_a_free_step_leaves_no_charge(begin: Begin) -> None:
    """Guard: money.reserve and money._close do nothing for a price of zero."""
    cast = carry_on(begin(step("only")))
    assert charges(cast) == []
    assert cast.cost == 0


def test_what_a_retry_runs_again_is_there_at_once(begin: Begin, trial: TrialAdapter) -> None:
    """So that the cast is never taken for stuck, however long it ran before."""
    cast = carry_on(begin(step("good"), step("bad", "broken")))
    engine.retry(cast.id, actor="user:ada", reason="mended")
    live = Generation.objects.get(cast=cast, status__in=LIVE)
    assert (live.step, live.attempt, live.status) == ("bad", 2, G.PENDING)
