"""Real processes: what is killed comes back, what is stopped stops, nothing is left behind."""

import os
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest

from tests.acceptance.conftest import MakeStack
from tests.acceptance.stack import Stack
from tests.servers import wait_until

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

PORT_IN_USE = "is already in use: stop the program that uses it, or set PORT to another number."


@pytest.mark.chaos
@pytest.mark.fault(7)
@pytest.mark.failure("C6")
def test_a_queue_frozen_by_the_death_of_its_idle_workers_is_started_again(
    make_stack: MakeStack,
) -> None:
    """Guard: the canary (spellhub/console/canary.py) kills and restarts the cluster."""
    stack = make_stack(SPELLHUB_CANARY_S="4")
    stack.start("worker")
    _freeze(stack)
    _queue(stack, "os.mkdir", str(stack.folder / "done"))
    wait_until((stack.folder / "done").is_dir, "the message")
    assert "is frozen: messages were fetched" in stack.log("worker")


@pytest.mark.chaos
@pytest.mark.fault(7)
def test_a_queue_frozen_on_redis_is_started_again(make_stack: MakeStack, redis_url: str) -> None:
    stack = make_stack(SPELLHUB_CANARY_S="4", REDIS_URL=redis_url)
    stack.start("worker")
    frozen = _freeze(stack)
    _queue(stack, "math.sqrt", 4)
    wait_until(lambda: "is frozen" in stack.log("worker"), "the canary")
    wait_until(lambda: len(stack.workers()) == 2 and stack.workers() != frozen, "new workers")
    _queue(stack, "os.mkdir", str(stack.folder / "done"))
    wait_until((stack.folder / "done").is_dir, "a later message")


@pytest.mark.chaos
def test_a_cluster_that_works_long_while_messages_wait_is_left_alone(
    make_stack: MakeStack,
) -> None:
    stack = make_stack(SPELLHUB_WORKERS="1", SPELLHUB_CANARY_S="3")
    stack.start("worker")
    cluster, workers = stack.cluster(), stack.workers()
    _queue(stack, "time.sleep", 8)
    for number in range(3):
        _queue(stack, "os.mkdir", str(stack.folder / str(number)))
    wait_until(lambda: not _queued(stack), "the end of all messages")
    assert (stack.cluster(), stack.workers()) == (cluster, workers)


@pytest.mark.chaos
@pytest.mark.fault(8)
def test_a_killed_cluster_is_started_again_and_leaves_no_worker_of_its_own(
    make_stack: MakeStack,
) -> None:
    stack = make_stack()
    stack.start("worker")
    before = set(stack.workers())
    os.kill(stack.cluster(), signal.SIGKILL)
    wait_until(lambda: not before & set(stack.workers()), "the end of the old workers", 10)
    wait_until(lambda: len(stack.workers()) == 2, "new workers")


@pytest.mark.chaos
@pytest.mark.fault(8)
def test_a_killed_sentinel_is_replaced_with_all_its_workers(make_stack: MakeStack) -> None:
    stack = make_stack()
    stack.start("worker")
    before = set(stack.workers())
    (sentinel,) = psutil.Process(stack.cluster()).children()
    sentinel.kill()
    wait_until(lambda: not before & set(stack.workers()), "the end of the old workers", 10)
    wait_until(lambda: len(stack.workers()) == 2, "new workers")


@pytest.mark.chaos
@pytest.mark.parametrize("part", ["worker", "up"])
def test_killing_a_part_leaves_none_of_its_processes_behind(
    part: str, make_stack: MakeStack
) -> None:
    stack = make_stack()
    stack.start(part)
    assert len(stack.living()) > 1
    stack.kill(part)
    wait_until(lambda: not stack.living(), "the end of all processes", 5)


@pytest.mark.fault(47)
@pytest.mark.parametrize(
    ("part", "number"),
    [
        ("web", signal.SIGTERM),
        ("worker", signal.SIGTERM),
        ("clock", signal.SIGTERM),
        ("up", signal.SIGTERM),
        ("up", signal.SIGINT),
    ],
)
def test_a_part_stops_cleanly_when_asked(
    part: str, number: signal.Signals, make_stack: MakeStack
) -> None:
    stack = make_stack()
    stack.start(part)
    asked = time.monotonic()
    stack.processes[part].send_signal(number)
    assert stack.processes[part].wait(20) == 0
    assert time.monotonic() - asked < 12
    assert stack.living() == []
    assert "Traceback" not in stack.log(part)


@pytest.mark.chaos
def test_up_starts_a_dead_part_again(make_stack: MakeStack) -> None:
    stack = make_stack()
    stack.start("up")
    (web,) = _running(stack, "web")
    web.kill()
    wait_until(lambda: not stack.answers() or _running(stack, "web") != [web], "the end of web")
    wait_until(stack.answers, "the new web")
    assert "web ended with -9; starting it again" in stack.log("up")


