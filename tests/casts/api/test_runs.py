"""Calling one tool: a cast of a hidden spell of one step."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections

from casts import engine, tool_spells
from casts.models import Cast, Spell, SpellVersion
from generations.models import Generation
from generations.tools import catalogue
from tests.clients import Api, flaws
from tests.factories import SpellFactory
from tests.tools import TrialAdapter


@pytest.fixture
def api(db: None) -> Api:
    return Api()


def run(api: Api, tool: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Run a tool to its end; return the cast."""
    answer = api.post(f"tools/{tool}/run/", {"inputs": inputs})
    assert answer.status_code == 202, answer.content
    cast = answer.json()["id"]
    assert answer["Location"] == answer.json()["links"]["self"]
    engine.run(cast)
    found: dict[str, Any] = api.get(f"casts/{cast}/").json()
    return found


@pytest.mark.failure("A4")
def test_a_tool_runs_through_the_same_rows_as_any_cast(api: Api) -> None:
    """Guard: there is no second path; a run is a cast, and its outputs are what was persisted."""
    found = run(api, "text.template", {"template": "for {who}", "values": {"who": "Ada"}})
    assert (found["status"], found["outputs"]) == ("succeeded", {"text": "for Ada"})
    assert (found["spell"], found["account"]) == ("tool-text-template", api.account.username)
    generation = Generation.objects.get()
    assert str(generation.cast_id) == found["id"]
    assert generation.outputs == found["outputs"]


def test_inputs_that_are_left_out_are_the_tools_own_defaults(api: Api) -> None:
    found = run(api, "image.flow_field", {"seed": 3, "width": 64, "height": 64})
    assert found["status"] == "succeeded", found["failure"]
    assert set(found["outputs"]) >= {"image"}
    file = api.get(f"artifacts/{found['outputs']['image']}/")
    assert (file.status_code, file["Content-Type"]) == (200, "image/png")


def test_a_tool_without_declared_outputs_gives_all_it_gave(api: Api, trial: TrialAdapter) -> None:
    assert run(api, "trial.echo", {"value": [1, None]})["outputs"] == {
        "result": {"value": [1, None]}
    }


@pytest.mark.failure("C9")
@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, [("/inputs/template", "missing")]),
        ({"template": 7}, [("/inputs/template", "wrong_type")]),
        ({"template": "x", "vlaues": {}}, [("/inputs/vlaues", "unknown_field")]),
    ],
)
def test_inputs_that_do_not_fit_the_tool_are_422(
    api: Api, inputs: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """Guard: the tool's own schema is that of the spell, checked before a row is written."""
    answer = api.post("tools/text.template/run/", {"inputs": inputs})
    assert (answer.status_code, flaws(answer)) == (422, expected)
    assert not Cast.objects.exists()


@pytest.mark.failure("D7")
@pytest.mark.parametrize("key", ["Template", "text.templat", "TEXT.TEMPLATE", "text", "text.sleep"])
def test_a_tool_that_is_not_there_is_404(api: Api, key: str) -> None:
    """Guard: tools are found by their key only, never by their title."""
    answer = api.post(f"tools/{key}/run/", {"inputs": {}})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_tool")
    assert not Spell.objects.exists()


def test_the_hidden_spell_is_made_once_and_belongs_to_spellhub(api: Api) -> None:
    for _ in range(3):
        api.post("tools/text.template/run/", {"inputs": {"template": "x"}})
    spell = Spell.objects.get()
    assert (spell.owner.username, spell.visibility) == ("spellhub", "unlisted")
    assert not spell.owner.has_usable_password()
    assert SpellVersion.objects.count() == 1
    assert User.objects.count() == 2


def test_a_tool_that_changed_gets_a_new_version_of_its_spell(api: Api) -> None:
    api.post("tools/text.template/run/", {"inputs": {"template": "x"}})
    newer = catalogue.get("text.template").model_copy(update={"version": "2"})
    assert not tool_spells._fits(SpellVersion.objects.get(), newer)
    more = {"type": "object", "properties": {}}
    other = catalogue.get("text.template").model_copy(update={"input_schema": more})
    assert not tool_spells._fits(SpellVersion.objects.get(), other)


def test_a_spell_of_somebody_that_has_the_slug_is_never_run_instead(api: Api) -> None:
    SpellFactory(slug="tool-text-template")
    answer = api.post("tools/text.template/run/", {"inputs": {"template": "x"}})
    assert (answer.status_code, answer.json()["code"]) == (409, "slug_occupied")
    assert not Cast.objects.exists()


def test_two_tools_never_share_a_slug() -> None:
    keys = ["a.b_c", "a.b.c", "a.b_c_d", "a.b.c_d", "x." + "y" * 90, "x." + "y" * 91]
    spec = catalogue.get("text.template")
    slugs = {tool_spells.slug_of(spec.model_copy(update={"key": key})) for key in keys}
    assert len(slugs) == len(keys)
    assert max(map(len, slugs)) <= 60


def test_every_tool_that_is_installed_can_be_run_on_its_own(db: None) -> None:
    for tool in catalogue.specs():
        assert tool_spells.version_for(tool).tool_versions == {tool.key: tool.version}


@pytest.mark.django_db(transaction=True)
def test_the_first_runs_of_a_tool_may_come_at_once() -> None:
    apis = [Api() for _ in range(6)]

    def post(api: Api) -> Any:
        try:
            return api.post("tools/text.template/run/", {"inputs": {"template": "x"}})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(post, apis))
    assert {answer.status_code for answer in answers} == {202}
    assert (Spell.objects.count(), SpellVersion.objects.count()) == (1, 1)
