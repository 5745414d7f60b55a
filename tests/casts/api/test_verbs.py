"""Retry, cancel, fail and look: each calls the engine's verb, or says why it is not legal."""

from typing import Any
from uuid import UUID

import pytest

from casts import engine
from casts.models import Cast
from generations.models import Generation
from spellhub.events.models import Event
from tests.clients import Api, flaws
from tests.tools import TrialAdapter

STEPS = [
    {"key": "first", "tool": "trial.echo", "inputs": {"value": 1}},
    {"key": "second", "tool": "trial.custom", "inputs": {"value": "${{ steps.first.value }}"}},
]


@pytest.fixture
def api(db: None, trial: TrialAdapter) -> Api:
    api = Api()
    api.save_spell(steps=STEPS, outputs={"value": "${{ steps.second.value }}"})
    return api


def failed_cast(api: Api) -> str:
    cast: str = api.cast()["id"]
    engine.run(UUID(cast))
    assert Cast.objects.get().status == "failed"
    return cast


def last_event(cast: str) -> Event:
    return Event.objects.filter(topic=f"cast:{cast}").latest("seq")


def test_a_failed_cast_is_retried_and_keeps_what_succeeded(api: Api, trial: TrialAdapter) -> None:
    cast = failed_cast(api)
    answer = api.post(f"casts/{cast}/retry/", {"reason": "the tool works again"})
    assert (answer.status_code, answer.json()["status"]) == (200, "running")
    assert answer.json()["failure"] is None
    event = last_event(cast)
    assert (event.kind, event.actor) == ("cast_retried", f"key:{api.row.prefix}")
    assert event.data["reason"] == "the tool works again"
    trial.behave = lambda call: {"value": call.inputs["value"]}
    engine.run(UUID(cast))
    found = api.get(f"casts/{cast}/").json()
    assert (found["status"], found["outputs"]) == ("succeeded", {"value": 1})
    assert [step["attempt"] for step in found["steps"]] == [1, 2]


def test_a_retry_from_a_step_runs_it_and_what_depends_on_it_again(
    api: Api, trial: TrialAdapter
) -> None:
    cast = failed_cast(api)
    api.post(f"casts/{cast}/retry/", {"reason": "all of it", "from_step": "first"})
    trial.behave = lambda call: {"value": call.inputs["value"]}
    engine.run(UUID(cast))
    found = api.get(f"casts/{cast}/").json()
    assert [step["attempt"] for step in found["steps"]] == [2, 2]


@pytest.mark.parametrize(
    ("verb", "body", "expected"),
    [
        ("retry", {}, [("/reason", "missing")]),
        ("retry", {"reason": ""}, [("/reason", "wrong_length")]),
        ("retry", {"reason": " \t"}, [("/reason", "wrong_length")]),
        ("retry", {"reason": 7}, [("/reason", "wrong_type")]),
        ("retry", {"reason": "x", "from_step": "none"}, [("/from_step", "unknown_step")]),
        ("retry", {"reason": "x", "from_step": 1}, [("/from_step", "wrong_type")]),
        ("retry", {"reason": "x", "form_step": "first"}, [("/form_step", "unknown_field")]),
        ("retry", {"reason": "x", "inputs": {}}, [("/inputs", "unknown_field")]),
        ("fail", {}, [("/reason", "missing")]),
        ("fail", {"reason": "x" * 2001}, [("/reason", "wrong_length")]),
        ("cancel", {"reason": None}, [("/reason", "wrong_type")]),
        ("look", {"reason": "x"}, [("/reason", "unknown_field")]),
    ],
)
def test_a_body_that_is_wrong_is_422_and_nothing_happens(
    api: Api, verb: str, body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    cast = failed_cast(api)
    before = last_event(cast).seq
    answer = api.post(f"casts/{cast}/{verb}/", body)
    assert (answer.status_code, flaws(answer)) == (422, expected)
    assert last_event(cast).seq == before


def test_a_preview_that_does_not_exist_yet_is_refused_and_not_done(api: Api) -> None:
    cast = failed_cast(api)
    answer = api.post(f"casts/{cast}/retry/?preview=1", {"reason": "just looking"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query")
    assert Cast.objects.get().status == "failed"


def test_a_live_cast_is_cancelled(api: Api) -> None:
    cast = api.cast()["id"]
    answer = api.post(f"casts/{cast}/cancel/", {"reason": "not wanted"})
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert last_event(cast).data["reason"] == "not wanted"


def test_an_empty_body_is_enough_where_nothing_has_to_be_said(api: Api) -> None:
    cast = api.cast()["id"]
    assert api.send("POST", f"casts/{cast}/cancel/", b"").status_code == 200


def test_a_live_cast_is_failed_with_its_reason(api: Api) -> None:
    cast = api.cast()["id"]
    answer = api.post(f"casts/{cast}/fail/", {"reason": "it was a test"})
    failure = answer.json()["failure"]
    assert (failure["code"], failure["message"]) == ("failed_by_operator", "it was a test")


def test_a_look_hands_what_is_due_to_the_workers_and_calls_nothing(
    api: Api, trial: TrialAdapter
) -> None:
    cast = api.cast()["id"]
    answer = api.post(f"casts/{cast}/look/")
    assert answer.status_code == 200
    assert [row.status for row in Generation.objects.all()] == ["pending"]
    assert trial.calls == []


@pytest.mark.parametrize(
    ("verb", "body", "state"),
    [
        ("cancel", {}, "failed"),
        ("fail", {"reason": "x"}, "failed"),
        ("retry", {"reason": "x"}, "queued"),
    ],
)
def test_what_is_not_legal_is_409_with_the_present_state(
    api: Api, verb: str, body: dict[str, Any], state: str
) -> None:
    cast = failed_cast(api) if state == "failed" else api.cast()["id"]
    before = last_event(cast).seq
    answer = api.post(f"casts/{cast}/{verb}/", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal")
    assert answer.json()["present_state"] == state
    assert state in answer.json()["detail"]
    assert last_event(cast).seq == before


def test_a_retry_pressed_twice_is_done_once(api: Api) -> None:
    cast = failed_cast(api)
    answers = [api.post(f"casts/{cast}/retry/", {"reason": "again"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert Cast.objects.get().round == 2
