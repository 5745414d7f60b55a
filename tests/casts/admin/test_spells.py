"""Writing a spell in the admin: mistakes are told with their place; saving makes a version."""

from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from casts.models import Spell, SpellVersion
from casts.yaml_writing import as_yaml
from tests.casts.admin.conftest import SignIn, messages_of
from tests.factories import CastFactory, one_step

ADD = "admin:casts_spell_add"
NO_VERSIONS = {
    "versions-TOTAL_FORMS": "0",
    "versions-INITIAL_FORMS": "0",
}


def write(client: Client, definition: Any, spell: Spell | None = None, **more: str) -> Any:
    text = definition if isinstance(definition, str) else yaml.safe_dump(definition)
    url = reverse("admin:casts_spell_change", args=[spell.pk]) if spell else reverse(ADD)
    return client.post(url, {"definition": text, **NO_VERSIONS, **more}, follow=True)


def problems_of(response: Any) -> str:
    return str(response.context["adminform"].form.errors.get("definition", ""))


@pytest.fixture
def greeting(operator: Client) -> Spell:
    write(operator, one_step("greeting"))
    return Spell.objects.get(slug="greeting")


def test_a_written_definition_becomes_a_spell_with_its_first_version(operator: Client) -> None:
    response = write(operator, one_step("greeting"))
    version = SpellVersion.objects.get()
    assert (version.spell.slug, version.number) == ("greeting", 1)
    assert (version.spell.owner.username, version.created_by.username) == ("ada", "ada")
    assert "greeting v1 was saved" in messages_of(response)


def test_a_changed_definition_makes_a_new_version_and_the_same_one_none(
    operator: Client, greeting: Spell
) -> None:
    changed = one_step("greeting") | {"name": "Greeting, louder"}
    write(operator, changed, greeting)
    greeting.refresh_from_db()
    assert greeting.name == "Greeting, louder"
    assert "Nothing changed" in messages_of(write(operator, changed, greeting))
    assert sorted(greeting.versions.values_list("number", flat=True)) == [1, 2]


def test_every_mistake_is_told_with_its_pointer_and_the_text_is_kept(operator: Client) -> None:
    definition = one_step("greeting")
    definition["steps"][0]["tool"] = "text.tempalte"
    definition["outputs"] = {"text": "${{ steps.onyl.text }}"}
    response = write(operator, definition)
    told = problems_of(response)
    assert "<code>/steps/0/tool</code>" in told
    assert "did you mean `text.template`" in told
    assert "<code>/outputs/text</code>" in told
    assert "text.tempalte" in response.content.decode()
    assert not Spell.objects.exists()


@pytest.mark.parametrize("text", ["{not yaml", "- a\n- list", "a: &x 1\nb: *x", "slug: [", "0"])
def test_what_cannot_be_read_is_refused_with_a_sentence(operator: Client, text: str) -> None:
    assert "<code>" in problems_of(write(operator, text))


@pytest.mark.failure("K5")
def test_markup_in_a_mistake_is_shown_and_never_run(operator: Client) -> None:
    """Guards the escaping of problems, which quote what was written."""
    definition = one_step("greeting")
    definition["steps"][0]["tool"] = "<script>alert(1)</script>"
    text = write(operator, definition).content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;" in text


def test_a_warning_is_told_and_does_not_stop_the_saving(operator: Client) -> None:
    definition = one_step("greeting")
    definition["steps"].append({"key": "idle", "tool": "text.template", "inputs": {"template": ""}})
    response = write(operator, definition)
    assert Spell.objects.filter(slug="greeting").exists()
    assert "Nothing uses what step `idle` gives" in messages_of(response)


@pytest.mark.failure("A8")
def test_a_slug_that_is_taken_is_refused(operator: Client, greeting: Spell) -> None:
    """Guards the unique slug, said before the database has to."""
    assert "There is a spell" in problems_of(write(operator, one_step("greeting")))
    assert greeting.versions.count() == 1


def test_the_slug_of_a_spell_stays(operator: Client, greeting: Spell) -> None:
    response = write(operator, one_step("salute"), greeting)
    assert "stays" in problems_of(response)


def test_two_writers_do_not_overwrite_each_other(operator: Client, greeting: Spell) -> None:
    write(operator, one_step("greeting") | {"name": "First"}, greeting, seen="1")
    late = write(operator, one_step("greeting") | {"name": "Second"}, greeting, seen="1")
    assert "Version 2 was saved while you wrote" in late.content.decode()
    assert "Second" in late.content.decode()
    greeting.refresh_from_db()
    assert greeting.name == "First"


def test_a_spell_is_archived_without_a_new_version(operator: Client, greeting: Spell) -> None:
    write(operator, one_step("greeting"), greeting, archived="on")
    greeting.refresh_from_db()
    assert greeting.archived
    assert greeting.versions.count() == 1


def test_who_may_only_look_sees_the_definition_and_cannot_save(
    sign_in: SignIn, greeting: Spell
) -> None:
    reader = sign_in("view_spell", "view_spellversion")
    page = reverse("admin:casts_spell_change", args=[greeting.pk])
    text = reader.get(page).content.decode()
    assert "text.template" in text
    assert "<textarea" not in text
    assert write(reader, one_step("greeting") | {"name": "No"}, greeting).status_code == 403


def test_versions_are_listed_and_shown_and_never_changed(operator: Client, greeting: Spell) -> None:
    version = greeting.versions.get()
    page = reverse("admin:casts_spellversion_change", args=[version.pk])
    assert (
        page
        in operator.get(reverse("admin:casts_spell_change", args=[greeting.pk])).content.decode()
    )
    assert "template: hello" in operator.get(page).content.decode()
    assert operator.post(page, {"number": 9}).status_code == 403


def test_nobody_deletes_a_spell(operator: Client) -> None:
    spell = CastFactory().version.spell
    delete = reverse("admin:casts_spell_delete", args=[spell.pk])
    assert operator.post(delete, {"post": "yes"}).status_code == 403
    assert Spell.objects.filter(pk=spell.pk).exists()


def test_a_definition_reads_as_people_write_it() -> None:
    text = as_yaml({"slug": "é", "steps": [{"key": "a", "text": "one\ntwo\n"}]})
    assert text == "slug: é\nsteps:\n- key: a\n  text: |\n    one\n    two\n"


def test_the_owner_of_a_new_spell_is_who_wrote_it(sign_in: SignIn) -> None:
    writer = sign_in("add_spell", "view_spell", "change_spell", name="writer")
    write(writer, one_step("greeting"))
    assert Spell.objects.get().owner == User.objects.get(username="writer")
