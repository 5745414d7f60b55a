"""The page of a spell: what it shows, and how its form casts."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from casts import library
from casts.models import Cast, LiveLink, Spell
from generations.tools import catalogue
from spellhub.accounts.models import IdempotencyKey
from spellhub.events.models import Event
from tests.casts.engine.conftest import step
from tests.casts.pages.casting import Visitor, save, visitor, wrong
from tests.factories import UserFactory
from tests.tools import TrialAdapter

pytestmark = pytest.mark.django_db
TITLE = {"type": "string", "minLength": 1, "maxLength": 20}
COUNT = {"type": "integer", "minimum": 0, "maximum": 9, "default": 3}
BOTH = {"title": TITLE, "count": COUNT}


@pytest.fixture
def ada() -> Visitor:
    return visitor(username="ada")


@pytest.fixture
def spell(ada: Visitor) -> Spell:
    return save(own(ada), BOTH, required=["title"])


def own(one: Visitor) -> User:
    assert one.account
    return one.account


def test_a_cast_is_the_accounts_and_leads_to_its_live_page(ada: Visitor, spell: Spell) -> None:
    answer = ada.press({"title": "Hello", "count": "0"})
    cast = Cast.objects.get()
    assert (answer.status_code, answer["Location"]) == (
        303,
        reverse("live", args=[cast.live_links.get().token]),
    )
    assert (cast.account, cast.source, cast.inputs) == (
        ada.account,
        "web",
        {"title": "Hello", "count": 0},
    )
    assert Event.objects.get(topic=cast.topic).actor == "user:ada"
    assert Client().get(answer["Location"]).status_code == 200


@pytest.mark.failure("K2")
def test_neither_account_nor_price_nor_source_is_taken_from_the_form(
    ada: Visitor, spell: Spell
) -> None:
    """Guards that only the questions of the spell are read from a form."""
    cast = ada.cast(
        {"title": "a"}, account="bob", price="0", source="api", actor="user:bob", inputs="{}"
    )
    assert (cast.account, cast.source, cast.inputs) == (
        ada.account,
        "web",
        {"title": "a", "count": 3},
    )
    assert Event.objects.get().actor == "user:ada"


@pytest.mark.failure("K1")
@pytest.mark.parametrize("visibility", ["private", "unlisted", "public"])
def test_others_reach_what_they_may_cast_and_nothing_else(
    ada: Visitor, spell: Spell, visibility: str
) -> None:
    """Guards ``castable_by`` on the page and on its form."""
    Spell.objects.update(visibility=visibility)
    bob = visitor()
    status = 404 if visibility == "private" else 200
    assert bob.look().status_code == Client().get("/spells/trial/").status_code == status
    mine = ada.look()
    answer = bob.press({"title": "a"}, page=mine)
    assert answer.status_code == (404 if visibility == "private" else 303)
    assert Cast.objects.filter(account=ada.account).count() == 0


@pytest.mark.parametrize("is_open", [True, False])
def test_others_see_the_definition_of_open_spells_only(is_open: Any) -> None:
    owner = UserFactory()
    hidden = {"key": "hidden_step", "tool": "text.template", "inputs": {"template": "secret"}}
    save(owner, BOTH, visibility="public", open=is_open, steps=[hidden])
    theirs = Client().get("/spells/trial/").content.decode()
    assert ("Hidden step" in theirs, "secret" in theirs) == (is_open, is_open)
    assert "Template" in theirs
    assert "secret" in Visitor(owner).look().content.decode()


def test_steps_and_price_are_said_in_words(ada: Visitor) -> None:
    steps = [
        {
            "key": "one_word",
            "tool": "text.template",
            "inputs": {"template": "x"},
            "retry": {"attempts": 3},
            "on_failure": "continue",
        }
    ]
    save(own(ada), steps=steps)
    text = ada.look().content.decode()
    assert "One word" in text
    assert "Tried up to 3 times." in text
    assert "goes on without it if it fails" in text
    assert "Costs nothing" in text


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(ada: Visitor, spell: Spell) -> None:
    answer = ada.press({"title": "x" * 21, "count": "many"})
    assert wrong(answer) == {
        "title": ["This must have at most 20 characters; it has 21."],
        "count": ["This must be a whole number, not text."],
    }
    text = answer.content.decode()
    assert f'value="{"x" * 21}"' in text
    assert 'value="many"' in text
    assert 'aria-invalid="true"' in text
    assert 'href="#id_in-/title"' in text
    assert "<title>✖ Not cast yet: Trial" in text
    assert Cast.objects.count() == 0


def test_after_a_correction_the_same_form_casts(ada: Visitor, spell: Spell) -> None:
    first = ada.press({"title": ""})
    assert wrong(first) == {"title": ["This is missing; give it."]}
    assert ada.cast({"title": "a", "count": ""}, page=first).inputs == {"title": "a", "count": 3}


@pytest.mark.failure("D3")
def test_nothing_much_is_given_and_nothing_is_not(ada: Visitor) -> None:
    """Guards presence: 0 and false are values, an empty field is none; then the default counts."""
    save(
        own(ada),
        {
            "zero": {"type": "integer", "default": 5},
            "no": {"type": "boolean", "default": True},
            "maybe": {"type": "boolean"},
            "words": {"type": "string", "default": "default"},
            "none": {"type": "string"},
            "list": {"type": "array", "items": {"type": "integer"}},
            "size": {"type": "object", "properties": {"width": {"type": "integer"}}},
        },
    )
    typed = {
        "zero": "0",
        "maybe": "false",
        "words": "",
        "none": "",
        "list": "0\n",
        "size/width": "",
    }
    assert ada.cast(typed).inputs == {
        "zero": 0,
        "no": False,
        "maybe": False,
        "words": "default",
        "list": [0],
    }


def test_an_object_is_given_by_its_members(ada: Visitor) -> None:
    size = {
        "type": "object",
        "required": ["width"],
        "properties": {"width": {"type": "integer"}, "unit": {"enum": ["px", "mm"]}},
    }
    save(own(ada), {"size": size})
    assert ada.cast({"size/width": "0", "size/unit": '"mm"'}).inputs == {
        "size": {"width": 0, "unit": "mm"}
    }
    assert ada.cast({"size/width": "", "size/unit": ""}).inputs == {}
    assert wrong(ada.press({"size/width": "", "size/unit": '"mm"'})) == {
        "size/width": ["This is missing; give it."]
    }


def test_inputs_of_any_name_are_told_apart(ada: Visitor) -> None:
    names = ["a b", "a/b", "__all__", "token", "ü", "x.y", "from"]
    save(own(ada), {name: {"type": "string"} for name in names})
    page = ada.look()
    fields = page.context["form"].fields
    typed = {name[1:]: f"of {field.question.path[0]}" for name, field in fields.items()}
    assert ada.cast(typed, page=page).inputs == {name: f"of {name}" for name in names}


def test_an_input_that_the_spell_does_not_have_is_refused(ada: Visitor, spell: Spell) -> None:
    assert wrong(ada.press({"title": "a", "colour": "red"})) == {
        "": ["This spell has no input “in-/colour”; load the page again."]
    }
    assert Cast.objects.count() == 0


@pytest.mark.failure("K5")
@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ({"title": "a\x00b"}, "title"),
        ({"title": "a", "more": '"\\u0000"'}, "more"),
        ({"title": "a", "more": '"\\ud800"'}, "more"),
        ({"title": "a", "more": "[" * 40 + "]" * 40}, ""),
        ({"title": "a", "more": "[" * 100_000}, "more"),
        ({"title": "a", "more": "1e999"}, "more"),
        ({"title": "a", "more": "9" * 30}, "more"),
        ({"title": "x" * 2_000_000}, ""),
    ],
)
def test_hostile_values_are_refused_with_a_sentence(
    ada: Visitor, typed: dict[str, str], at: str
) -> None:
    """Guards the checks of what is typed before any of it is stored."""
    save(own(ada), {"title": {"type": "string"}, "more": {}})
    assert at in wrong(ada.press(typed))
    assert Cast.objects.count() == 0


@pytest.mark.failure("K5")
def test_markup_that_users_bring_is_shown_and_never_run(ada: Visitor) -> None:
    """Guards the escaping in the page of a spell, its form included."""
    attack = '"><script>alert(1)</script>'
    declared = {"type": "string", "title": attack, "description": attack, "maxLength": 3}
    save(
        own(ada),
        {attack: declared, "pick": {"enum": [attack]}, "text": {"type": "string"}},
        name=attack,
        description=attack,
    )
    page = ada.look()
    [name, *_] = page.context["form"].fields
    wrong_page = ada.press({name[1:]: attack, "text": "</textarea>" + attack}, page=page)
    for answer in (page, wrong_page, ada.client.get("/spells/"), ada.client.get("/casts/")):
        assert "<script" not in answer.content.decode()


@pytest.mark.failure("B6")
def test_a_form_that_is_sent_twice_casts_once(ada: Visitor, spell: Spell) -> None:
    """Guards the token of the form: the second press gets the first one's answer."""
    page = ada.look()
    answers = [ada.press({"title": "a"}, page=page) for _ in range(3)]
    assert {answer["Location"] for answer in answers} == {
        reverse("live", args=[LiveLink.objects.get().token])
    }
    assert Cast.objects.count() == 1


