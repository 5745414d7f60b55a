"""Writing the first draft of a spell."""

from pathlib import Path

import pytest

from casts import library
from casts.definition import read
from casts.models import Spell
from tests.casts.commands.conftest import Run
from tests.casts.commands.spell.conftest import failing

pytestmark = pytest.mark.django_db


def test_a_new_spell_passes_the_check_and_can_be_loaded_and_cast(run: Run, here: Path) -> None:
    ran = run("spell", "new", "first-try")
    assert (ran.code, ran.out) == (0, "")
    assert "Wrote first-try.yaml." in ran.err
    assert "Next: manage.py spell check first-try.yaml" in ran.err
    assert run("spell", "check", "first-try.yaml", "--strict").code == 0
    assert "created\tfirst-try v1" in run("loadspells", "first-try.yaml").out
    assert run("cast", "first-try").code == 0


def test_nothing_is_overwritten(run: Run, here: Path) -> None:
    (here / "first.yaml").write_text("mine")
    ran = run("spell", "new", "first")
    assert ran.code == 2
    assert "first.yaml is there already" in ran.err
    assert (here / "first.yaml").read_text() == "mine"


def test_it_begins_with_the_tools_that_are_named(run: Run, here: Path) -> None:
    names = ("text.template", "image.flow_field")
    run("spell", "new", "first", "--from", *names, "-o", here / "other.yaml")
    document = read((here / "other.yaml").read_text())
    assert tuple(step["tool"] for step in document["steps"]) == names


def test_it_begins_like_another_spell(run: Run, spell: Spell) -> None:
    ran = run("spell", "new", "second", "--like", "trial", "-o", "-")
    document = read(ran.out)
    assert (document["slug"], document["steps"][0]["tool"]) == ("second", "trial.echo")
    assert library.check(document).problems == ()


def test_a_slug_that_is_saved_already_is_noted(run: Run, spell: Spell) -> None:
    assert "There is a saved spell trial already" in run("spell", "new", "trial", "-o", "-").err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["Bad_Slug"], "must be lower-case letters"),
        (["validate"], "is kept for spellhub itself"),
        (["tool-x"], "is kept for spellhub itself"),
        (["a", "--from", "image.flow_feld"], "did you mean `image.flow_field`?"),
        (["a", "--like", "trail"], "did you mean `trial`?"),
        (["a", "--like", "trial", "--from", "x"], "not allowed with"),
        (["a", "-o", "/nowhere/at/all.yaml"], "cannot be written"),
    ],
)
def test_bad_usage_is_told(run: Run, spell: Spell, here: Path, words: list[str], told: str) -> None:
    ran = failing(run, "new", *words)
    assert told in ran.err
    assert list(here.iterdir()) == []
