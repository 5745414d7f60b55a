"""Drawing the steps of a spell."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from casts import library
from casts.models import Spell
from tests.casts.commands.conftest import Run
from tests.casts.commands.spell.conftest import failing, put
from tests.casts.engine.conftest import step
from tests.factories import one_step

pytestmark = pytest.mark.django_db


def test_a_saved_spell_is_drawn_on_stdout(run: Run, spell: Spell) -> None:
    ran = run("spell", "graph", "trial")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("<svg ")
    assert "trial.echo" in ran.out


def test_a_file_is_drawn_into_a_file_again_and_again(run: Run, tmp_path: Path) -> None:
    path, out = put(tmp_path / "one.yaml", one_step("one")), tmp_path / "one.svg"
    for theme in ("light", "dark"):
        assert run("spell", "graph", path, "-o", out, "--theme", theme).code == 0
    assert "#121212" in out.read_text()


def test_an_older_version_can_be_drawn(run: Run, spell: Spell, account: User) -> None:
    library.save({"slug": "trial", "steps": [step("anew")]}, account, spell=spell)
    assert ">anew<" in run("spell", "graph", "trial").out
    assert ">only<" in run("spell", "graph", "trial", "--version", 1).out
    assert "has no version 3" in failing(run, "graph", "trial", "--version", 3).err


def test_a_file_with_mistakes_is_not_drawn_but_told(run: Run, tmp_path: Path) -> None:
    ran = run("spell", "graph", put(tmp_path / "bad.yaml", {"slug": "bad"}))
    assert (ran.code, ran.out) == (1, "")
    assert "does not pass the check.\n/steps: " in ran.err
