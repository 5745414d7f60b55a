"""Addresses of live pages: made, listed, revoked."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from casts.models import LiveLink
from tests.clients import Api, flaws

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> Api:
    api = Api()
    api.save_spell()
    return api


@pytest.fixture
def cast(api: Api) -> str:
    made: str = api.cast()["id"]
    return made


def opened(url: str) -> int:
    path = "/live/" + url.partition("/live/")[2]
    return Client().get(path).status_code


def test_a_link_is_made_and_opens_the_page_for_anybody(api: Api, cast: str) -> None:
    answer = api.post(f"casts/{cast}/links/")
    assert answer.status_code == 201
    body = answer.json()
    assert answer["Location"] == body["url"]
    assert (body["cast"], body["revoked_at"]) == (cast, None)
    assert opened(body["url"]) == 200
    assert days(body) == 7


def days(body: dict[str, Any]) -> int:
    expires, created = (datetime.fromisoformat(body[key]) for key in ("expires_at", "created_at"))
    return round((expires - created).total_seconds() / 86_400)


def test_it_lasts_as_many_days_as_are_asked_for(api: Api, cast: str) -> None:
    assert days(api.post(f"casts/{cast}/links/", {"days": 90}).json()) == 90


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"days": 0}, "out_of_range"),
        ({"days": 91}, "out_of_range"),
        ({"days": "7"}, "wrong_type"),
        ({"days": 1.5}, "wrong_type"),
    ],
)
def test_days_that_are_wrong_make_no_link(
    api: Api, cast: str, body: dict[str, Any], code: str
) -> None:
    assert flaws(api.post(f"casts/{cast}/links/", body)) == [("/days", code)]
    assert not LiveLink.objects.exists()


def test_it_strips_metadata_only_when_asked_to(api: Api, cast: str) -> None:
    plain = api.post(f"casts/{cast}/links/").json()
    stripped = api.post(f"casts/{cast}/links/", {"strip_metadata": True}).json()
    assert (plain["strip_metadata"], stripped["strip_metadata"]) == (False, True)
    columns = LiveLink.objects.order_by("id").values_list("strips_metadata", flat=True)
    assert list(columns) == [False, True]


@pytest.mark.parametrize("value", [1, "yes", None])
def test_whether_it_strips_is_true_or_false(api: Api, cast: str, value: Any) -> None:
    answer = api.post(f"casts/{cast}/links/", {"strip_metadata": value})
    assert flaws(answer) == [("/strip_metadata", "wrong_type")]
    assert not LiveLink.objects.exists()


def test_links_are_listed_newest_first(api: Api, cast: str) -> None:
    made = [api.post(f"casts/{cast}/links/").json() for _ in range(3)]
    api.post(f"casts/{api.cast()['id']}/links/")
    assert api.get(f"casts/{cast}/links/").json()["results"] == made[::-1]


def test_a_revoked_link_lets_nobody_in_and_stays_revoked(api: Api, cast: str) -> None:
    link = api.post(f"casts/{cast}/links/").json()
    assert api.delete(f"links/{link['id']}/").status_code == 204
    revoked_at = LiveLink.objects.get().revoked_at
    assert revoked_at is not None
    assert opened(link["url"]) == 410
    assert api.delete(f"links/{link['id']}/").status_code == 204
    assert LiveLink.objects.get().revoked_at == revoked_at


def test_a_link_that_is_not_there_is_404(api: Api, cast: str) -> None:
    assert api.delete(f"links/{cast}/").status_code == 404
