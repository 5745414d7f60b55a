"""What became of the tools of a saved spell: gone, changed, altered, retired."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import Error, transaction

from casts import library
from casts.drift.contracts import Contract, changes_between
from casts.drift.rows import behind, drift_of
from casts.drift.verdict import Drift
from casts.models import Spell, SpellVersion
from generations.models import ToolContract
from generations.tools import catalogue
from tests.casts.altered_tools import reinstall, value_schema
from tests.casts.engine.conftest import account, step
from tests.clients import Api
from tests.factories import SpellVersionFactory
from tests.tools import TrialAdapter

__all__ = ["account"]

EMPTY: dict[str, Any] = {"type": "object", "properties": {}}
TEXT: dict[str, Any] = {"type": "string"}
MAYBE: dict[str, Any] = {"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]}


def takes(schema: Any, *, required: bool = False, **more: Any) -> dict[str, Any]:
    names = {"required": ["x"]} if required else {}
    return {"type": "object", "properties": {"x": schema}, **names, **more}


def refers(target: Any) -> dict[str, Any]:
    return takes({"$ref": "#/$defs/A"}) | {"$defs": {"A": target}}


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    return changes_between(Contract(before, EMPTY), Contract(after, EMPTY))


@pytest.mark.failure("D6")
@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (takes(TEXT), EMPTY, "input `x` is gone"),
        (EMPTY, takes(TEXT), "input `x` is new"),
        (EMPTY, takes(TEXT, required=True), "input `x` is new and required"),
        (takes(TEXT), takes(TEXT, required=True), "input `x` is now required"),
        (takes(TEXT, required=True), takes(TEXT), "input `x` is no longer required"),
        (takes(TEXT), takes({"type": "integer"}), "input `x` is now a whole number, was text"),
        (
            takes(MAYBE),
            takes({"type": "string", "maxLength": 9}),
            "input `x` is now text, was text or null",
        ),
        (
            takes({"enum": ["a", "b"]}),
            takes({"enum": ["b", "c"]}),
            'input `x` no longer allows "a"; input `x` now also allows "c"',
        ),
        (
            takes({"anyOf": [{"enum": ["a"]}, {"const": "any"}]}),
            takes({"enum": ["a"], "type": "string"}),
            'input `x` no longer allows "any"',
        ),
        (takes(TEXT), takes({**TEXT, "enum": ["a"]}), 'input `x` now allows only "a"'),
        (takes({**TEXT, "enum": ["a"]}), takes(TEXT), 'input `x` is no longer one of "a"'),
        (
            takes({"type": "integer", "maximum": 9}),
            takes({"type": "integer", "maximum": 5, "minimum": 1}),
            "input `x` now has `minimum` 1; `maximum` of input `x` is now 5, was 9",
        ),
        (
            takes(MAYBE),
            takes({"anyOf": [TEXT, {"type": "null"}]}),
            "input `x` has no `maxLength` any more",
        ),
        (
            takes({**TEXT, "default": "a"}),
            takes({**TEXT, "default": "b"}),
            'input `x` is "b" by default, was "a"',
        ),
        (takes({"default": 1}), takes({"default": True}), "input `x` is true by default, was 1"),
        (takes({**TEXT, "default": "a"}), takes(TEXT), "input `x` has no default any more"),
        (takes(TEXT), takes({**TEXT, "default": None}), "input `x` is null by default"),
        (
            takes(takes(TEXT)),
            takes(takes({"type": "boolean"}, required=True)),
            "input `x.x` is now required; input `x.x` is now true or false, was text",
        ),
        (
            takes({"type": "array", "items": TEXT}),
            takes({"type": "array", "items": {"type": "number"}}),
            "an item of input `x` is now a number, was text",
        ),
        (
            refers(TEXT),
            refers({"type": "boolean"}),
            "input `x` is now true or false, was text",
        ),
        (
            takes({"anyOf": [TEXT, {"type": "integer", "minimum": 0}]}),
            takes({"anyOf": [TEXT, {"type": "integer", "minimum": 1}]}),
            "input `x` is described by another schema",
        ),
        (
            takes(TEXT),
            takes(TEXT, additionalProperties=False),
            "the schema of its inputs is another one",
        ),
    ],
)
def test_each_change_of_a_contract_is_told(
    before: dict[str, Any], after: dict[str, Any], told: str
) -> None:
    """Guard: changes_between says what of a schema is different."""
    assert "; ".join(changes(before, after)) == told


def test_what_only_people_read_and_how_it_is_written_down_is_no_change() -> None:
    before = takes({**TEXT, "description": "old", "examples": ["a"]}, title="Old")
    assert changes(before, refers({**TEXT, "title": "T"})) == ()


def test_a_member_called_like_a_remark_counts() -> None:
    before = {"type": "object", "properties": {"title": TEXT}}
    assert changes(before, EMPTY) == ("input `title` is gone",)


def test_changes_of_outputs_are_told_apart() -> None:
    before, after = (Contract(EMPTY, takes(TEXT, required=is_sure)) for is_sure in (True, False))
    assert changes_between(before, after) == ("output `x` is no longer always there",)
    assert changes_between(before, Contract(EMPTY, EMPTY)) == ("output `x` is gone",)


@pytest.fixture
def version(trial: TrialAdapter, account: User) -> SpellVersion:
    document = {"slug": "trial", "steps": [step("one"), step("two", "flaky")]}
    return library.save(document, account)[0]


def test_a_spell_whose_tools_are_as_they_were_has_no_drift(version: SpellVersion) -> None:
    assert drift_of(version) == ()
    assert not behind().exists()


@pytest.mark.failure("D6")
def test_what_each_tool_takes_and_gives_is_kept_when_a_spell_is_saved(
    version: SpellVersion, account: User
) -> None:
    """Guard: keep_contracts() in the transaction of the save, once for each version of a tool."""
    kept = ToolContract.objects.order_by("key").values_list("key", "version")
    assert list(kept) == [("trial.echo", "1"), ("trial.flaky", "1")]
    library.save({"slug": "other", "steps": [step("one")]}, account)
    assert ToolContract.objects.count() == 2
    with pytest.raises(Error), transaction.atomic():
        ToolContract.objects.update(input_schema={})


@pytest.mark.failure("D6")
def test_a_tool_that_is_gone_is_told_for_each_step_that_calls_it(version: SpellVersion) -> None:
    """Guard: judged() looks every step's tool up among those installed."""
    reinstall("trial.echo")
    (drift,) = drift_of(version)
    assert (drift.step, drift.pointer, drift.kind) == ("one", "/steps/0/tool", "gone")
    assert drift.blocks
    assert drift.sentence == "trial.echo is not installed any more."
    assert [spell.slug for spell in behind()] == ["trial"]


