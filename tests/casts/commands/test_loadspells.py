"""Loading spells from files."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User

from casts import library
from casts.models import Spell, SpellVersion
from tests.casts.commands.conftest import Run
from tests.factories import UserFactory, one_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path / "deep" / "one.yaml", one_step("one"))
    put(tmp_path / "two.json", one_step("two"))
    (tmp_path / "README.md").write_text("not a spell")
    return tmp_path


def put(path: Path, document: Any) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document) if path.suffix == ".json" else yaml.safe_dump(document))
    return path


def told(out: str) -> list[tuple[str, str]]:
    return [tuple(line.split("\t")[:2]) for line in out.splitlines()]  # type: ignore[misc]


def test_a_folder_of_yaml_and_json_is_loaded_for_an_account_made_for_it(
    run: Run, folder: Path
) -> None:
    ran = run("loadspells", folder)
    assert ran.code == 0
    assert told(ran.out) == [("created", "one v1"), ("created", "two v1")]
    owner = User.objects.get(username="spellhub")
    assert not owner.has_usable_password()
    assert set(Spell.objects.values_list("owner", flat=True)) == {owner.pk}


def test_loading_again_changes_nothing_and_a_changed_file_makes_a_version(
    run: Run, folder: Path
) -> None:
    run("loadspells", folder)
    assert told(run("loadspells", folder).out) == [("unchanged", "one v1"), ("unchanged", "two v1")]
    put(folder / "two.json", one_step("two") | {"name": "Two, anew"})
    assert told(run("loadspells", folder).out) == [("unchanged", "one v1"), ("updated", "two v2")]
    assert SpellVersion.objects.count() == 3


def test_every_problem_of_every_file_is_told_and_nothing_is_loaded(run: Run, folder: Path) -> None:
    bad = one_step("bad")
    bad["steps"][0]["tool"] = "text.tempalte"
    bad["outputs"] = {"text": "${{ steps.onyl.text }}"}
    first = put(folder / "bad.yaml", bad)
    second = folder / "worse.json"
    second.write_text("{")
    ran = run("loadspells", folder)
    assert ran.code == 2
    assert f"{first}: /steps/0/tool: " in ran.err
    assert f"{first}: /outputs/text: " in ran.err
    assert f"{second}: /" in ran.err
    assert not Spell.objects.exists()


def test_two_files_of_one_slug_are_refused(run: Run, folder: Path) -> None:
    put(folder / "again.yaml", one_step("one"))
    ran = run("loadspells", folder)
    assert ran.code == 2
    assert "/slug: " in ran.err


@pytest.mark.failure("A8")
def test_a_spell_of_another_account_is_not_overwritten(run: Run, folder: Path) -> None:
    """Guards the owner of a slug: loading never takes a spell over."""
    other = UserFactory(username="other")
    run("loadspells", folder, "--owner", "other")
    ran = run("loadspells", folder)
    assert ran.code == 2
    assert "belongs to other" in ran.err
    assert set(Spell.objects.values_list("owner", flat=True)) == {other.pk}


@pytest.mark.parametrize("missing", ["nowhere.yaml", "nowhere"])
def test_a_path_that_is_not_there_is_told(run: Run, tmp_path: Path, missing: str) -> None:
    ran = run("loadspells", tmp_path / missing)
    assert ran.code == 2
    assert "cannot be read" in ran.err


def test_an_empty_folder_is_told(run: Run, tmp_path: Path) -> None:
    assert "no .yaml" in run("loadspells", tmp_path).err


def test_an_unknown_owner_is_told(run: Run, folder: Path) -> None:
    ran = run("loadspells", folder, "--owner", "nobody")
    assert (ran.code, User.objects.count()) == (2, 0)


def test_a_warning_is_told_on_stderr(run: Run, folder: Path) -> None:
    idle = one_step("idle")
    idle["steps"].append({"key": "unused", "tool": "text.template", "inputs": {"template": "x"}})
    ran = run("loadspells", put(folder / "idle.yaml", idle))
    assert ran.code == 0
    assert "Nothing uses what step `unused` gives" in ran.err


def test_the_starter_spells_load(run: Run) -> None:
    starter = Path(__file__).parents[3] / "casts" / "starter"
    ran = run("loadspells", starter)
    assert ran.code == 0
    assert {"poster", "contact-sheet"} <= set(Spell.objects.values_list("slug", flat=True))


def test_what_somebody_has_edited_can_be_kept(run: Run, folder: Path) -> None:
    run("loadspells", folder)
    edited = Spell.objects.get(slug="two")
    library.save(one_step("two") | {"name": "Mine"}, UserFactory(), spell=edited)
    put(folder / "one.yaml", one_step("one") | {"name": "One, anew"})
    (folder / "deep" / "one.yaml").unlink()
    ran = run("loadspells", folder, "--keep-edited")
    assert told(ran.out) == [("updated", "one v2"), ("kept", "two v2")]
    edited.refresh_from_db()
    assert edited.name == "Mine"
