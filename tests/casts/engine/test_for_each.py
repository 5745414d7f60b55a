"""A step that runs once per item of a list: durable, bounded, in order."""

from collections.abc import Mapping
from typing import Any

import pytest
from django_q.models import OrmQ

from casts import engine
from casts.engine.boundary import boundary
from casts.models import Cast, Skip
from casts.states import Status
from generations import executor
from generations.adapters.base import Call
from generations.models import Generation
from generations.outcomes import Order, Report
from generations.states import LIVE
from generations.states import Status as G
from spellhub.events.models import Event
from tests.casts.engine.conftest import Begin, step
from tests.casts.engine.test_run import carry_on
from tests.tools import TrialAdapter, TrialError

pytestmark = pytest.mark.django_db

LIST = {"list": {"type": "array", "items": {"type": ["integer", "string", "null"]}}}


def each(key: str = "many", tool: str = "echo", **more: Any) -> dict[str, Any]:
    value = more.pop("value", "${{ item }}")
    return step(key, tool, value, for_each=more.pop("for_each", "${{ inputs.list }}"), **more)


def begin_each(begin: Begin, items: list[Any], *steps: Mapping[str, Any], **more: Any) -> Cast:
    outputs = more.pop("outputs", {"all": "${{ steps.many.value }}"})
    return begin(*steps, inputs={"list": items}, properties=LIST, outputs=outputs, **more)


def rows(cast: Cast) -> list[tuple[int, int, str]]:
    found = Generation.objects.filter(cast=cast, step="many").order_by("item", "attempt")
    return list(found.values_list("item", "attempt", "status"))


def refuse_odd(call: Call) -> Mapping[str, Any]:
    if call.inputs["value"] % 2:
        raise TrialError(f"{call.inputs['value']} is odd")
    return {"value": call.inputs["value"] * 10}


def test_the_outputs_are_lists_in_the_order_of_the_items(begin: Begin) -> None:
    wanted = [f"item {number}" for number in range(50)]
    cast = carry_on(begin_each(begin, wanted, each()))
    assert cast.status == Status.SUCCEEDED
    assert cast.outputs == {"all": wanted}
    assert rows(cast) == [(number, 1, G.SUCCEEDED) for number in range(50)]
    assert set(Generation.objects.values_list("item_count", flat=True)) == {50}


def test_expressions_know_the_item_and_its_place(begin: Begin) -> None:
    many = each(value="${{ index }} is ${{ item }} of ${{ inputs.n }}")
    cast = carry_on(begin_each(begin, ["a", "b"], many))
    assert cast.outputs == {"all": ["0 is a of 1", "1 is b of 1"]}


def test_a_list_may_come_from_an_earlier_step_and_its_results_go_into_a_later_one(
    begin: Begin,
) -> None:
    first = each("first")
    many = each(for_each="${{ steps.first.value }}", value="<${{ item }}>")
    last = step("last", value="${{ join(' ', steps.many.value) }}")
    outputs = {"text": "${{ steps.last.value }}"}
    cast = carry_on(begin_each(begin, ["a", "b"], first, many, last, outputs=outputs))
    assert cast.outputs == {"text": "<a> <b>"}


def test_no_more_items_are_in_flight_than_the_step_says(begin: Begin) -> None:
    cast = begin_each(begin, list(range(9)), each(max_in_flight=3))
    orders: list[Order] = []
    for _ in range(4):
        order = boundary(cast.id)
        orders += [order] if order else []
    assert len(orders) == 3
    live = Generation.objects.filter(cast=cast, status__in=LIVE)
    assert sorted(live.values_list("item", flat=True)) == [0, 1, 2]
    following = boundary(cast.id, report=Report(orders[1], executor.perform(orders[1])))
    assert following is not None
    assert sorted(live.values_list("item", flat=True)) == [0, 2, 3]


