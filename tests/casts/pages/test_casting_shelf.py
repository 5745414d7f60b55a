"""The list of spells: what everybody, and what somebody, may cast."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from casts import tool_spells
from casts.models import Spell
from casts.states import Status
from casts.tool_spells import SYSTEM_ACCOUNT
from generations.tools import catalogue
from generations.uploads import upload
from tests.casts.pages.casting import Visitor, picture, save, visitor
from tests.factories import CastFactory, UserFactory

pytestmark = pytest.mark.django_db
SHELF = "/spells/"


def names(client: Client, **query: str) -> list[str]:
    cards = client.get(SHELF, query).context["cards"]
    return [card.spell.name for card in cards]


def test_the_root_leads_to_the_spells() -> None:
    answer = Client().get("/")
    assert (answer.status_code, answer["Location"]) == (302, SHELF)


@pytest.mark.failure("K1")
def test_everybody_sees_public_spells_and_nobody_sees_others_own_ones() -> None:
    """Guards the filter of the list: public, or one's own."""
    ada, bob = visitor(), visitor()
    for visibility in ("public", "unlisted", "private"):
        assert ada.account
        save(ada.account, slug=f"a-{visibility}", name=visibility, visibility=visibility)
    assert names(Client()) == ["public"]
    assert names(bob.client) == ["public"]
    assert names(ada.client) == ["private", "public", "unlisted"]


def test_archived_and_hidden_spells_are_not_listed() -> None:
    ada = visitor()
    assert ada.account
    save(ada.account, visibility="public")
    Spell.objects.update(archived=True)
    tool_spells.version_for(catalogue.get("text.template"))
    assert names(ada.client) == []
    system = Visitor(User.objects.get(username=SYSTEM_ACCOUNT))
    assert names(system.client) == []


def test_a_card_says_what_the_spell_does_and_with_which_tools() -> None:
    save(UserFactory(), visibility="public", description="It says hello.")
    text = Client().get(SHELF).content.decode()
    assert "It says hello." in text
    assert "<li>Template</li>" in text
    assert reverse("spell", args=["trial"]) in text


def test_what_is_looked_for_is_found_in_names_and_descriptions() -> None:
    owner = UserFactory()
    save(owner, slug="one", name="Poster", visibility="public")
    save(owner, slug="two", name="Card", description="Not a POSTER.", visibility="public")
    save(owner, slug="three", name="Zine", visibility="public")
    assert names(Client(), q="poster") == ["Card", "Poster"]
    assert names(Client(), q="100%") == []
    assert "See all of them" in Client().get(SHELF, {"q": "nothing"}).content.decode()


@pytest.mark.parametrize(
    "query", [{"q": "a\x00b"}, {"q": "x" * 101}, {"page": "-1"}, {"page": "x"}]
)
def test_a_search_that_cannot_be_is_answered_all_the_same(query: dict[str, str]) -> None:
    save(UserFactory(), visibility="public")
    assert Client().get(SHELF, query).status_code == 200


def test_a_long_list_has_pages() -> None:
    owner = UserFactory()
    for number in range(25):
        save(owner, slug=f"s{number}", name=f"S{number:02}", visibility="public")
    assert names(Client())[-1] == "S23"
    assert names(Client(), page="2") == ["S24"]
    assert "?page=2" in Client().get(SHELF).content.decode()


def test_without_any_spell_it_says_what_is_next() -> None:
    assert "Sign in" in Client().get(SHELF).content.decode()
    assert "loadspells casts/starter" in visitor().client.get(SHELF).content.decode()


def gallery(settings: LazySettings, folder: Path, slug: str) -> None:
    path = folder / "spellhub" / "gallery" / f"{slug}.webp"
    path.parent.mkdir(parents=True)
    Image.new("RGB", (640, 800), "teal").save(path)
    settings.STATICFILES_DIRS = [folder]


def test_a_starter_spell_has_the_picture_that_was_made_for_it(
    settings: LazySettings, tmp_path: Path
) -> None:
    gallery(settings, tmp_path, "with-picture")
    starter = User.objects.create_user(SYSTEM_ACCOUNT)
    save(starter, slug="with-picture", visibility="public")
    text = Client().get(SHELF).content.decode()
    assert '<img src="/static/spellhub/gallery/with-picture.webp"' in text
    assert 'width="640" height="800"' in text


def test_a_spell_of_the_same_name_has_not_that_picture(
    settings: LazySettings, tmp_path: Path
) -> None:
    gallery(settings, tmp_path, "namesake")
    save(UserFactory(), slug="namesake", visibility="public")
    assert "<img" not in Client().get(SHELF).content.decode()


def made(account: User, spell: Spell, outputs: Any) -> None:
    version = spell.versions.get()
    CastFactory(version=version, account=account, status=Status.SUCCEEDED, outputs=outputs)


@pytest.mark.failure("K1")
def test_any_other_spell_has_the_newest_picture_that_oneself_made_of_it() -> None:
    """Guards that pictures are those of the account's own casts."""
    ada, bob = visitor(), visitor()
    assert ada.account
    assert bob.account
    spell = save(ada.account, visibility="public")
    old, new = (upload(ada.account, picture(size=(w, 9)).chunks()) for w in (5, 7))
    theirs = upload(bob.account, picture().chunks())
    made(ada.account, spell, {"image": str(old.pk)})
    made(ada.account, spell, {"words": "none", "images": [str(new.pk)]})
    made(bob.account, spell, {"image": str(theirs.pk)})
    for one, link in ((ada, new), (bob, theirs)):
        shown = re.findall(r"/files/(.+)/thumbnail/640/", one.client.get(SHELF).content.decode())
        assert shown == [str(link.pk)]
    assert "<img" not in Client().get(SHELF).content.decode()


def test_the_queries_do_not_grow_with_the_spells() -> None:
    ada = visitor()
    assert ada.account
    counts = []
    for number in range(6):
        spell = save(ada.account, slug=f"s{number}")
        made(ada.account, spell, {"image": str(upload(ada.account, picture().chunks()).pk)})
        with CaptureQueriesContext(connection) as queries:
            ada.client.get(SHELF)
        counts.append(len(queries))
    assert counts[0] == counts[-1] <= 10
