"""Watching real processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait until something holds; False if it does not within so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.01)
    return holds()


def is_running(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be buried does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def worker(program: str, folder: Path) -> "subprocess.Popen[str]":
    """Start a Python process that uses the local adapter and prints what it has to say.

    ``folder`` is where it leaves its temporary files when it is killed.
    """
    head = "from tests.generations.calls import *\n"
    return subprocess.Popen(
        [sys.executable, "-c", head + program],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )


def line(process: "subprocess.Popen[str]") -> str:
    """Read the next line that a worker prints."""
    assert process.stdout
    text: str = process.stdout.readline()
    return text.strip()
