"""The warm child process: small, poor, and never left behind."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from generations.adapters.base import DeadlineExceeded, ToolCrashed
from generations.adapters.local import LocalAdapter
from generations.adapters.local.folder import call_folder, sweep_abandoned
from generations.adapters.local.warm import MAX_CALLS
from tests.generations.calls import MemoryCall, execute, png
from tests.generations.processes import ROOT, eventually, is_running, line, worker


@pytest.fixture
def adapter() -> Iterator[LocalAdapter]:
    adapter = LocalAdapter()
    yield adapter
    adapter.child.stop()


def child_of(adapter: LocalAdapter) -> int:
    """Return the id of the adapter's child, starting it if there is none."""
    execute(adapter, "text.sleep", MemoryCall({"seconds": 0}))
    assert adapter.child.pid is not None
    return adapter.child.pid


def test_it_knows_neither_django_nor_the_drawing_libraries_before_it_draws() -> None:
    program = "import sys, generations.adapters.local.child; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"django", "numpy", "PIL", "psycopg"} & set(loaded.stdout.split())


def test_its_environment_holds_nothing_of_ours(
    monkeypatch: pytest.MonkeyPatch, adapter: LocalAdapter
) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary-in-the-environment")
    monkeypatch.setenv("REPLICATE_API_TOKEN", "canary-in-the-environment")
    environment = Path(f"/proc/{child_of(adapter)}/environ").read_text()
    assert "PYTHONPATH=" in environment
    assert "canary" not in environment
    assert "DATABASE_URL" not in environment


def test_its_limits_are_set_and_it_is_small(adapter: LocalAdapter) -> None:
    child = child_of(adapter)
    limits = Path(f"/proc/{child}/limits").read_text()
    (core,) = [row for row in limits.splitlines() if row.startswith("Max core file size")]
    (space,) = [row for row in limits.splitlines() if row.startswith("Max address space")]
    assert core.split()[4:6] == ["0", "0"]
    ceiling = max(tool.memory_mib for tool in adapter.tools())
    assert space.split()[3:5] == [str(256 * 2**20), str(ceiling * 2**20)]
    assert psutil.Process(child).memory_info().rss < 60 * 2**20
    assert os.getpgid(child) == os.getsid(child) == child


def test_it_serves_many_calls_and_is_then_replaced(adapter: LocalAdapter) -> None:
    first = child_of(adapter)
    for _ in range(MAX_CALLS - 2):
        assert child_of(adapter) == first
    execute(adapter, "text.sleep", MemoryCall({"seconds": 0}))
    assert not is_running(first)
    assert child_of(adapter) != first


def test_it_is_replaced_when_others_have_taken_half_of_what_a_tool_may_have(
    adapter: LocalAdapter,
) -> None:
    """Its memory limit counts what earlier tools have loaded."""
    first = child_of(adapter)
    traced = MemoryCall({"image": "a"}, files={"a": png()})
    execute(adapter, "image.to_svg", traced)  # loads OpenCV, more than the 128 MiB of text.sleep
    assert adapter.child.pid == first
    execute(adapter, "image.to_svg", traced)
    assert adapter.child.pid == first
    assert child_of(adapter) != first
    assert not is_running(first)


def test_it_leaks_neither_descriptors_nor_zombies(adapter: LocalAdapter) -> None:
    def fates() -> None:
        for mode, error in (("kill", ToolCrashed), ("exit", ToolCrashed)):
            with pytest.raises(error):
                execute(adapter, "text.fail", MemoryCall({"mode": mode}))
        with pytest.raises(DeadlineExceeded):
            execute(adapter, "text.fail", MemoryCall({"mode": "hang"}, seconds=0.2))
        child_of(adapter)

    fates()
    itself = psutil.Process()
    descriptors, children = itself.num_fds(), len(itself.children())
    for _ in range(3):
        fates()
    assert itself.num_fds() == descriptors
    assert len(itself.children()) == children
    adapter.child.stop()
    assert len(itself.children()) == children - 1


def test_it_outlives_the_thread_that_started_it(adapter: LocalAdapter) -> None:
    """The kernel sends the parent-death signal when a thread ends: only the main one may ask."""
    starter = threading.Thread(target=child_of, args=(adapter,))
    starter.start()
    starter.join()
    first = adapter.child.pid
    assert child_of(adapter) == first


