"""The numbered events of a cast."""

import time
from typing import Any

import pytest

from casts import engine
from casts.api.events import AT_ONCE
from casts.models import Cast
from spellhub.events.record import Fact, record
from tests.clients import Api
from tests.factories import just_now


@pytest.fixture
def api(db: None) -> Api:
    api = Api()
    api.save_spell()
    return api


def test_the_events_of_a_cast_are_told_in_order_in_one_shape(api: Api) -> None:
    cast = api.cast()["id"]
    engine.run(cast)
    body = api.get(f"casts/{cast}/events/").json()
    assert [event["seq"] for event in body["results"]] == [1, 2, 3, 4, 5]
    assert [event["type"] for event in body["results"]] == [
        "cast_created",
        "cast_started",
        "step_started",
        "step_succeeded",
        "cast_succeeded",
    ]
    assert {frozenset(event) for event in body["results"]} == {
        frozenset({"seq", "type", "at", "data"})
    }
    assert (body["next"], body["previous"]) == (None, None)


def test_only_what_comes_after_a_number_is_told(api: Api) -> None:
    cast = api.cast()["id"]
    engine.run(cast)
    for after, expected in ((0, [1, 2, 3, 4, 5]), (3, [4, 5]), (5, []), (99, [])):
        body = api.get(f"casts/{cast}/events/", {"after": str(after)}).json()
        assert [event["seq"] for event in body["results"]] == expected


def test_many_events_come_in_pages(api: Api) -> None:
    cast = Cast.objects.get(pk=api.cast()["id"])
    record(cast.topic, 1, [Fact("noted")] * (AT_ONCE + 4), actor="test", at=just_now())
    page = api.get(f"casts/{cast.id}/events/").json()
    seen = [event["seq"] for event in page["results"]]
    while page["next"]:
        page = api.get(page["next"]).json()
        seen += [event["seq"] for event in page["results"]]
    assert seen == list(range(1, AT_ONCE + 6))


@pytest.mark.parametrize(
    "query",
    [{"after": "-1"}, {"after": "x"}, {"after": "9" * 40}, {"after": "1.0"}, {"afer": "1"}],
)
def test_a_query_that_is_wrong_is_400(api: Api, query: dict[str, str]) -> None:
    cast = api.cast()["id"]
    assert api.get(f"casts/{cast}/events/", query).json()["code"] == "invalid_query"


@pytest.mark.parametrize("query", [{"after": "0", "wait": "30"}, {"after": "2", "wait": "30"}])
def test_nobody_waits_for_what_is_there_or_for_what_has_ended(
    api: Api, query: dict[str, Any]
) -> None:
    cast = api.cast()["id"]
    api.post(f"casts/{cast}/cancel/")
    began = time.monotonic()
    body = api.get(f"casts/{cast}/events/", query).json()
    assert len(body["results"]) == 2 - int(query["after"])
    assert time.monotonic() - began < 5


@pytest.mark.django_db(transaction=True)
def test_a_wait_in_which_nothing_happens_answers_with_nothing() -> None:
    api = Api()
    api.save_spell()
    cast = api.cast()["id"]
    began = time.monotonic()
    answer = api.get(f"casts/{cast}/events/", {"after": "1", "wait": "1"})
    assert (answer.status_code, answer.json()["results"]) == (200, [])
    assert 0.9 < time.monotonic() - began < 5


def test_the_events_of_another_accounts_cast_are_404(api: Api) -> None:
    cast = api.cast()["id"]
    assert Api().get(f"casts/{cast}/events/", {"wait": "5"}).status_code == 404