def test_the_same_form_with_other_inputs_is_another_cast(ada: Visitor, spell: Spell) -> None:
    """Somebody went back, changed something, and pressed again."""
    page = ada.look()
    made = [ada.cast({"title": title}, page=page).pk for title in ("a", "b", "a")]
    assert len(set(made)) == 2
    assert Cast.objects.count() == 2


def test_the_same_form_much_later_asks_whether_another_cast_is_meant(
    ada: Visitor, spell: Spell
) -> None:
    page = ada.look()
    cast = ada.cast({"title": "a"}, page=page)
    Cast.objects.update(created_at=cast.created_at - timedelta(minutes=2))
    asked = ada.press({"title": "a"}, page=page)
    assert (asked.status_code, Cast.objects.count()) == (200, 1)
    assert "This form was cast already" in asked.content.decode()
    assert 'value="a"' in asked.content.decode()
    assert ada.press({"title": "a"}, page=asked).status_code == 303
    assert Cast.objects.count() == 2


@pytest.mark.failure("K1")
def test_a_token_of_somebody_else_leads_nobody_to_their_cast(ada: Visitor, spell: Spell) -> None:
    """Guards the owner in the key of a form."""
    Spell.objects.update(visibility="public")
    page = ada.look()
    mine = ada.press({"title": "a"}, page=page)["Location"]
    theirs = visitor().press({"title": "a"}, page=page)["Location"]
    assert mine != theirs
    assert Cast.objects.count() == IdempotencyKey.objects.count() == 2


