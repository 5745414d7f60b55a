"""Comparing two definitions."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from casts import library
from casts.comparing import Edition, compare
from casts.models import Spell
from casts.terminal.spells.changes import as_table
from tests.casts.commands.conftest import Run
from tests.casts.commands.spell.conftest import failing, printed, put
from tests.casts.engine.conftest import step
from tests.factories import one_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(spell: Spell, account: User) -> Spell:
    """Three versions, each with another name."""
    for name in ("Second", "Third"):
        document = {"slug": "trial", "name": name, "steps": [step("only")]}
        library.save(document, account, spell=spell)
    return spell


def test_the_newest_version_is_compared_with_the_one_before(run: Run, versions: Spell) -> None:
    ran = run("spell", "diff", "trial")
    assert (ran.code, ran.out) == (0, "~ spell\n    ~ name: Second → Third\n")
    assert ran.err == "trial v2 → trial v3: Name.\n"


def test_any_two_versions_are_compared(run: Run, versions: Spell) -> None:
    lines = run("spell", "diff", "trial", 1).out.splitlines()
    assert lines == [
        "~ spell",
        "    ~ name: Trial → Third",
        "- output value: ${{ steps.only.value }}",
    ]
    assert "~ name: Third → Second" in run("spell", "diff", "trial", 3, 2).out
    same = run("spell", "diff", "trial", 2, 2)
    assert (same.code, same.out) == (0, "")
    assert "Nothing changed." in same.err


def test_files_are_compared_with_each_other_and_with_what_is_saved(
    run: Run, spell: Spell, tmp_path: Path
) -> None:
    one = put(tmp_path / "one.yaml", one_step("one"))
    other = put(tmp_path / "other.json", {**one_step("one"), "deadline_s": 60})
    assert "+ deadline_s: 60" in run("spell", "diff", one, other).out
    saved = run("spell", "diff", "trial", other)
    assert "+ step only" not in saved.out
    assert "tool: trial.echo → text.template" in saved.out


def test_programs_can_read_it(run: Run, versions: Spell) -> None:
    report = json.loads(run("spell", "diff", "trial", "--json").out)
    assert (report["before"], report["after"], report["same"]) == (
        "trial v2",
        "trial v3",
        False,
    )
    assert report["changes"] == [
        {
            "part": "spell",
            "subject": "",
            "member": "name",
            "what": "changed",
            "before": "Second",
            "after": "Third",
        }
    ]


def test_a_terminal_shows_a_table() -> None:
    before, after = one_step("one"), one_step("one")
    after["steps"][0]["inputs"]["template"] = "[bold]good bye[/bold]"
    comparison = compare(Edition(before), Edition(after))
    text = printed(as_table(comparison, ("one v1", "one v2")))
    assert "one v2" in text
    assert "[bold]good bye[/bold]" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["trial", 9], "has no version 9"),
        (["trial", 1, 2, 3], "at most two versions"),
        (["other"], "no saved spell `other`"),
        (["a.yaml", 1], "Name two files"),
        (["a.yaml", "b.yaml", "c.yaml"], "two definitions at a time"),
        (["a.yaml", "b.yaml"], "cannot be read"),
    ],
)
def test_bad_usage_is_told(
    run: Run, versions: Spell, here: Path, words: list[Any], told: str
) -> None:
    assert told in failing(run, "diff", *words).err


def test_one_version_has_nothing_to_be_compared_with(run: Run, spell: Spell) -> None:
    assert "has one version" in failing(run, "diff", "trial").err