@pytest.mark.failure("D6")
def test_a_tool_of_another_version_is_told_with_what_changed(version: SpellVersion) -> None:
    """Guard: the contract kept at the save is compared with the installed one."""
    properties = {"value": {"type": "string"}, "times": {"type": "integer"}}
    reinstall(version="2", input_schema=value_schema(properties=properties))
    one, two = drift_of(version)
    assert (one.kind, one.pinned, one.installed) == ("changed", "1", "2")
    assert one.sentence == (
        "trial.echo is now version 2: input `value` is now text, was anything; input `times` is "
        "new; input `fail` is gone."
    )
    assert (two.step, two.blocks) == ("two", True)


@pytest.mark.failure("D6")
def test_a_tool_that_changed_without_a_new_version_is_told_loudly(version: SpellVersion) -> None:
    """Guard: the same version with another contract is drift, though it can still be cast."""
    reinstall(input_schema=value_schema(required=[]))
    one, _ = drift_of(version)
    assert one.kind == "altered"
    assert not one.blocks
    assert one.sentence == (
        "trial.echo changed without a new version: input `value` is no longer required. "
        "Its author must give it one."
    )


def test_a_retired_tool_is_told_with_what_to_use_instead(version: SpellVersion) -> None:
    reinstall(retired="Use trial.custom.")
    one, _ = drift_of(version)
    assert (one.kind, one.blocks) == ("retired", False)
    assert one.sentence == "trial.echo is retired. Use trial.custom."
    assert not behind().exists()


def test_a_version_from_before_contracts_were_kept_says_that_it_cannot_tell(db: None) -> None:
    version = SpellVersionFactory(tool_versions={"text.template": "0"})
    (drift,) = drift_of(version)
    installed = catalogue.get("text.template").version
    assert drift.sentence == (
        f"text.template is now version {installed} (was 0); what changed is not on record."
    )
    assert drift.to_json()["changes"] is None


def test_a_new_version_that_takes_and_gives_the_same_says_so() -> None:
    drift = Drift("one", "/steps/0/tool", "a.b", "changed", "1", "2")
    assert drift.sentence == "a.b is now version 2 (was 1); it takes and gives the same."


def test_only_the_newest_version_counts_for_who_needs_an_upgrade(
    version: SpellVersion, account: User
) -> None:
    reinstall(version="2")
    assert behind().count() == 1
    document = {**version.definition, "name": "Anew"}
    library.save(document, account, spell=Spell.objects.get())
    assert not behind().exists()


@pytest.mark.django_db
def test_saving_a_spell_with_a_retired_tool_warns_and_saves(trial: TrialAdapter) -> None:
    reinstall(retired="Use trial.custom.")
    api = Api()
    body = {"slug": "old", "steps": [step("one")], "outputs": {"v": "${{ steps.one.value }}"}}
    saved = api.post("spells/", body)
    assert saved.status_code == 201, saved.content
    assert saved.json()["warnings"] == [
        {
            "pointer": "/steps/0/tool",
            "code": "tool_retired",
            "detail": "Step `one`: trial.echo is retired. Use trial.custom.",
        }
    ]
    assert api.get("tools/trial.echo/").json()["retired"] == "Use trial.custom."