STARTED_BY = {
    "the main thread": "run('text.fail', {'mode': 'hang'}, seconds=60)",
    "another thread": (
        "import threading; threading.Thread(target=run, args=('text.fail', {'mode': 'hang'}),"
        " kwargs={'seconds': 60}).start()"
    ),
}
TELL_CHILD = """
local()
import threading, time
def tell():
    while local().child.pid is None: time.sleep(0.01)
    time.sleep(0.5)
    print(local().child.pid, flush=True)
threading.Thread(target=tell, daemon=True).start()
"""


@pytest.mark.parametrize("starter", STARTED_BY)
def test_it_dies_with_its_worker_even_in_the_middle_of_a_call(starter: str, tmp_path: Path) -> None:
    process = worker(TELL_CHILD + STARTED_BY[starter], tmp_path)
    child = int(line(process))
    assert is_running(child)
    process.kill()
    process.wait()
    assert eventually(lambda: not is_running(child))


STUCK = '''
import re
from generations.adapters.base import Call
from generations.adapters.local import LocalTool, Values, register

class Inputs(Values):
    pass

class Outputs(Values):
    pass

@register
class Stuck(LocalTool[Inputs, Outputs]):
    """Never lets another Python thread run."""

    key, title = "trial.stuck", "Stuck"
    isolation = "process"

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        re.match("(a+)+$", "a" * 60 + "b")
        return Outputs()
'''


@pytest.fixture
def stuck(tmp_path: Path) -> str:
    """A program that calls a tool which holds the interpreter's lock for ever."""
    package = tmp_path / "stuck_tools"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "stuck.py").write_text(STUCK)
    return (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import stuck_tools\n"
        "adapter = LocalAdapter(stuck_tools)\n"
        "local = lambda: adapter\n"
    )


def test_it_dies_with_its_worker_even_where_no_python_code_can_run(
    stuck: str, tmp_path: Path
) -> None:
    process = worker(
        stuck + TELL_CHILD + "execute(adapter, 'trial.stuck', MemoryCall({}))", tmp_path
    )
    child = int(line(process))
    process.kill()
    process.wait()
    assert eventually(lambda: not is_running(child))


def test_it_is_killed_at_the_deadline_even_where_no_python_code_can_run(
    stuck: str, tmp_path: Path
) -> None:
    process = worker(
        f"{stuck}"
        "try: execute(adapter, 'trial.stuck', MemoryCall({}, seconds=1))\n"
        "except Exception as error: print(type(error).__name__, flush=True)\n",
        tmp_path,
    )
    assert line(process) == "DeadlineExceeded"
    assert process.wait(timeout=20) == 0


def test_a_tool_that_kills_its_worker_ends_with_it(tmp_path: Path) -> None:
    process = worker(
        "run('text.sleep', {'seconds': 0}); print(local().child.pid, flush=True)\n"
        "run('text.fail', {'mode': 'kill_worker'})",
        tmp_path,
    )
    child = int(line(process))
    assert process.wait(timeout=20) == -signal.SIGKILL
    assert eventually(lambda: not is_running(child))


def test_a_worker_that_ends_leaves_no_child(tmp_path: Path) -> None:
    process = worker(
        "run('text.sleep', {'seconds': 0}); print(local().child.pid, flush=True)", tmp_path
    )
    child = int(line(process))
    assert process.wait(timeout=20) == 0
    assert eventually(lambda: not is_running(child))


def test_a_forked_worker_gets_a_child_of_its_own(tmp_path: Path) -> None:
    process = worker(
        """
import os
run("text.sleep", {"seconds": 0})
ours = local().child.pid
forked = os.fork()
if not forked:
    assert local().child.pid is None
    run("text.sleep", {"seconds": 0})
    theirs = local().child.pid
    os._exit(0 if theirs not in (None, ours) else 1)
_, status = os.waitpid(forked, 0)
run("text.sleep", {"seconds": 0})
print(status, local().child.pid == ours, flush=True)
""",
        tmp_path,
    )
    assert line(process) == "0 True"
    assert process.wait(timeout=20) == 0


def test_the_folder_of_a_call_is_gone_after_it() -> None:
    with call_folder() as folder:
        (folder / "kept-0").write_bytes(b"x")
    assert not folder.exists()


def test_folders_of_killed_workers_are_removed_and_living_ones_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    process = worker(
        """
import time
from generations.adapters.local.folder import call_folder
with call_folder() as folder:
    (folder / "given-0").write_bytes(b"x")
    print(folder, flush=True)
    time.sleep(60)
""",
        tmp_path,
    )
    abandoned = Path(line(process))
    process.kill()
    process.wait()
    soon = time.time() + 3600
    with call_folder() as living:
        assert sweep_abandoned() == []
        assert sweep_abandoned(now=soon) == [abandoned]
        assert living.exists()
    assert not abandoned.exists()
