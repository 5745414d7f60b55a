"""The exit codes that a shell sees, from real processes on data of their own."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
Shell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def manage(data: Path) -> Shell:
    """Run manage.py on an embedded database in a folder of its own."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"SPELLHUB_DATA_DIR": str(data), "SECRET_KEY": "k" * 50}

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    data.mkdir()
    migrated = run("migrate", "-v0")
    assert migrated.returncode == 0, migrated.stderr
    return run


@pytest.mark.failure("L2")
def test_the_exit_codes_of_the_commands_are_those_that_are_documented(
    manage: Shell, data: Path
) -> None:
    """Guards the promises of each command's help, as a shell or cron would see them."""
    loaded = manage("loadspells", "casts/starter")
    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert "created\tposter v1" in loaded.stdout

    assert manage("loadspells", "manage.py").returncode == 2
    assert manage("cast", "nope").returncode == 2
    assert manage("cast", "poster", "-i", "seed=x").returncode == 2

    accepted = manage("cast", "poster", "-i", "title=Lighthouse", "--json")
    assert accepted.returncode == 0
    assert json.loads(accepted.stdout)["status"] == "queued"

    report = manage("reconcile_casts", "--check", "--json")
    assert report.returncode == 0
    assert json.loads(report.stdout)["scanned"] == 1
    assert manage("reconcile_casts", "--only", "lonely").returncode == 2

    with (data / "reconcile.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        held = manage("reconcile_casts", "--dry-run")
    assert (held.returncode, held.stdout) == (75, "")
    assert "Another reconcile_casts is running" in held.stderr
