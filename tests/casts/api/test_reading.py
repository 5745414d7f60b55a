"""What a cast reads, in every state."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from casts.models import Cast, Skip
from casts.states import Status as CastStatus
from generations.failures import Failure
from generations.states import HoldReason, Status
from tests.clients import Api
from tests.factories import (
    CastFactory,
    ChargeFactory,
    GenerationFactory,
    SpellVersionFactory,
    UserFactory,
    just_now,
)

pytestmark = pytest.mark.django_db

MEMBERS = {
    "id", "spell", "version", "account", "status", "inputs", "outputs", "failure", "cost", "stuck",
    "waiting_on", "source", "steps", "forked_from", "piece", "metadata", "seq", "created_at",
    "started_at", "finished_at", "links",
}  # fmt: skip
FAILURE_MEMBERS = {"code", "message", "step", "attempt", "retryable", "provider", "trace"}


@pytest.fixture
def api() -> Api:
    return Api(UserFactory(username="ada"))


def read(api: Api, cast: Cast) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"casts/{cast.id}/").json()
    listed = api.get("casts/").json()["results"]
    assert _without_countdown(found) in map(_without_countdown, listed)
    return found


def _without_countdown(found: dict[str, Any]) -> dict[str, Any]:
    """A reading as it is at any moment: the sentence of `waiting_on` counts the seconds."""
    waiting = found["waiting_on"] and found["waiting_on"] | {"sentence": ""}
    return found | {"waiting_on": waiting}


def cast_of(api: Api, **columns: Any) -> Cast:
    return CastFactory(version__spell__owner=api.account, **columns)


def test_a_cast_has_every_member_and_no_other(api: Api) -> None:
    found = read(api, cast_of(api, metadata={"order": 7}, seq=3))
    assert found.keys() == MEMBERS
    assert found["account"] == "ada"
    assert found["metadata"] == {"order": 7}
    assert found["seq"] == 3
    assert (found["failure"], found["outputs"], found["forked_from"]) == (None, None, None)


def test_a_step_over_a_list_tells_how_far_it_is(api: Api) -> None:
    step = {
        "key": "many",
        "tool": "text.template",
        "for_each": "${{ inputs.list }}",
        "inputs": {"template": "${{ item }}"},
    }
    document = {"slug": "many", "name": "Many", "inputs": {"type": "object"}, "steps": [step]}
    cast = cast_of(api, version__definition=document, status=CastStatus.RUNNING)
    for item, status in enumerate([Status.SUCCEEDED, Status.RUNNING, Status.PENDING]):
        row = GenerationFactory(cast=cast, step="many", item=item, item_count=5, status=status)
        if status == Status.RUNNING:
            live = row
    (found,) = read(api, cast)["steps"]
    assert found["items"] == {"total": 5, "succeeded": 1, "failed": 0, "live": 2}
    assert (found["status"], found["finished_at"]) == ("running", None)
    assert found["generation"] != str(live.pk)
    reading = api.get(f"generations/{live.pk}/").json()
    assert (reading["item"], reading["item_count"], reading["cached_from"]) == (1, 5, None)


def test_a_step_without_a_list_has_no_items(api: Api) -> None:
    assert [step["items"] for step in read(api, cast_of(api))["steps"]] == [None]


def test_the_full_id_and_addresses_are_told(api: Api) -> None:
    cast = cast_of(api)
    found = read(api, cast)
    assert found["id"] == str(cast.id)
    self = f"http://testserver/internal/v1/casts/{cast.id}/"
    assert found["links"] == {"self": self, "events": f"{self}events/"}


def test_the_steps_are_told_in_the_order_of_the_spell_also_those_not_begun(api: Api) -> None:
    keys = ("a", "b", "c", "d")
    steps = [{"key": key, "tool": "text.template", "inputs": {"template": key}} for key in keys]
    version = SpellVersionFactory(
        spell__owner=api.account,
        definition={"slug": "x", "name": "X", "inputs": {"type": "object"}, "steps": steps},
    )
    cast = CastFactory(version=version, status=CastStatus.RUNNING)
    done = GenerationFactory(cast=cast, step="a", status=Status.SUCCEEDED, attempt=2)
    Skip.objects.create(cast=cast, step="b", round=1, reason="its `when` is false", at=just_now())
    running = GenerationFactory(cast=cast, step="c", status=Status.RUNNING)
    found = read(api, cast)["steps"]
    assert [(step["key"], step["status"], step["attempt"]) for step in found] == [
        ("a", "succeeded", 2),
        ("b", "skipped", 0),
        ("c", "running", 1),
        ("d", "pending", 0),
    ]
    assert [step["generation"] for step in found] == [str(done.id), None, str(running.id), None]
    assert found[0]["finished_at"]
    assert not found[2]["finished_at"]


@pytest.mark.parametrize("provider", [{}, {"status": 503, "code": "busy", "request_id": "r"}])
def test_a_failure_is_told_with_all_that_is_known(api: Api, provider: dict[str, Any]) -> None:
    failure = Failure(
        code="provider_unavailable",
        message="It is away.",
        step="only",
        attempt=2,
        retryable=True,
        provider=provider and {**provider, "body": "sorry"},
        trace="Traceback …",
    )
    cast = cast_of(api, status=CastStatus.FAILED, failure=failure.to_json())
    found = read(api, cast)["failure"]
    assert found.keys() == FAILURE_MEMBERS
    assert (found["code"], found["step"], found["attempt"]) == ("provider_unavailable", "only", 2)
    assert found["trace"] == "Traceback …"
    assert found["provider"] == ({**provider, "body": "sorry"} if provider else None)


def test_the_cost_is_exact_and_the_sum_of_what_was_settled(api: Api) -> None:
    cast = cast_of(api, status=CastStatus.RUNNING)
    for attempt, cents in ((1, "0.1"), (2, "0.2")):
        generation = GenerationFactory(cast=cast, attempt=attempt, status=Status.FAILED)
        ChargeFactory(generation=generation, amount=Decimal(5))
        ChargeFactory(generation=generation, kind="settled", amount=Decimal(cents))
    ChargeFactory(generation__cast=cast_of(api, status="running"), kind="settled", amount=7)
    found = read(api, cast)["cost"]
    assert found == {"amount": "0.3", "currency": "USD"}


def test_without_a_charge_the_cost_is_zero(api: Api) -> None:
    assert read(api, cast_of(api))["cost"] == {"amount": "0", "currency": "USD"}


def test_a_stuck_cast_says_since_when_and_why(api: Api) -> None:
    since = just_now() - timedelta(hours=1)
    found = read(api, cast_of(api, created_at=since))
    assert found["stuck"]["reason"] == "never_started"
    assert found["stuck"]["since"].startswith(f"{since:%Y-%m-%dT%H:%M:%S}")


def test_a_cast_that_is_not_late_is_not_stuck(api: Api) -> None:
    assert read(api, cast_of(api))["stuck"] is None


@pytest.mark.parametrize("reason", HoldReason.values)
def test_what_a_cast_waits_for_is_told_in_a_sentence(api: Api, reason: str) -> None:
    until = just_now() + timedelta(minutes=5)
    cast = cast_of(api, status=CastStatus.RUNNING)
    GenerationFactory(cast=cast, hold_reason=reason, hold_since=just_now(), next_look_at=until)
    found = read(api, cast)["waiting_on"]
    assert found.keys() == {"kind", "since", "until", "sentence"}
    assert found["kind"] == reason
    assert found["until"].startswith(f"{until:%Y-%m-%dT%H:%M:%S}")
    assert "only" in found["sentence"]


def test_a_cast_that_works_waits_for_nothing(api: Api) -> None:
    cast = cast_of(api, status=CastStatus.RUNNING)
    GenerationFactory(cast=cast, status=Status.RUNNING)
    assert read(api, cast)["waiting_on"] is None


def test_a_call_of_which_nobody_knows_waits_for_a_person(api: Api) -> None:
    failure = Failure(code="submit_unknown", message="A worker was lost.", step="only", attempt=1)
    cast = cast_of(api, status=CastStatus.FAILED, failure=failure.to_json())
    assert read(api, cast)["waiting_on"]["kind"] == "person"


def test_the_address_of_the_live_page_is_told_while_it_is_open(api: Api) -> None:
    cast = cast_of(api)
    first = api.post(f"casts/{cast.id}/links/").json()
    newest = api.post(f"casts/{cast.id}/links/").json()
    assert read(api, cast)["links"]["live"] == newest["url"]
    api.delete(f"links/{newest['id']}/")
    assert read(api, cast)["links"]["live"] == first["url"]
    api.delete(f"links/{first['id']}/")
    assert "live" not in read(api, cast)["links"]