@pytest.mark.parametrize("token", ["", "nonsense", "\x00", "x" * 10_000])
def test_a_form_without_a_proper_token_casts_all_the_same(
    ada: Visitor, spell: Spell, token: str
) -> None:
    assert ada.press({"title": "a"}, token=token).status_code == 303


def test_a_spell_that_was_changed_meanwhile_is_looked_at_first(ada: Visitor, spell: Spell) -> None:
    page = ada.look()
    document = spell.versions.get().definition
    document["inputs"]["properties"]["count"]["default"] = 8
    library.save(document, own(ada), spell=spell)
    changed = ada.press({"title": "a"}, page=page)
    [sentence] = wrong(changed)[""]
    assert "was changed while you looked" in sentence
    assert Cast.objects.count() == 0
    assert ada.cast({"title": "a"}, page=changed).version.number == 2


def test_an_archived_spell_has_no_form(ada: Visitor, spell: Spell) -> None:
    page = ada.look()
    Spell.objects.update(archived=True)
    assert "archived" in ada.look().content.decode()
    assert "in-/title" not in ada.look().content.decode()
    assert wrong(ada.press({"title": "a"}, page=page)) == {"": ["The spell trial is archived."]}


def test_a_tool_that_changed_is_told(ada: Visitor, trial: TrialAdapter) -> None:
    save(own(ada), steps=[step("one")])
    page = ada.look()
    catalogue.unregister(trial.name)
    catalogue.register(TrialAdapter(version="2"))
    [sentence] = wrong(ada.press(page=page))[""]
    assert "trial.echo version 1; installed is 2" in sentence


SEED = {"type": "integer", "minimum": 10, "maximum": 10**9, "default": 10}


class TestSurprise:
    """“Surprise me”: a seed that nobody chose."""

    def test_it_draws_another_seed_every_time(self, ada: Visitor) -> None:
        save(own(ada), {"seed": SEED})
        seeds = {ada.cast({"seed": "10"}, surprise="1").inputs["seed"] for _ in range(3)}
        assert len(seeds) == 3
        assert all(10 <= seed <= 10**9 for seed in seeds)
        assert ada.cast({"seed": "10"}).inputs["seed"] == 10

    def test_what_is_typed_stays_when_something_else_is_wrong(self, ada: Visitor) -> None:
        save(own(ada), {"seed": SEED, "title": TITLE}, required=["title"])
        answer = ada.press({"seed": "77"}, surprise="1")
        assert 'value="77"' in answer.content.decode()

    def test_two_presses_of_it_are_one_cast(self, ada: Visitor) -> None:
        save(own(ada), {"seed": SEED})
        page = ada.look()
        first, second = (ada.press({"seed": "10"}, page=page, surprise="1") for _ in range(2))
        assert first["Location"] == second["Location"]

    @pytest.mark.parametrize("seed", [{"type": "string"}, {"type": "number"}])
    def test_it_is_not_offered_without_a_seed_of_whole_numbers(
        self, ada: Visitor, seed: dict[str, Any]
    ) -> None:
        save(own(ada), {"seed": seed})
        assert "Surprise" not in ada.look().content.decode()
        assert "seed" not in ada.cast({"seed": ""}, surprise="1").inputs


