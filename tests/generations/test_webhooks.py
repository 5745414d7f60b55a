"""The door for webhooks: what comes in, what is refused, and that nothing is done twice."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django_q.models import OrmQ

from casts import engine
from casts.engine.boundary import boundary
from casts.models import Cast
from casts.recovery import tick
from casts.states import Status
from generations import executor
from generations.models import Charge, Delivery, Generation, OrphanResult
from generations.outcomes import Report, Work
from generations.states import Status as G
from generations.tools import catalogue
from spellhub import database
from tests.casts.engine.conftest import Begin, account, begin
from tests.casts.engine.test_jobs import (
    begin_job,
    claimed,
    jobs,
    let_the_submit_be_over,
    look,
    lose_worker,
    made,
    only,
    provider,
)
from tests.provider import JobAdapter, Provider, signature

__all__ = ["account", "begin", "jobs", "made", "provider"]

pytestmark = pytest.mark.django_db


def send(cast: Cast, *, token: str | None = None, sign: bool = True, **body: Any) -> int:
    """Deliver what a provider says of its job; return the status of the answer."""
    told = {
        "id": "delivery-1",
        "job": "job-1",
        "at": database.now().timestamp(),
        "status": "succeeded",
        "output": "made",
        "cost": "0.10",
        **body,
    }
    raw = json.dumps(told).encode()
    address = f"/webhooks/jobs/{token or only(cast).callback_token}/"
    headers = {"X-Signature": signature(raw) if sign else "forged"}
    answer = Client().post(address, raw, "application/json", headers=headers)
    return answer.status_code


def run(cast: Cast) -> Cast:
    engine.run(cast.id)
    cast.refresh_from_db()
    return cast


def test_a_delivery_ends_the_job_without_a_poll(made: Cast, provider: Provider) -> None:
    run(made)
    assert send(made) == 202
    assert OrmQ.objects.exists()
    assert run(made).outputs == {"got": "made"}
    assert provider.count("poll") == 0
    assert Delivery.objects.get().read_at is not None


@pytest.mark.failure("B11")
@pytest.mark.fault(23)
def test_the_same_delivery_many_times_is_read_once(made: Cast) -> None:
    """Guard: unique (adapter, mark)."""
    run(made)
    assert {send(made) for _ in range(5)} == {202}
    assert Delivery.objects.count() == 1
    run(made)
    assert send(made) == 202
    assert run(made).status == Status.SUCCEEDED
    assert Charge.objects.filter(kind="settled").count() == 1


@pytest.mark.failure("A6")
@pytest.mark.fault(22)
def test_a_delivery_before_the_answer_to_the_submit_is_applied_once(
    made: Cast, provider: Provider
) -> None:
    """Guard: the token in the address; what came early is read when the job id is known."""
    order = claimed(made, Work.SUBMIT)
    report = Report(order, executor.perform(order))
    assert send(made) == 202
    assert boundary(made.id) is None, "the submit is still under way"
    following = boundary(made.id, report=report)
    assert following is not None
    assert following.work == Work.READ
    boundary(made.id, report=Report(following, executor.perform(following)))
    made.refresh_from_db()
    assert made.outputs == {"got": "made"}
    assert provider.count("submit") == 1


def test_a_delivery_for_a_submit_whose_worker_died_ends_the_job(
    made: Cast, provider: Provider
) -> None:
    order = claimed(made, Work.SUBMIT)
    executor.perform(order)
    assert send(made) == 202
    lose_worker(made)
    let_the_submit_be_over(made)
    for _ in range(3):
        look(made)
    assert made.status == Status.SUCCEEDED
    assert provider.count("submit") == 1


@pytest.mark.fault(24)
@pytest.mark.parametrize("order", [("running", "succeeded"), ("succeeded", "running")])
def test_deliveries_out_of_order_change_no_final_state(made: Cast, order: tuple[str, str]) -> None:
    run(made)
    for number, status in enumerate(order):
        assert send(made, id=f"delivery-{number}", status=status) == 202
        run(made)
    look(made)
    assert made.status == Status.SUCCEEDED


@pytest.mark.failure("G1")
@pytest.mark.fault(25)
@pytest.mark.parametrize(
    "forgery",
    [
        {"sign": False},
        {"token": "not-a-token"},
        {"job": "job-of-somebody-else"},
        {"at": 0},
        {"at": "yesterday"},
        {"id": None, "at": 10**10},
    ],
)
def test_what_is_forged_is_refused_stored_and_changes_nothing(
    made: Cast, forgery: dict[str, Any]
) -> None:
    """Guard: the door judges before it wakes anybody; the verdict stands on the row."""
    run(made)
    before = Generation.objects.values().get()
    OrmQ.objects.all().delete()
    assert send(made, **forgery) == 401
    row = Delivery.objects.get()
    assert (row.verdict, bool(row.why)) == ("refused", True)
    assert not OrmQ.objects.exists()
    run(made)
    assert Generation.objects.values().get() == before


@pytest.mark.fault(26)
def test_a_replay_after_a_while_is_refused_and_an_early_one_changes_nothing(made: Cast) -> None:
    run(made)
    at = database.now().timestamp()
    assert send(made, at=at) == 202
    run(made)
    assert send(made, at=at) == 202
    assert send(made, at=at - 301) == 401
    assert Charge.objects.filter(kind="settled").count() == 1


@pytest.mark.fault(27)
def test_a_late_delivery_books_its_cost_on_the_old_attempt_and_is_kept_apart(
    made: Cast, provider: Provider
) -> None:
    run(made)
    engine.cancel(made.id, actor="user:ada")
    assert send(made, cost="0.30") == 202
    run(made)
    assert made.status == Status.CANCELLED
    assert OrphanResult.objects.get().outputs == {"value": "made"}
    assert made.cost == Decimal("0.30")
    assert provider.count("cancel") == 0, "it has ended already"


@pytest.mark.fault(29)
def test_a_delivery_that_was_stored_and_not_read_is_found_by_the_clock(made: Cast) -> None:
    run(made)
    send(made)
    OrmQ.objects.all().delete()
    Cast.objects.update(hinted_at=None, quiet_until=None)
    Delivery.objects.update(received_at=F("received_at") - timedelta(seconds=10))
    assert tick() == 1
    assert OrmQ.objects.count() == 1


def test_an_unsigned_delivery_only_causes_a_poll(begin: Begin) -> None:
    adapter = JobAdapter(webhook="unsigned")
    catalogue.register(adapter)
    try:
        cast = run(begin_job(begin))
        assert send(cast) == 202
        run(cast)
        assert only(cast).status == G.WAITING, "the provider says that it still runs"
        assert adapter.provider.count("poll") == 1
    finally:
        catalogue.unregister(adapter.name)


@pytest.mark.fault(30)
def test_a_giant_body_is_refused_before_it_is_read(made: Cast) -> None:
    run(made)
    address = f"/webhooks/jobs/{only(made).callback_token}/"
    answer = Client().post(address, b"x" * (1024 * 1024 + 1), "application/json")
    assert answer.status_code == 413
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("address", ["/webhooks/nobody/x/", "/webhooks/local/x/"])
def test_an_adapter_without_webhooks_has_no_door(address: str) -> None:
    assert Client().post(address, b"{}", "application/json").status_code == 404


def test_only_posts_come_in(made: Cast) -> None:
    assert Client().get("/webhooks/jobs/x/").status_code == 405


@pytest.mark.parametrize("body", ["", "[1]", '{"status": NaN}', "<html>"])
def test_a_delivery_that_cannot_be_read_leaves_the_job_to_the_polls(
    made: Cast, provider: Provider, body: str
) -> None:
    run(made)
    row = Delivery.objects.create(
        adapter="jobs",
        mark="unreadable",
        generation=only(made),
        body=body,
        verdict=Delivery.Verdict.ACCEPTED,
        received_at=database.now(),
    )
    run(made)
    row.refresh_from_db()
    assert (only(made).status, row.read_at is not None) == (G.WAITING, True)
    provider.finish()
    assert look(made).status == Status.SUCCEEDED