def test_a_failed_item_fails_the_cast_and_is_named(begin: Begin, trial: TrialAdapter) -> None:
    trial.behave = refuse_odd
    cast = carry_on(begin_each(begin, [0, 2, 3, 4], each(tool="custom", max_in_flight=1)))
    assert cast.status == Status.FAILED
    assert cast.failure is not None
    assert cast.failure["message"] == "Item 3 of 4: 3 is odd"
    assert rows(cast) == [(0, 1, G.SUCCEEDED), (1, 1, G.SUCCEEDED), (2, 1, G.FAILED)]


def test_where_the_step_may_fail_a_failed_item_leaves_its_place_null(
    begin: Begin, trial: TrialAdapter
) -> None:
    trial.behave = refuse_odd
    cast = carry_on(begin_each(begin, [1, 2, 3, 4], each(tool="custom", on_failure="continue")))
    assert cast.status == Status.SUCCEEDED
    assert cast.outputs == {"all": [None, 20, None, 40]}


def test_a_step_of_which_no_item_succeeded_has_failed(begin: Begin, trial: TrialAdapter) -> None:
    trial.behave = refuse_odd
    cast = carry_on(begin_each(begin, [1, 3], each(tool="custom", on_failure="continue")))
    assert cast.status == Status.SUCCEEDED
    assert cast.outputs == {"all": None}


