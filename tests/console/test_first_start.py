"""What `up` makes for the person in front of it."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User

from casts import library
from casts.models import Spell
from casts.states import Status
from spellhub.accounts.models import ApiKey, digest_of
from spellhub.console import first_start

pytestmark = pytest.mark.django_db


def test_the_first_start_makes_an_admin_a_key_and_the_starter_spells() -> None:
    welcome = first_start.prepare()
    assert welcome.password
    assert welcome.api_key
    admin = authenticate(username="admin", password=welcome.password)
    assert admin
    assert admin.is_superuser
    assert ApiKey.objects.get(digest=digest_of(welcome.api_key)).account == admin
    assert Spell.objects.filter(slug=first_start.DEMO).exists()


def test_secrets_are_shown_once_and_nothing_is_made_twice() -> None:
    first_start.prepare()
    made = (User.objects.count(), ApiKey.objects.count(), Spell.objects.count())
    again = first_start.prepare()
    assert (again.password, again.api_key) == (None, None)
    assert (User.objects.count(), ApiKey.objects.count(), Spell.objects.count()) == made


def test_a_changed_password_stays() -> None:
    first_start.prepare()
    admin = User.objects.get(username="admin")
    admin.set_password("their own")
    admin.save()
    first_start.prepare()
    assert authenticate(username="admin", password="their own")


def test_the_demo_is_cast_with_an_address_to_look_at() -> None:
    first_start.prepare()
    demo = first_start.cast_demo()
    assert demo.cast
    assert demo.cast.status == Status.QUEUED
    assert demo.cast.live_links.get().token in demo.address
    assert demo.problem == ""


def test_an_archived_demo_keeps_nobody_from_coming_up() -> None:
    first_start.prepare()
    Spell.objects.update(archived=True)
    demo = first_start.cast_demo()
    assert demo.cast is None
    assert "archived" in demo.problem


def test_somebody_s_own_spell_of_that_name_keeps_nobody_from_coming_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    owner = User.objects.create_user("ada")
    step = {"key": "only", "tool": "text.template", "inputs": {"template": "mine"}}
    library.save({"slug": first_start.DEMO, "name": "Mine", "steps": [step]}, owner)
    first_start.prepare()
    assert "The starter spells were not loaded" in caplog.text
    assert Spell.objects.get(slug=first_start.DEMO).owner == owner
    assert first_start.cast_demo().problem