def test_another_clock_takes_over_from_a_killed_one(make_stack: MakeStack) -> None:
    stack, holder = make_stack(), "SELECT holder FROM console_clocklease WHERE name = 'clock'"
    stack.start("clock")
    wait_until(lambda: bool(stack.query(holder)), "the first clock's lease")
    first = stack.query(holder)
    second = Stack(_folder(stack), stack.env["DATABASE_URL"])
    second.start("clock")
    try:
        stack.kill("clock")
        wait_until(lambda: stack.query(holder) != first, "the second clock's turn", 15)
    finally:
        second.close()


def test_the_clock_sweeps_a_database_that_was_never_swept(make_stack: MakeStack) -> None:
    stack = make_stack()
    stack.start("clock")
    swept = "SELECT 1 FROM console_sweeprun WHERE finished_at IS NOT NULL AND by = 'clock'"
    wait_until(lambda: bool(stack.query(swept)), "a sweep")


@pytest.mark.parametrize("part", ["web", "up"])
def test_a_port_in_use_is_said_in_one_sentence(part: str, make_stack: MakeStack) -> None:
    stack = make_stack()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(stack.env["PORT"])))
        other.listen(1)
        _is_refused(stack, part, f"Port {stack.env['PORT']} on 127.0.0.1 {PORT_IN_USE}")


@pytest.mark.parametrize("part", ["web", "worker", "clock"])
def test_no_part_starts_without_a_secret_key(part: str, make_stack: MakeStack) -> None:
    stack = make_stack(SECRET_KEY="")
    _is_refused(
        stack,
        part,
        "SECRET_KEY is not set: set it to a long random text, the same for all processes.",
    )


def test_a_data_folder_that_cannot_be_written_is_said_in_one_sentence(
    make_stack: MakeStack,
) -> None:
    stack = make_stack()
    (stack.folder / "file").touch()
    stack.env["SPELLHUB_DATA_DIR"] = str(stack.folder / "file" / "data")
    _is_refused(stack, "up", "cannot be written to")


def test_a_second_up_on_the_same_data_is_refused_in_one_sentence(make_stack: MakeStack) -> None:
    stack = make_stack()
    stack.start("up")
    _is_refused(stack, "up", "spellhub is already up on")


def test_data_of_a_newer_version_is_refused_in_one_sentence(make_stack: MakeStack) -> None:
    stack = make_stack()
    stack.query(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('casts', '9999_later', ?)",
        "2030-01-01 00:00:00+00:00",
    )
    _is_refused(stack, "up", "was written by a newer version of spellhub (it has casts.9999_later)")


def test_older_data_is_backed_up_and_migrated(make_stack: MakeStack) -> None:
    stack = make_stack()
    stack.manage("migrate", "sessions", "zero", "--skip-checks", "--verbosity", "0")
    stack.start("up")
    backups = list(Path(stack.env["SPELLHUB_DATA_DIR"]).glob("backups/*.sqlite3"))
    assert len(backups) == (1 if stack.is_sqlite else 0)
    assert stack.query("SELECT 1 FROM django_migrations WHERE app = 'sessions'")


def test_up_starts_from_nothing_and_a_second_time_within_seconds(make_stack: MakeStack) -> None:
    stack = make_stack(migrated=False, SECRET_KEY="")
    stack.start("up")
    _says(stack, "is up; Ctrl-C stops it", "password", "sk_", "/live/")
    _says(stack, "The demo cast succeeded")
    key = (Path(stack.env["SPELLHUB_DATA_DIR"]) / "secret_key").read_text()
    assert stack.stop("up") == 0
    (stack.folder / "up.log").unlink()
    began = time.monotonic()
    stack.start("up")
    _says(stack, "is up; Ctrl-C stops it", "/live/")
    # About 4 s on an idle machine.
    assert time.monotonic() - began < 15
    assert "shown once" not in stack.log("up")
    assert "sk_" not in stack.log("up")
    show = "from django.conf import settings; print(settings.SECRET_KEY)"
    assert stack.manage("shell", "-v", "0", "-c", show).strip() == key


def _queued(stack: Stack) -> int:
    ((count,),) = stack.query("SELECT count(*) FROM django_q_ormq")
    return int(count)


def _queue(stack: Stack, function: str, *arguments: object) -> None:
    task = f"async_task({function!r}, *{arguments!r})"
    stack.manage("shell", "-v", "0", "-c", f"from django_q.tasks import async_task; {task}")


def _freeze(stack: Stack) -> list[int]:
    """Kill both idle workers: one of them holds the queue's lock; return their successors."""
    killed = stack.workers()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_until(
        lambda: len(stack.workers()) == 2 and not set(killed) & set(stack.workers()),
        "django-q2's new workers",
    )
    return stack.workers()


def _running(stack: Stack, command: str) -> list[psutil.Process]:
    return [process for process in stack.living() if command in _arguments(process)]


def _arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def _folder(stack: Stack) -> Path:
    folder = stack.folder / "second"
    folder.mkdir()
    return folder


def _is_refused(stack: Stack, part: str, sentence: str) -> None:
    refused = stack.try_manage(part)
    assert refused.returncode == 1, refused
    assert refused.stderr.count("\n") == 1, refused.stderr
    assert sentence in refused.stderr


def _says(stack: Stack, *texts: str) -> None:
    wait_until(lambda: all(text in stack.log("up") for text in texts), f"up to say {texts}")
