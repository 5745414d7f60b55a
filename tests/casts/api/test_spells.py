"""Spells over the API: saved, changed, shown, checked."""

from typing import Any

import pytest

from casts.models import Spell, SpellVersion
from generations.tools import catalogue
from tests.clients import Api, flaws
from tests.factories import UserFactory, one_step
from tests.tools import TrialAdapter

pytestmark = pytest.mark.django_db
SECRET = "the secret of the trade"


@pytest.fixture
def api() -> Api:
    return Api()


def secret(**members: Any) -> dict[str, Any]:
    step = {"key": "only", "tool": "text.template", "inputs": {"template": SECRET}}
    return {"slug": "recipe", "name": "Recipe", "steps": [step], **members}


def test_a_spell_is_saved_by_its_definition(api: Api) -> None:
    answer = api.post("spells/", one_step("poem"))
    assert answer.status_code == 201
    body = answer.json()
    assert api.get(answer["Location"]).json() == {
        key: value for key, value in body.items() if key != "warnings"
    }
    assert (body["slug"], body["version"], body["owner"]) == ("poem", 1, api.account.username)
    assert body["outputs"] == {"text": {"type": "string"}}
    assert body["price"] == {"amount": "0", "currency": "USD"}
    assert (body["tools"], body["warnings"]) == (["text.template"], [])
    assert SpellVersion.objects.get().created_by == api.account


def test_every_mistake_is_told_at_once_with_its_pointer(api: Api) -> None:
    step = {"key": "card", "tool": "text.templat", "inputs": {"template": "${{ steps.arts.x }}"}}
    answer = api.post("spells/", {"slug": "Bad Slug", "stpes": [], "steps": [step]})
    assert answer.status_code == 422
    pointers = {pointer for pointer, _ in flaws(answer)}
    assert {"/slug", "/stpes", "/steps/0/tool", "/steps/0/inputs/template"} <= pointers
    assert "did you mean" in str(answer.json()["errors"])
    assert not Spell.objects.exists()


def test_what_is_only_doubtful_is_saved_with_a_warning(api: Api) -> None:
    unused = {"key": "idle", "tool": "text.template", "inputs": {"template": "x"}, "needs": []}
    spell = one_step("poem")
    answer = api.post("spells/", {**spell, "steps": [*spell["steps"], unused]})
    assert answer.status_code == 201
    assert [warning["code"] for warning in answer.json()["warnings"]] == ["unused_step"]


@pytest.mark.failure("A8")
def test_a_slug_that_is_taken_is_a_clear_409_whoever_has_it(api: Api) -> None:
    """Guard: the slug is unique in the database."""
    api.save_spell("poem")
    for client in (api, Api()):
        answer = client.post("spells/", one_step("poem"))
        assert (answer.status_code, flaws(answer)) == (409, [("/slug", "slug_taken")])
    assert Spell.objects.get().owner == api.account
    assert SpellVersion.objects.count() == 1


@pytest.mark.parametrize("slug", ["validate", "tool-text-template", "tool-x"])
def test_slugs_that_mean_something_else_are_refused(api: Api, slug: str) -> None:
    assert flaws(api.post("spells/", one_step(slug))) == [("/slug", "reserved_slug")]
    assert not Spell.objects.exists()


def test_a_change_makes_a_new_version_and_casts_keep_theirs(api: Api) -> None:
    api.save_spell("poem")
    cast = api.cast("poem")
    answer = api.patch("spells/poem/", {"steps": secret()["steps"]})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert answer.json()["definition"]["outputs"] == {"text": "${{ steps.only.text }}"}
    assert api.get(f"casts/{cast['id']}/").json()["version"] == 1
    assert api.cast("poem")["version"] == 2


def test_the_whole_definition_can_be_sent_and_null_takes_a_member_out(api: Api) -> None:
    api.save_spell("poem", description="Long.", deadline_s=60)
    body = api.patch("spells/poem/", {**one_step("poem"), "name": "Poem"}).json()
    assert (body["name"], body["description"]) == ("Poem", "Long.")
    body = api.patch("spells/poem/", {"deadline_s": None, "description": ""}).json()
    assert "deadline_s" not in body["definition"]
    assert body["description"] == ""


def test_a_change_that_changes_nothing_makes_no_version(api: Api) -> None:
    api.save_spell("poem")
    assert api.patch("spells/poem/", {}).json()["version"] == 1
    assert api.patch("spells/poem/", one_step("poem")).json()["version"] == 1


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"slug": "other"}, "/slug", "slug_fixed"),
        ({"slug": "tool-x"}, "/slug", "reserved_slug"),
        ({"steps": []}, "/steps", "wrong_length"),
        ({"steps": None}, "/steps", "missing"),
        ({"visibility": "hidden"}, "/visibility", "not_allowed"),
        ({"owner": "bob"}, "/owner", "unknown_field"),
        ({"archived": True}, "/archived", "unknown_field"),
    ],
)
def test_a_change_that_is_wrong_leaves_the_spell_as_it_was(
    api: Api, change: dict[str, Any], pointer: str, code: str
) -> None:
    before = api.save_spell("poem")
    answer = api.patch("spells/poem/", change)
    assert answer.status_code == 422
    assert (pointer, code) in flaws(answer)
    assert api.get("spells/poem/").json()["definition"] == before["definition"]


