"""Upgrading a spell whose tools changed: said, saved once, or refused with its reasons."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.auth.models import User

from casts import engine, library, tool_spells
from casts.models import Cast, Spell, SpellVersion
from casts.states import Status
from casts.upgrading import upgradable, upgrade
from generations.adapters.base import Call
from generations.tools import catalogue
from spellhub.events.models import Event
from tests.casts.altered_tools import reinstall, value_schema
from tests.casts.engine.conftest import Begin, account, begin, step
from tests.factories import UserFactory
from tests.tools import TrialAdapter

__all__ = ["account", "begin"]

ACTOR = "user:ada"


@pytest.fixture
def spell(trial: TrialAdapter, account: User) -> Spell:
    outputs = {"value": "${{ steps.only.value }}"}
    document = {"slug": "trial", "steps": [step("only")], "outputs": outputs}
    return library.save(document, account)[0].spell


def numbers(spell: Spell) -> list[int]:
    return sorted(spell.versions.values_list("number", flat=True))


def events(spell: Spell) -> list[tuple[int, str, str, Any]]:
    rows = Event.objects.filter(topic=f"spell:{spell.pk}").order_by("seq")
    return [(row.seq, row.kind, row.actor, row.data) for row in rows]


def test_a_spell_whose_tools_are_as_they_were_is_left_alone(spell: Spell) -> None:
    done = upgrade(spell, actor=ACTOR)
    assert (done.outcome, done.summary) == ("current", "trial v1 is up to date.")
    assert numbers(spell) == [1]
    assert events(spell) == []


@pytest.mark.failure("D6")
def test_an_upgrade_saves_the_same_definition_with_the_tools_of_now(spell: Spell) -> None:
    """Guard: upgrade() saves a version that pins what is installed, and tells what changed."""
    reinstall(version="2", input_schema=value_schema(required=[]))
    done = upgrade(spell, actor=ACTOR, reason="new tools")
    assert done.outcome == "upgraded"
    before, after = spell.versions.order_by("number")
    assert done.after == after
    assert after.definition == before.definition
    assert after.tool_versions == {"trial.echo": "2"}
    told = "trial.echo is now version 2: input `value` is no longer required."
    assert [one.sentence for one in done.drift] == [told]
    data = {"from": 1, "to": 2, "reason": "new tools", "changes": [told]}
    assert events(spell) == [(2, "spell_upgraded", ACTOR, data)]


def test_upgrading_again_changes_nothing(spell: Spell) -> None:
    reinstall(version="2")
    upgrade(spell, actor=ACTOR)
    assert upgrade(spell, actor=ACTOR).outcome == "current"
    assert numbers(spell) == [1, 2]
    assert len(events(spell)) == 1


def test_a_dry_run_says_what_would_be_done_and_does_nothing(spell: Spell) -> None:
    reinstall(version="2")
    done = upgrade(spell, actor=ACTOR, dry_run=True)
    assert (done.outcome, done.after) == ("would_upgrade", None)
    assert done.summary == "trial v1 would become trial v2."
    assert numbers(spell) == [1]


@pytest.mark.failure("D6")
def test_a_definition_that_no_longer_fits_stays_as_it_is_with_its_problems(spell: Spell) -> None:
    """Guard: what is saved has passed the check against the tools of now, or nothing is saved."""
    reinstall(version="2", input_schema={"type": "object", "properties": {"text": {}}})
    done = upgrade(spell, actor=ACTOR)
    assert done.outcome == "refused"
    assert [(p.pointer, p.code) for p in done.problems] == [
        ("/steps/0/inputs/value", "unknown_field")
    ]
    assert numbers(spell) == [1]
    assert events(spell) == []


def test_a_tool_that_is_gone_cannot_be_upgraded_to(spell: Spell) -> None:
    reinstall("trial.echo")
    done = upgrade(spell, actor=ACTOR)
    assert done.outcome == "refused"
    assert [p.code for p in done.problems] == ["unknown_tool"]


def test_the_new_version_stays_that_of_who_wrote_the_definition(spell: Spell) -> None:
    """So that loading the starter spells again still knows which of them somebody has edited."""
    editor = UserFactory()
    document = {"slug": "trial", "name": "Mine", "steps": [step("only")]}
    library.save(document, editor, spell=spell)
    reinstall(version="2")
    after = upgrade(spell, actor=ACTOR).after
    assert after is not None
    assert after.created_by == editor


def test_only_spells_that_need_it_are_offered(spell: Spell, account: User) -> None:
    library.save({"slug": "plain", "steps": [step("a", "flaky")]}, account)
    old = library.save({"slug": "archived", "steps": [step("a")]}, account)[0].spell
    Spell.objects.filter(pk=old.pk).update(archived=True)
    tool_spells.version_for(catalogue.get("trial.echo"))
    assert list(upgradable()) == []
    reinstall(version="2")
    assert [one.slug for one in upgradable()] == ["plain", "trial"]


@pytest.mark.failure("D6")
def test_a_tool_that_changes_while_a_cast_runs_fails_it_clearly_and_an_upgrade_mends_it(
    begin: Begin, trial: TrialAdapter
) -> None:
    """Guards the planner's comparison with the pinned version before every attempt."""

    def change_the_tools(call: Call) -> Mapping[str, Any]:
        reinstall(version="2")
        return {"value": call.inputs["value"]}

    trial.behave = change_the_tools
    second = step("second", value="${{ steps.first.value }}")
    cast = begin(step("first", "custom"), second, outputs={"v": "${{ steps.second.value }}"})
    engine.run(cast.pk)
    cast.refresh_from_db()
    failure = cast.failure or {}
    assert cast.status == Status.FAILED
    assert (failure["code"], failure["step"]) == ("tool_changed", "second")
    assert failure["message"].startswith("The spell was checked against trial.echo version 1")
    states = cast.generations.order_by("created_at").values_list("step", "status", "tool_version")
    assert list(states) == [("first", "succeeded", "1"), ("second", "failed", "2")]

    with pytest.raises(engine.NotCastable) as refusal:
        cast_again(cast.version)
    assert str(refusal.value).endswith("Upgrade it: manage.py spell upgrade trial")
    done = upgrade(cast.version.spell, actor=ACTOR)
    assert done.after is not None
    again = cast_again(done.after)
    engine.run(again.pk)
    again.refresh_from_db()
    assert (again.status, again.outputs) == (Status.SUCCEEDED, {"v": "v"})


def cast_again(version: SpellVersion) -> Cast:
    return engine.begin(version, version.created_by, {}, source="api", actor="key:test")
