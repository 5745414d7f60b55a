"""Who asks, by API key."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.serializers import serialize
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from casts import engine
from spellhub.accounts.models import ApiKey, digest_of
from tests.clients import ROOT, Api

pytestmark = pytest.mark.django_db
PATH = f"{ROOT}casts/"


def test_the_bearer_of_a_key_is_its_account() -> None:
    api = Api()
    assert api.get("casts/").status_code == 200


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic abc", "sk_abc", "Bearer sk_unknown", "Bearer é", "Bearer a b"],
)
def test_anything_else_is_401_with_a_challenge(header: str) -> None:
    answer = Client().get(PATH, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["status"]) == (401, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_no_header_is_401() -> None:
    assert Client().get(PATH).json()["code"] == "not_authenticated"


@pytest.mark.failure("K1")
def test_a_revoked_key_opens_nothing_any_more() -> None:
    """Guard: a revoked key is no key."""
    api = Api()
    ApiKey.objects.update(revoked_at=Now())
    assert api.get("casts/").status_code == 401


@pytest.mark.failure("K1")
def test_the_key_of_a_deactivated_account_opens_nothing() -> None:
    """Guard: the key of an account that was switched off is no key."""
    api = Api()
    api.account.is_active = False
    api.account.save()
    assert api.get("casts/").status_code == 401


def test_the_body_is_not_even_read_for_nobody() -> None:
    answer = Client().post(PATH, b"{", content_type="application/json")
    assert answer.status_code == 401


def test_a_session_of_the_admin_is_no_key() -> None:
    api, browser = Api(), Client()
    browser.force_login(api.account)
    assert browser.get(PATH).status_code == 401


def test_the_last_use_is_noted_at_most_once_a_minute() -> None:
    api = Api()
    api.get("casts/")
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    with CaptureQueriesContext(
        connection,
    ) as queries:
        api.get("casts/")
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]
    ApiKey.objects.update(last_used_at=F("last_used_at") - timedelta(seconds=61))
    api.get("casts/")
    again = ApiKey.objects.get().last_used_at
    assert again is not None
    assert again >= first


@pytest.mark.failure("K6")
def test_a_key_stands_nowhere_in_the_database() -> None:
    """Guard: only the digest is stored, and events name the key by its prefix."""
    api = Api()
    api.save_spell()
    cast = api.cast()
    engine.run(cast["id"])
    assert ApiKey.objects.get().digest == digest_of(api.key)
    rows = [row for model in apps.get_models() for row in model._default_manager.all()]
    assert len(rows) > 5
    assert api.key not in serialize("json", rows)
    assert api.row.prefix in serialize("json", rows)
    assert len(api.row.prefix) < len(api.key) / 2