def test_everything_is_made_anew_only_when_asked_and_where_it_could_be_otherwise(
    ada: Visitor,
) -> None:
    step = {"key": "only", "tool": "text.template", "inputs": {"template": "x"}}
    save(own(ada), slug="plain", steps=[step])
    save(own(ada), slug="reusing", steps=[{**step, "cache": True}])
    assert "anew" not in ada.look("plain").content.decode()
    assert 'name="anew"' in ada.look("reusing").content.decode()
    assert ada.cast(slug="reusing").uses_cache
    assert not ada.cast(slug="reusing", anew="on").uses_cache


class TestSignedOut:
    """Whoever has not signed in sees the form, and casts after that."""

    @pytest.mark.usefixtures("spell")
    def test_they_sign_in_first_and_what_they_typed_is_still_there(self, ada: Visitor) -> None:
        Spell.objects.update(visibility="public")
        own(ada).set_password("a password of hers")
        own(ada).save()
        guest = Visitor(None)
        assert "Sign in to cast" in guest.look().content.decode()
        sent = guest.press({"title": "typed before", "count": "7"})
        assert (sent.status_code, sent["Location"]) == (303, "/accounts/login/?next=/spells/trial/")
        assert "What you typed is kept" in guest.client.get(sent["Location"]).content.decode()
        credentials = {"username": "ada", "password": "a password of hers"}
        back = guest.client.post(sent["Location"], credentials, follow=True)
        text = back.content.decode()
        assert 'value="typed before"' in text
        assert 'value="7"' in text
        assert "typed before" not in guest.look().content.decode()
        assert Cast.objects.count() == 0

    @pytest.mark.usefixtures("spell")
    def test_what_is_too_long_to_be_kept_is_told(self) -> None:
        Spell.objects.update(visibility="public")
        guest = Visitor(None)
        sent = guest.press({"title": "x" * 20_000})
        assert "too long to be kept" in guest.client.get(sent["Location"]).content.decode()
        assert "cast_draft" not in guest.client.session

    def test_they_pick_files_after_that(self, ada: Visitor) -> None:
        photo = {"type": "string", "format": "artifact"}
        save(own(ada), {"photo": photo}, visibility="public")
        text = Client().get("/spells/trial/").content.decode()
        assert "Sign in first, then pick it here." in text
        assert "disabled" in text


class TestAgain:
    """``?from=``: the form with the inputs of an earlier cast."""

    def test_it_is_filled_with_them(self, ada: Visitor) -> None:
        save(own(ada), {**BOTH, "on": {"type": "boolean", "default": True}})
        cast = ada.cast({"title": "as before", "count": "0"})
        form = ada.look(**{"from": str(cast.pk)}).context["form"]
        assert form.initial == {"/title": "as before", "/count": "0", "/on": False}

    def test_what_cannot_be_shown_as_it_was_is_named(self, ada: Visitor) -> None:
        save(own(ada), {"lines": {"type": "array", "items": {"type": "string"}}})
        cast = ada.cast()
        Cast.objects.update(inputs={"lines": ["two\nlines"]})
        text = ada.look(**{"from": str(cast.pk)}).content.decode()
        assert "Not taken over from the earlier cast: Lines." in text

    @pytest.mark.failure("K1")
    @pytest.mark.usefixtures("spell")
    @pytest.mark.parametrize("which", ["another's", "of another spell", "unknown", "nonsense"])
    def test_a_cast_that_is_not_ones_own_of_this_spell_is_not_found(
        self, ada: Visitor, which: str
    ) -> None:
        """Guards the account in the look-up of the earlier cast."""
        Spell.objects.update(visibility="public")
        bob = visitor()
        save(own(bob), slug="other")
        found = {
            "another's": str(ada.cast({"title": "private"}).pk),
            "of another spell": str(bob.cast(slug="other").pk),
            "unknown": str(uuid4()),
            "nonsense": "nonsense",
        }
        assert bob.look(**{"from": found[which]}).status_code == 404


def test_only_reading_and_sending_are_possible(ada: Visitor, spell: Spell) -> None:
    assert ada.client.put("/spells/trial/").status_code == 405
    assert ada.client.head("/spells/trial/").status_code == 200
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(own(ada))
    refused = forged.post("/spells/trial/", {"in-/title": "a"})
    assert refused.status_code == 403
    assert "The form was not accepted" in refused.content.decode()
    assert Cast.objects.count() == 0
