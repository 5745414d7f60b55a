"""The database goes away for a while and comes back; nobody touches anything."""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.stack import Stack
from tests.servers import PrivatePostgres, wait_until

pytestmark = [pytest.mark.acceptance, pytest.mark.chaos, pytest.mark.timeout(180)]

AWAY_S = 12.0


@pytest.fixture
def server(database: str) -> Iterator[PrivatePostgres]:
    if database == "sqlite":
        pytest.skip("a file has no server that could go away")
    server = PrivatePostgres(durable=True)
    server.create()
    yield server
    server.remove()


@pytest.fixture
def stack(server: PrivatePostgres, tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path, server.url())
    stack.manage("migrate", "--verbosity", "0")
    yield stack
    stack.close()


@pytest.mark.fault(12)
def test_all_parts_outlive_an_outage_and_go_on_by_themselves(
    stack: Stack, server: PrivatePostgres
) -> None:
    stack.start("web", "worker", "sweep", "clock")
    wait_until(lambda: _readiness(stack)[0] == 200, "readiness")
    processes = {name: process.pid for name, process in stack.processes.items()}
    server.stop()
    wait_until(lambda: _readiness(stack) == (503, "5"), "the outage to be noticed")
    assert stack.answers("/healthz")
    time.sleep(AWAY_S)
    server.start()
    wait_until(lambda: _readiness(stack)[0] == 200, "readiness", 60)
    stack.manage("shell", "-v", "0", "-c", _message(stack.folder / "done"))
    wait_until((stack.folder / "done").is_dir, "a later message", 60)
    assert {name: process.pid for name, process in stack.processes.items()} == processes
    assert all(process.poll() is None for process in stack.processes.values())


def _readiness(stack: Stack) -> tuple[int, str | None]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{stack.base_url}/readyz", timeout=10) as response:
            return response.status, None
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Retry-After"]


def _message(folder: Path) -> str:
    return f"from django_q.tasks import async_task; async_task('os.mkdir', {os.fspath(folder)!r})"
