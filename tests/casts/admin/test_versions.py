"""The page of a spell version: its graph, what changed, what became of its tools."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from casts import library
from casts.models import Spell, SpellVersion
from tests.casts.admin.conftest import SignIn
from tests.casts.altered_tools import reinstall
from tests.casts.engine.conftest import step
from tests.factories import SpellVersionFactory
from tests.tools import TrialAdapter


@pytest.fixture
def spell(trial: TrialAdapter, account: User) -> Spell:
    """A spell in three versions, each with another name."""
    document: dict[str, Any] = {"slug": "trial", "name": "First", "steps": [step("only")]}
    spell = library.save(document, account)[0].spell
    for name in ("Second", "Third"):
        library.save({**document, "name": name}, account, spell=spell)
    return spell


def page_of(client: Client, version: SpellVersion, **query: str) -> Any:
    url = reverse("admin:casts_spellversion_change", args=[version.pk])
    return client.get(url, query)


def newest(spell: Spell) -> SpellVersion:
    version = spell.versions.first()
    assert version is not None
    return version


def told(response: Any) -> list[tuple[str, str, str, str]]:
    rows = response.context.get("changes", [])
    return [(row["place"], row["member"], row["before"], row["after"]) for row in rows]


def test_the_changes_since_the_version_before_are_shown(operator: Client, spell: Spell) -> None:
    response = page_of(operator, newest(spell))
    assert told(response) == [("spell", "name", "Second", "Third")]
    assert "<del>Second</del>" in response.content.decode()


def test_any_other_version_can_be_chosen_and_the_older_one_stands_first(
    operator: Client, spell: Spell
) -> None:
    first = spell.versions.get(number=1)
    assert told(page_of(operator, newest(spell), against="1")) == [
        ("spell", "name", "First", "Third")
    ]
    assert told(page_of(operator, first, against="3")) == [("spell", "name", "First", "Third")]


@pytest.mark.parametrize("against", ["9", "x", "", "3", "99999999999999999999"])
def test_a_version_that_is_not_there_to_compare_with_breaks_nothing(
    operator: Client, spell: Spell, against: str
) -> None:
    assert page_of(operator, newest(spell), against=against).status_code == 200


def test_the_first_version_says_that_there_is_nothing_to_compare(
    operator: Client, trial: TrialAdapter, account: User
) -> None:
    version, _ = library.save({"slug": "lone", "steps": [step("only")]}, account)
    text = page_of(operator, version).content.decode()
    assert "This is the only version." in text


def test_the_graph_is_shown_as_a_picture_that_staff_may_load(
    operator: Client, sign_in: SignIn, spell: Spell
) -> None:
    url = reverse("admin:casts_spellversion_graph", args=[newest(spell).pk])
    page = page_of(operator, newest(spell)).content.decode()
    assert f'<img src="{url}"' in page
    picture = operator.get(url)
    assert picture["Content-Type"].startswith("image/svg+xml")
    assert "trial.echo" in picture.content.decode()
    assert sign_in("view_cast").get(url).status_code == 403
    assert Client().get(url).status_code == 302


@pytest.mark.failure("D6")
def test_drift_is_told_with_a_way_to_upgrade_on_the_newest_version_only(
    operator: Client, sign_in: SignIn, spell: Spell
) -> None:
    """Guards that the page of a version says what became of its tools."""
    assert "are not what they were" not in page_of(operator, newest(spell)).content.decode()
    reinstall(version="2")
    text = page_of(operator, newest(spell)).content.decode()
    assert "trial.echo is now version 2 (was 1)" in text
    assert "Upgrade…" in text
    older = page_of(operator, spell.versions.get(number=1)).content.decode()
    assert "trial.echo is now version 2 (was 1)" in older
    assert "Upgrade…" not in older
    reader = sign_in("view_spellversion", "view_spell")
    assert "Upgrade…" not in page_of(reader, newest(spell)).content.decode()


@pytest.mark.failure("K5")
def test_markup_in_what_changed_is_shown_and_never_run(operator: Client, account: User) -> None:
    """Guards the escaping of both sides of a comparison, and of the graph's words."""
    spell = SpellVersionFactory().spell
    steps = [{"key": "a", "tool": "<img src=x>"}]
    document = {"slug": spell.slug, "name": "<script>alert(1)</script>", "steps": steps}
    version = SpellVersionFactory(spell=spell, number=9, definition=document)
    text = page_of(operator, version).content.decode()
    assert "<script>alert(1)" not in text
    assert "<img src=x>" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize("key", ["0", "x", "999999999999999999999999"])
def test_a_version_that_is_not_there_is_not_found(operator: Client, spell: Spell, key: str) -> None:
    for name in ("change", "graph"):
        url = reverse(f"admin:casts_spellversion_{name}", args=[key])
        assert operator.get(url).status_code == 404


def test_who_may_not_look_at_versions_does_not(sign_in: SignIn, spell: Spell) -> None:
    assert page_of(sign_in("view_cast"), newest(spell)).status_code == 403
