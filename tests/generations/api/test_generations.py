"""Attempts over the API: read only."""

from decimal import Decimal
from typing import Any

import pytest

from generations.states import Status
from tests.clients import Api
from tests.factories import CastFactory, ChargeFactory, GenerationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> Api:
    return Api()


def attempt(api: Api, **columns: Any) -> Any:
    cast = columns.pop("cast", None) or CastFactory(account=api.account, status="running")
    return GenerationFactory(cast=cast, **columns)


def test_an_attempt_is_told_with_inputs_outputs_and_cost(api: Api) -> None:
    generation = attempt(api, status=Status.SUCCEEDED, inputs={"template": "x"}, lost=2)
    ChargeFactory(generation=generation, amount=Decimal(3))
    ChargeFactory(generation=generation, kind="settled", amount=Decimal("0.25"))
    body = api.get(f"generations/{generation.id}/").json()
    assert (body["id"], body["cast"]) == (str(generation.id), str(generation.cast_id))
    assert (body["inputs"], body["outputs"]) == ({"template": "x"}, {"text": "hello"})
    assert body["cost"] == {"amount": "0.25", "currency": "USD"}
    assert body["lost"] == 2
    assert body in api.get("generations/").json()["results"]


def test_what_only_a_provider_may_know_is_not_told(api: Api) -> None:
    generation = attempt(api, callback_token="a-secret-token")
    answer = api.get(f"generations/{generation.id}/")
    assert b"a-secret-token" not in answer.content
    assert answer.json().keys().isdisjoint({"callback_token", "epoch", "lease_until"})


def test_a_failed_attempt_says_why(api: Api) -> None:
    generation = attempt(api, status=Status.FAILED)
    failure = api.get(f"generations/{generation.id}/").json()["failure"]
    assert (failure["code"], failure["provider"]) == ("tool_raised", None)


def test_attempts_are_filtered(api: Api) -> None:
    failed = attempt(api, status=Status.FAILED)
    waiting = attempt(api, tool="text.choose", step="other")
    second = attempt(api, cast=failed.cast, attempt=2, status=Status.SUCCEEDED)

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in api.get("generations/", query).json()["results"]]

    assert found() == [str(row.id) for row in (second, waiting, failed)]
    assert found(cast=str(failed.cast_id)) == [str(second.id), str(failed.id)]
    assert found(status=["failed", "pending"]) == [str(waiting.id), str(failed.id)]
    assert found(tool="text.choose") == found(step="other") == [str(waiting.id)]
    assert found(created_after="2020-01-01T00:00:00Z") == found()
    assert found(created_before="2020-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    "query", [{"cast": "x"}, {"status": "done"}, {"created_after": "x"}, {"callback_token": "x"}]
)
def test_a_filter_that_is_wrong_is_400(api: Api, query: dict[str, str]) -> None:
    assert api.get("generations/", query).json()["code"] == "invalid_query"


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_nobody_changes_an_attempt(api: Api, method: str) -> None:
    path = f"generations/{attempt(api).id}/"
    assert api.send(method, path, b"{}").status_code == 405


def test_a_list_takes_a_few_queries(api: Api, django_assert_max_num_queries: Any) -> None:
    cast = CastFactory(account=api.account, status="running")
    for number in range(1, 30):
        attempt(api, cast=cast, attempt=number, status=Status.FAILED)
    with django_assert_max_num_queries(3):
        assert len(api.get("generations/").json()["results"]) == 29
