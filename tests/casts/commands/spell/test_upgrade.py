"""Upgrading spells to the tools that are installed now."""

import json

import pytest

from casts.models import Spell
from spellhub.events.models import Event
from tests.casts.altered_tools import reinstall, value_schema
from tests.casts.commands.conftest import Run
from tests.casts.commands.spell.conftest import failing

pytestmark = pytest.mark.django_db


def test_an_upgrade_says_what_changes_saves_and_is_done_once(run: Run, spell: Spell) -> None:
    reinstall(version="2", input_schema=value_schema(required=[]))
    tried = run("spell", "upgrade", "trial", "--dry-run")
    assert (tried.code, spell.versions.count()) == (0, 1)
    assert tried.out == (
        "trial v1 would become trial v2.\n"
        "    trial.echo is now version 2: input `value` is no longer required. (step only)\n"
    )
    ran = run("spell", "upgrade", "--all", "--reason", "new  tools")
    assert ran.code == 0
    assert ran.out.startswith("trial v1 is now trial v2.\n")
    event = Event.objects.get(kind="spell_upgraded")
    assert (event.actor[:4], event.data["reason"]) == ("cli:", "new tools")
    again = run("spell", "upgrade", "--all")
    assert (again.code, again.out) == (0, "")
    assert "Every spell is up to date." in again.err
    assert run("spell", "upgrade", "trial").out == "trial v2 is up to date.\n"


def test_what_no_longer_fits_is_told_with_its_pointers_and_stays(run: Run, spell: Spell) -> None:
    reinstall(version="2", input_schema={"type": "object", "properties": {}})
    ran = run("spell", "upgrade", "trial")
    assert (ran.code, spell.versions.count()) == (1, 1)
    assert "trial v1 stays as it is" in ran.out
    assert "    error: /steps/0/inputs/value: Step `only`, `trial.echo`: " in ran.out


def test_programs_can_read_it(run: Run, spell: Spell) -> None:
    reinstall(version="2")
    (report,) = json.loads(run("spell", "upgrade", "trial", "--json").out)["upgrades"]
    assert (report["outcome"], report["from"], report["to"]) == ("upgraded", 1, 2)
    assert report["drift"][0]["kind"] == "changed"


@pytest.mark.parametrize("words", [[], ["trial", "--all"], ["trail"]])
def test_bad_usage_is_told(run: Run, spell: Spell, words: list[str]) -> None:
    assert failing(run, "upgrade", *words).code == 2