def test_each_item_is_retried_by_itself(begin: Begin) -> None:
    many = each(
        tool="flaky",
        inputs={"fail": "${{ item }}"},
        retry={"attempts": 3, "backoff_s": 0},
    )
    cast = carry_on(begin_each(begin, [0, 2, 1], many))
    assert cast.outputs == {"all": [0, 2, 1]}
    assert [row[:2] for row in rows(cast)] == [(0, 1), (1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]


def test_a_retry_runs_only_the_items_that_failed(begin: Begin, trial: TrialAdapter) -> None:
    trial.behave = refuse_odd
    end = step("end", value="${{ steps.many.value[0] }}")
    cast = carry_on(begin_each(begin, [2, 3, 4], each(tool="custom", max_in_flight=1), end))
    trial.behave = lambda call: {"value": call.inputs["value"]}
    engine.retry(cast.id, actor="user:ada", reason="mended")
    carry_on(cast)
    assert cast.outputs == {"all": [20, 3, 4]}
    assert rows(cast) == [
        (0, 1, G.SUCCEEDED),
        (1, 1, G.FAILED),
        (1, 2, G.SUCCEEDED),
        (2, 1, G.SUCCEEDED),
    ]


def test_a_retry_from_the_step_runs_every_item_again(begin: Begin, trial: TrialAdapter) -> None:
    trial.behave = refuse_odd
    cast = carry_on(begin_each(begin, [2, 3], each(tool="custom", max_in_flight=1)))
    trial.behave = lambda call: {"value": call.inputs["value"]}
    engine.retry(cast.id, actor="user:ada", reason="all of it", from_step="many")
    carry_on(cast)
    assert cast.outputs == {"all": [2, 3]}
    assert [row[:2] for row in rows(cast)] == [(0, 1), (0, 2), (1, 1), (1, 2)]


def write(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "tool": "text.template", "inputs": {"template": "${{ item }}"}, **more}


def test_an_empty_list_leaves_the_step_out_and_the_lists_empty(begin: Begin) -> None:
    many = write("many", for_each="${{ inputs.list }}")
    cast = carry_on(begin_each(begin, [], many, outputs={"all": "${{ steps.many.text }}"}))
    assert (cast.status, cast.outputs) == (Status.SUCCEEDED, {"all": []})
    assert Skip.objects.get(cast=cast).reason == "its list is empty"
    assert not Generation.objects.filter(cast=cast).exists()


def test_a_step_that_is_not_wanted_gives_nothing_also_where_its_list_is_empty(
    begin: Begin,
) -> None:
    many = write("many", for_each="${{ inputs.list }}", when="${{ inputs.n == `2` }}")
    cast = carry_on(begin_each(begin, [], many, outputs={"all": "${{ steps.many.text }}"}))
    assert cast.outputs == {"all": None}


def test_a_hundred_items_are_begun_in_several_plans_and_hinted_a_few_at_a_time(
    begin: Begin,
) -> None:
    cast = begin_each(begin, list(range(100)), each(max_in_flight=100))
    OrmQ.objects.all().delete()
    order = boundary(cast.id)
    assert order is not None
    assert Generation.objects.filter(cast=cast).count() == 25
    boundary(cast.id, report=Report(order, executor.perform(order)), claiming=False)
    assert OrmQ.objects.count() <= 20
    carry_on(cast)
    assert cast.outputs == {"all": list(range(100))}


def test_a_hundred_items_that_are_refused_at_once_end_the_step(begin: Begin) -> None:
    cast = begin_each(begin, [None] * 60, each(on_failure="continue"))
    for _ in range(4):
        OrmQ.objects.all().delete()
        engine.run(cast.id)
        cast.refresh_from_db()
        assert cast.is_final or OrmQ.objects.count() == 1, "somebody must go on"
    assert cast.outputs == {"all": None}


def test_a_list_that_is_too_long_fails_the_step_before_any_item_runs(
    begin: Begin, trial: TrialAdapter
) -> None:
    cast = carry_on(begin_each(begin, [1, 2, 3], each(max_items=2)))
    assert cast.failure is not None
    assert cast.failure["code"] == "too_many_items"
    assert "3 items; it takes 2" in cast.failure["message"]
    assert trial.calls == []


def test_what_is_no_list_fails_the_step(begin: Begin) -> None:
    first = step("first", value="one")
    cast = carry_on(begin_each(begin, [], first, each(for_each="${{ steps.first.value }}")))
    assert cast.failure is not None
    assert cast.failure["code"] == "expression_error"
    assert "a list" in cast.failure["message"]


def test_a_list_that_is_not_there_fails_as_a_missing_input(begin: Begin) -> None:
    cast = carry_on(begin(each(), properties=LIST))
    assert cast.failure is not None
    assert cast.failure["code"] == "missing_input"


def test_a_list_of_a_skipped_step_skips_the_step(begin: Begin) -> None:
    first = each("first", when="${{ inputs.n == `2` }}")
    cast = carry_on(begin_each(begin, [1], first, each(for_each="${{ steps.first.value }}")))
    assert cast.status == Status.SUCCEEDED
    assert Skip.objects.get(cast=cast, step="many").reason == "it needs first, which was skipped"


def test_an_item_whose_input_comes_out_empty_fails_alone(begin: Begin) -> None:
    cast = carry_on(begin_each(begin, [1, None, 3], each(on_failure="continue")))
    assert cast.outputs == {"all": [1, None, 3]}
    failed = Generation.objects.get(cast=cast, status=G.FAILED)
    assert (failed.item, failed.failure and failed.failure["code"]) == (1, "missing_input")


def test_the_events_tell_the_item(begin: Begin) -> None:
    cast = carry_on(begin_each(begin, ["a", "b"], each()))
    told = Event.objects.filter(topic=cast.topic, kind="step_succeeded").order_by("seq")
    assert [(event.data["item"], event.data["items"]) for event in told] == [(0, 2), (1, 2)]


@pytest.mark.failure("B4")
def test_an_item_whose_worker_was_lost_is_claimed_anew_on_its_own_row(begin: Begin) -> None:
    """Guard: leases are per generation, and every item is one."""
    cast = begin_each(begin, ["a", "b", "c"], each())
    assert boundary(cast.id) is not None
    Generation.objects.filter(cast=cast, status=G.RUNNING).update(
        lease_until="2000-01-01T00:00:00Z"
    )
    carry_on(cast)
    assert cast.outputs == {"all": ["a", "b", "c"]}
    lost = Generation.objects.filter(cast=cast, lost=1)
    assert [(row.item, row.attempt) for row in lost] == [(0, 1)]
