"""No process outlives the one that started it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.servers import wait_until

ROOT = Path(__file__).resolve().parents[2]
FAMILY = """
import os, sys, time
sys.path.insert(0, {root!r})
from spellhub.console.processes import bind_forks, follow_parent
follow_parent()
bind_forks()
if os.fork() == 0:
    os.fork()
os.write(1, b"%d\\n" % os.getpid())
time.sleep(60)
"""
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen(
    [sys.executable, "-c", {family!r}],
    env=os.environ | {{"SPELLHUB_PARENT": str(os.getpid())}},
    start_new_session=True,
)
time.sleep(60)
"""


@pytest.mark.chaos
def test_a_killed_parent_takes_its_child_and_all_that_it_forked_along() -> None:
    family = FAMILY.format(root=str(ROOT))
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(family=family)], stdout=subprocess.PIPE
    )
    assert parent.stdout
    pids = [int(parent.stdout.readline()) for _ in range(3)]
    assert len(set(pids)) == 3
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not any(_lives(pid) for pid in pids), "their end", 5)


@pytest.mark.chaos
def test_a_killed_fork_takes_its_own_forks_along_and_nobody_else() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", FAMILY.format(root=str(ROOT))], stdout=subprocess.PIPE
    )
    assert process.stdout
    pids = [int(process.stdout.readline()) for _ in range(3)]
    (middle,) = psutil.Process(process.pid).children()
    os.kill(middle.pid, signal.SIGKILL)
    others = [pid for pid in pids if pid != process.pid]
    wait_until(lambda: not any(_lives(pid) for pid in others), "their end", 5)
    assert _lives(process.pid)
    process.kill()
    process.wait()
    process.stdout.close()


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
