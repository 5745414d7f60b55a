"""A saved spell, files of spells, and what a terminal would show."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User
from rich.console import Console

from casts import library
from casts.models import Spell
from tests.casts.commands.conftest import Ran, Run
from tests.casts.engine.conftest import step
from tests.tools import TrialAdapter


@pytest.fixture
def spell(trial: TrialAdapter, account: User) -> Spell:
    """The spell `trial` of one step `only`, in its first version."""
    outputs = {"value": "${{ steps.only.value }}"}
    document = {"slug": "trial", "steps": [step("only")], "outputs": outputs}
    return library.save(document, account)[0].spell


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: Path, document: Any) -> Path:
    text = json.dumps(document, indent=1) if path.suffix == ".json" else yaml.safe_dump(document)
    path.write_text(text)
    return path


def printed(shows: Any) -> str:
    """Return what a terminal of 100 columns would show, with its colours."""
    out = io.StringIO()
    Console(file=out, force_terminal=True, width=100).print(shows)
    return out.getvalue()


def failing(run: Run, *words: object) -> Ran:
    """Run a verb that is used badly; argparse's own refusals count as what they are in a shell."""
    ran = run("spell", *words)
    assert ran.code in {1, 2}
    assert ran.out == ""
    return ran
