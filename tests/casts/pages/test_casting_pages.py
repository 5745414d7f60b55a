"""What every page for people who cast has in common; errors among them."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.views import defaults

from casts.live_links import path_of, share
from tests.casts.pages.casting import ARTIFACT, Visitor, save, visitor
from tests.factories import CastFactory

pytestmark = pytest.mark.django_db
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script|javascript:", re.IGNORECASE)


@pytest.fixture
def ada() -> Visitor:
    ada = visitor(username="ada", is_staff=True)
    assert ada.account
    questions: dict[str, Any] = {"title": {"type": "string"}, "photo": ARTIFACT, "more": {}}
    spell = save(ada.account, questions, visibility="public", required=["photo"])
    CastFactory(version=spell.versions.get(), account=ada.account)
    return ada


@pytest.mark.failure("K5")
@pytest.mark.parametrize(
    "path",
    [
        "/spells/",
        "/spells/trial/",
        "/casts/",
        "/accounts/login/",
        "/accounts/password/",
        "/accounts/forgotten/",
        "/nothing/",
    ],
)
def test_nothing_is_inline_that_the_policy_would_have_to_allow(ada: Visitor, path: str) -> None:
    """Guards the strict policy over all pages: no script, style or handler stands in them."""
    for client in (ada.client, Client()):
        answer = client.get(path, follow=True)
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
        assert not INLINE.search(answer.content.decode())


def test_a_form_with_errors_has_nothing_inline_either(ada: Visitor) -> None:
    answer = ada.press({"more": "{"})
    assert answer.status_code == 422
    assert not INLINE.search(answer.content.decode())


@pytest.mark.parametrize("signed_in", [True, False])
def test_an_address_that_leads_nowhere_is_told_with_the_next_step(
    ada: Visitor, signed_in: Any
) -> None:
    client = ada.client if signed_in else Client()
    for path in ("/nothing/", "/spells/nothing/", "/casts/not-an-id/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "There is nothing here" in answer.content.decode()
        assert reverse("spells") in answer.content.decode()


def test_what_somebody_may_not_do_is_told_to_them_by_name(ada: Visitor) -> None:
    answer = ada.client.get(reverse("admin:casts_cast_changelist"))
    assert answer.status_code == 403
    assert "You are signed in as ada, who has no right to it." in answer.content.decode()


def test_errors_of_the_endpoints_stay_problems(ada: Visitor) -> None:
    answer = ada.client.get("/internal/v1/nothing/")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_failure_of_ours_is_told_without_a_database_or_a_session() -> None:
    answer = defaults.server_error(Client().get("/nothing/").wsgi_request)
    assert answer.status_code == 500
    assert b"spellhub failed" in answer.content


def test_a_form_of_too_many_parts_is_told(ada: Visitor) -> None:
    answer = ada.press({f"n{number}": "x" for number in range(1100)})
    assert answer.status_code == 400
    assert "This request cannot be read" in answer.content.decode()


def test_the_live_page_stays_quiet(ada: Visitor) -> None:
    """Guards watchers: whoever has the link learns nothing of the site or of who looks."""
    assert ada.account
    address = path_of(share(ada.account.casts.get()))
    own, watched = (get(address).content.decode() for get in (ada.client.get, Client().get))
    for text in (own, watched):
        assert "no-referrer" in text
        for word in ("Sign", "Admin", "ada"):
            assert word not in text
    assert "My casts" not in watched
    assert "Cast again" not in watched
    assert "My casts" in own, "whose cast it is finds the way back"


def test_forms_may_say_where_they_come_from(ada: Visitor) -> None:
    """Without a referrer browsers send no origin, and the check against forged forms refuses."""
    for path in ("/spells/trial/", "/accounts/login/"):
        assert '<meta name="referrer" content="same-origin">' in Client().get(path).content.decode()