@pytest.mark.failure("K1")
@pytest.mark.parametrize("visibility", ["unlisted", "public"])
def test_only_the_owner_changes_a_spell(api: Api, visibility: str) -> None:
    """Guard: only its owner changes a spell."""
    api.save_spell("poem", visibility=visibility)
    answer = Api().patch("spells/poem/", {"name": "Mine"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")


@pytest.mark.failure("K1")
@pytest.mark.parametrize(
    ("visibility", "is_found", "is_listed"),
    [("private", False, False), ("unlisted", True, False), ("public", True, True)],
)
def test_others_see_what_is_not_private_but_not_how_it_is_done(
    api: Api, visibility: str, is_found: object, is_listed: object
) -> None:
    """Guard: castable_by and may_see."""
    api.post("spells/", secret(visibility=visibility, outputs={"t": "${{ steps.only.text }}"}))
    other = Api()
    listed = [spell["slug"] for spell in other.get("spells/").json()["results"]]
    assert listed == (["recipe"] if is_listed else [])
    for path in ("spells/recipe/", "spells/recipe/versions/"):
        answer = other.get(path)
        assert answer.status_code == (200 if is_found else 404)
        assert SECRET.encode() not in answer.content
    if is_found:
        body = other.get("spells/recipe/").json()
        assert body["definition"] is None
        assert body["inputs"] == {"type": "object", "properties": {}}
        assert body["outputs"] == {"t": {"type": "string"}}
        assert body["tools"] == ["text.template"]
    assert SECRET.encode() in api.get("spells/recipe/versions/").content


def test_an_open_spell_shows_others_how_it_is_done(api: Api) -> None:
    api.post("spells/", secret(visibility="unlisted", open=True))
    for path in ("spells/recipe/", "spells/recipe/versions/"):
        assert SECRET.encode() in Api().get(path).content


def test_an_archived_spell_is_listed_to_its_owner_alone(api: Api) -> None:
    api.save_spell("poem", visibility="public")
    Spell.objects.update(archived=True)
    assert api.get("spells/").json()["results"][0]["archived"]
    assert Api().get("spells/").json()["results"] == []


def test_the_spells_of_tools_are_not_listed(api: Api) -> None:
    api.post("tools/text.template/run/", {"inputs": {"template": "x"}})
    assert Spell.objects.count() == 1
    assert api.get("spells/").json()["results"] == []


def test_versions_are_listed_newest_first(api: Api) -> None:
    api.save_spell("poem")
    api.patch("spells/poem/", {"description": "New."})
    body = api.get("spells/poem/versions/").json()
    assert [version["number"] for version in body["results"]] == [2, 1]
    assert body["results"][1]["tools"] == {"text.template": "1"}


def test_a_check_tells_everything_and_saves_nothing(api: Api) -> None:
    good = api.post("spells/validate/", one_step("poem"))
    assert (good.status_code, good.json()) == (200, {"valid": True, "errors": [], "warnings": []})
    bad = api.post("spells/validate/", {**one_step("validate"), "stpes": []}).json()
    assert not bad["valid"]
    assert {(flaw["pointer"], flaw["code"]) for flaw in bad["errors"]} == {
        ("/stpes", "unknown_field"),
        ("/slug", "reserved_slug"),
    }
    assert not Spell.objects.exists()


def test_a_list_takes_a_few_queries(api: Api, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        api.save_spell(f"poem-{number}")
        api.patch(f"spells/poem-{number}/", {"description": "New."})
    with django_assert_max_num_queries(5):
        body = api.get("spells/").json()
    assert {spell["version"] for spell in body["results"]} == {2}
    assert len(body["results"]) == 20


@pytest.mark.failure("D6")
def test_validating_tells_which_tools_changed_since_the_spell_was_saved(
    api: Api, trial: TrialAdapter
) -> None:
    """Guard: what a tool version takes and gives is kept when a spell is saved with it."""
    step = {"key": "say", "tool": "trial.echo", "inputs": {"value": 1}}
    api.save_spell("drifting", steps=[step], inputs={"type": "object"}, outputs={})
    document = api.get("spells/drifting/").json()["definition"]
    assert api.post("spells/validate/", document).json()["warnings"] == []
    catalogue.unregister(trial.name)
    trial.version = "2"
    catalogue.register(trial)
    answer = api.post("spells/validate/", document).json()
    assert answer["valid"]
    (warning,) = answer["warnings"]
    assert (warning["pointer"], warning["code"]) == ("/steps/0/tool", "tool_changed")
    assert "trial.echo is now version 2" in warning["detail"]
    assert Api(UserFactory()).post("spells/validate/", document).json()["warnings"] == []


def test_the_members_of_a_definition_keep_their_order(api: Api) -> None:
    properties = {name: {"type": "string"} for name in ("zebra", "a", "middle", "bb")}
    inputs = {"type": "object", "properties": properties}
    api.save_spell("ordered", inputs=inputs)
    found = api.get("spells/ordered/").json()["inputs"]["properties"]
    assert list(found) == ["zebra", "a", "middle", "bb"]


def test_what_a_step_over_a_list_costs_and_gives_is_told_of_the_whole_list(
    api: Api, trial: TrialAdapter
) -> None:
    step = {
        "key": "many",
        "tool": "trial.paid",
        "for_each": "${{ inputs.list }}",
        "max_items": 4,
        "inputs": {"value": "${{ item }}"},
    }
    inputs = {"type": "object", "properties": {"list": {"type": "array"}}}
    found = api.save_spell("many", steps=[step], inputs=inputs, outputs={})
    assert found["price"]["amount"] == "1.00"
    listed = step | {"tool": "text.template", "inputs": {"template": "x"}}
    outputs = {"texts": "${{ steps.many.text }}"}
    found = api.save_spell("texts", steps=[listed], inputs=inputs, outputs=outputs)
    assert found["outputs"]["texts"]["type"] == "array"
