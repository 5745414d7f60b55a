"""The pulses of a cluster's processes, and what its supervisor concludes from them."""

import fcntl
import multiprocessing
import os
import time
from pathlib import Path

import pytest

from spellhub.console import pulse
from spellhub.console.canary import Canary
from spellhub.console.pulse import Kind, Pulse
from spellhub.console.pulse_folder import own_folder
from tests.servers import wait_until

PATIENCE_S = 15.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(pulse.FOLDER, str(tmp_path))
    return tmp_path


def test_a_pulse_is_read_as_it_was_written(folder: Path) -> None:
    own = Pulse(Kind.WORKER)
    own.begin("casts.tasks.look 1")
    (reading,) = pulse.read(folder)
    assert reading.kind == Kind.WORKER
    assert (reading.begun, reading.ended, reading.is_busy) == (1, 0, True)
    assert abs(reading.since - time.monotonic()) < 5
    own.end()
    (reading,) = pulse.read(folder)
    assert (reading.begun, reading.ended, reading.is_busy) == (1, 1, False)


def test_a_killed_process_is_read_as_dead_with_its_last_counts(folder: Path) -> None:
    def work() -> None:
        Pulse(Kind.WORKER).begin("forever")
        time.sleep(60)

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    wait_until(lambda: any(reading.is_busy for reading in pulse.read(folder)), "the pulse")
    assert pulse.read(folder)[0].alive
    process.kill()
    process.join()
    (reading,) = pulse.read(folder)
    assert (reading.alive, reading.begun) == (False, 1)


def test_without_a_supervisor_a_pulse_only_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(pulse.FOLDER, raising=False)
    own = Pulse(Kind.WORKER)
    own.begin("something")
    assert (own.begun, own.doing) == (1, "something")
    assert pulse.read(tmp_path) == ()


def test_a_message_that_no_idle_worker_takes_is_noticed(folder: Path) -> None:
    canary = Canary(folder, lambda: False, PATIENCE_S)
    _write(folder, "1.worker", 0, 0, since=100.0)
    _write(folder, "2.pusher", 1, 1, since=200.0)
    with Living(folder / "1.worker"):
        assert canary.look(200.0) is None
        assert canary.look(214.0) is None
        assert "does not take them" in (canary.look(216.0) or "")


def test_a_message_in_a_busy_worker_s_hands_is_not_missed(folder: Path) -> None:
    canary = Canary(folder, lambda: True, PATIENCE_S)
    _write(folder, "1.worker", 1, 0, since=100.0)
    _write(folder, "2.pusher", 3, 3, since=101.0)
    with Living(folder / "1.worker"):
        canary.look(200.0)
        assert canary.look(800.0) is None


def test_the_counts_of_dead_workers_are_remembered(folder: Path) -> None:
    canary = Canary(folder, lambda: False, PATIENCE_S)
    _write(folder, "1.worker", 7, 6, since=50.0)
    _write(folder, "2.worker", 0, 0, since=60.0)
    _write(folder, "3.pusher", 7, 7, since=50.0)
    _write(folder, "4.monitor", 6, 6, since=50.0)
    with Living(folder / "2.worker"):
        canary.look(200.0)
        assert canary.look(400.0) is None


def test_messages_that_nobody_fetches_are_noticed(folder: Path) -> None:
    canary = Canary(folder, lambda: True, PATIENCE_S)
    _write(folder, "1.worker", 0, 0, since=100.0)
    with Living(folder / "1.worker"):
        canary.look(200.0)
        assert "nobody fetches them" in (canary.look(216.0) or "")


def test_a_cluster_without_living_workers_is_noticed(folder: Path) -> None:
    canary = Canary(folder, lambda: False, PATIENCE_S)
    _write(folder, "1.worker", 0, 0, since=100.0)
    canary.look(200.0)
    assert canary.look(216.0) == "no worker is alive"


def test_a_monitor_that_no_longer_acknowledges_is_noticed_even_under_load(folder: Path) -> None:
    canary = Canary(folder, lambda: False, PATIENCE_S)
    _write(folder, "4.monitor", 3, 3, since=100.0)
    with Living(folder / "1.worker"):
        for second in range(17):
            _write(folder, "1.worker", 10 + second, 9 + second, since=200.0 + second)
            reason = canary.look(200.0 + second)
    assert reason == "finished messages are not acknowledged"


def test_the_folder_of_a_supervisor_that_was_killed_is_removed_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "dead").mkdir()
    (tmp_path / "dead" / "1.worker").touch()
    (tmp_path / "dead.lock").touch()
    with own_folder(tmp_path) as mine, own_folder(tmp_path) as other:
        folders = {path for path in tmp_path.iterdir() if path.is_dir()}
        assert folders == {mine, other}
    assert list(tmp_path.iterdir()) == []


def _write(folder: Path, name: str, begun: int, ended: int, since: float) -> None:
    (folder / name).write_text(f"{begun} {ended} {since}".ljust(64))


class Living:
    """Hold the lock that a living process holds on its pulse; another file than the reader's."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self._file)
