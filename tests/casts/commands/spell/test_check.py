"""Checking definitions: files, folders of them, and saved spells."""

import json
from pathlib import Path

import pytest

from casts.checkups import check_file
from casts.models import Spell
from casts.terminal.spells.checkups import shown
from tests.casts.altered_tools import reinstall, value_schema
from tests.casts.commands.conftest import Run
from tests.casts.commands.spell.conftest import printed, put
from tests.factories import one_step

pytestmark = pytest.mark.django_db


def test_each_problem_is_told_with_its_file_line_pointer_and_code(run: Run, tmp_path: Path) -> None:
    bad = one_step("bad")
    bad["steps"][0]["tool"] = "text.tempalte"
    path = put(tmp_path / "bad.yaml", bad)
    lines = path.read_text().splitlines()
    line = next(n for n, text in enumerate(lines, start=1) if "tempalte" in text)
    ran = run("spell", "check", path)
    assert ran.code == 1
    assert ran.out == (
        f"{path}:{line}: error: There is no tool `text.tempalte`; did you mean "
        "`text.template`? [unknown_tool /steps/0/tool]\n"
    )
    assert ran.err == "1 definition checked: 1 error, 0 warnings.\n"


def test_folders_and_json_are_checked_and_programs_can_read_it(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "good.json", one_step("good"))
    path = put(tmp_path / "bad.json", {**one_step("bad"), "slog": 1})
    ran = run("spell", "check", tmp_path, "--json")
    assert ran.code == 1
    report = json.loads(ran.out)
    assert (report["ok"], len(report["checked"])) == (False, 2)
    (problem,) = report["checked"][0]["problems"]
    assert problem == {
        "line": len(path.read_text().splitlines()) - 1,
        "pointer": "/slog",
        "severity": "error",
        "code": "unknown_field",
        "detail": "`slog` is not known here; did you mean `slug`?",
    }


def test_warnings_fail_only_when_asked_to(run: Run, tmp_path: Path) -> None:
    idle = one_step("idle")
    idle["steps"].append({"key": "b", "tool": "text.template", "inputs": {"template": "x"}})
    path = put(tmp_path / "idle.yaml", idle)
    ran = run("spell", "check", path)
    assert ran.code == 0
    assert ": warning: Nothing uses what step `b` gives" in ran.out
    assert run("spell", "check", path, "--strict").code == 1
    assert json.loads(run("spell", "check", path, "--json").out)["ok"]


def test_what_cannot_be_read_is_a_problem_with_its_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text('{"slug": "x",\n "steps": [\n')
    ran = run("spell", "check", path)
    assert ran.code == 1
    assert ran.out.startswith(f"{path}:3: error: Not JSON: ")


def test_files_that_are_fine_leave_stdout_empty(run: Run) -> None:
    starter = Path(__file__).parents[4] / "casts" / "starter" / "poster.yaml"
    ran = run("spell", "check", starter)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "1 definition checked, nothing to correct.\n"


@pytest.mark.failure("D6")
def test_a_saved_spell_is_checked_against_the_tools_of_now(run: Run, spell: Spell) -> None:
    """Guard: the drift of a saved spell is among its problems, and fails the check."""
    assert run("spell", "check", "trial").code == 0
    reinstall(version="2", input_schema=value_schema(required=[]))
    ran = run("spell", "check", "trial")
    assert ran.code == 1
    assert ran.out == (
        "trial v1: error: Step `only`: trial.echo is now version 2: input `value` is no "
        "longer required. [tool_changed /steps/0/tool]\n"
    )
    assert "Next: manage.py spell upgrade trial --dry-run" in ran.err
    drift = json.loads(run("spell", "check", "trial", "--json").out)["checked"][0]["drift"]
    assert [(one["step"], one["kind"], one["installed"]) for one in drift] == [
        ("only", "changed", "2")
    ]


def test_a_tool_that_is_gone_is_told_once(run: Run, spell: Spell) -> None:
    reinstall("trial.echo")
    ran = run("spell", "check", "trial")
    assert ran.code == 1
    assert ran.out.count("\n") == 1
    assert "trial.echo is not installed any more. [tool_gone /steps/0/tool]" in ran.out


def test_a_terminal_shows_the_line_itself(tmp_path: Path) -> None:
    text = printed(shown(check_file(put(tmp_path / "bad.yaml", {"slug": "x", "steps": 1}))))
    assert "✖" in text
    assert "> steps: 1" in text
    assert "\x1b[" in text
    good = printed(shown(check_file(put(tmp_path / "good.yaml", one_step("good")))))
    assert "✔" in good
    assert "Good: 1 step" in good


@pytest.mark.parametrize("name", ["nowhere.yaml", "trail", "no/where", "."])
def test_what_is_neither_a_file_nor_a_spell_is_bad_usage(
    run: Run, here: Path, spell: Spell, name: str
) -> None:
    ran = run("spell", "check", name)
    assert (ran.code, ran.out) == (2, "")
