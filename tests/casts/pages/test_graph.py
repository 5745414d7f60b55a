"""The picture of a spell's steps over HTTP: for whoever may read the definition, and inert."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from casts import library
from casts.models import Spell
from tests.factories import UserFactory, one_step

pytestmark = pytest.mark.django_db


def saved(owner: User, *, visibility: str = "public", is_open: bool = True) -> Spell:
    document = {**one_step("drawn"), "visibility": visibility, "open": is_open}
    return library.save(document, owner)[0].spell


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def status(client: Client, slug: str = "drawn") -> int:
    return client.get(reverse("spell-graph", args=[slug])).status_code


def test_the_graph_of_an_open_spell_is_an_svg_for_everybody() -> None:
    saved(UserFactory())
    response = Client().get("/spells/drawn/graph.svg")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert "text.template" in response.content.decode()


@pytest.mark.failure("K1")
@pytest.mark.parametrize(
    ("visibility", "says", "others"),
    [
        ("public", "open", 200),
        ("unlisted", "open", 200),
        ("private", "open", 404),
        ("public", "closed", 404),
        ("unlisted", "closed", 404),
    ],
)
def test_who_may_not_read_the_definition_does_not_see_its_graph(
    visibility: str, says: str, others: int
) -> None:
    """Guards may_read(): the graph tells what the definition tells."""
    owner = UserFactory()
    saved(owner, visibility=visibility, is_open=says == "open")
    reader = UserFactory(is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_spellversion"))
    assert status(signed_in(owner)) == 200
    assert status(signed_in(reader)) == 200
    assert status(signed_in(UserFactory())) == others
    assert status(signed_in(UserFactory(is_staff=True))) == others
    assert status(Client()) == others


def test_a_spell_that_is_not_there_has_none() -> None:
    assert status(Client(), "nowhere") == 404
    assert Client().post("/spells/drawn/graph.svg").status_code == 405


@pytest.mark.failure("K5")
def test_nothing_in_the_picture_can_act_wherever_it_is_opened() -> None:
    """Guards the picture's own policy: no scripts, nothing to load, a sandbox."""
    saved(UserFactory())
    response = Client().get("/spells/drawn/graph.svg")
    policy = response["Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_it_is_sent_again_only_when_the_spell_changed() -> None:
    owner = UserFactory()
    spell = saved(owner)
    url = "/spells/drawn/graph.svg"
    etag = Client().get(url)["ETag"]
    assert Client().get(url, headers={"If-None-Match": etag}).status_code == 304
    assert Client().get(url, {"theme": "dark"})["ETag"] != etag
    changed = one_step("drawn") | {"visibility": "public", "open": True}
    changed["steps"].append({"key": "anew", "tool": "text.template", "inputs": {"template": ""}})
    library.save(changed, owner, spell=spell)
    again = Client().get(url, headers={"If-None-Match": etag})
    assert again.status_code == 200
    assert ">anew<" in again.content.decode()


def test_a_theme_that_is_not_known_follows_the_viewer() -> None:
    saved(UserFactory())
    response = Client().get("/spells/drawn/graph.svg", {"theme": "<script>"})
    assert "prefers-color-scheme" in response.content.decode()
