"""Every way in which a tool can fail, in a real child process.

Whatever happens, the next call works as if nothing had happened.
"""

import os
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from generations.adapters.base import (
    BadOutput,
    CallCancelled,
    DeadlineExceeded,
    InvalidInput,
    OutOfMemory,
    Refused,
    ToolCrashed,
    ToolError,
    ToolRaised,
    Unavailable,
)
from tests.generations.calls import MemoryCall, execute, expect, local, run
from tests.generations.processes import eventually, is_running


@pytest.fixture(autouse=True)
def _nothing_remains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """After each test a call works, and no folder of a call is left."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert run("text.sleep", {"seconds": 0, "text": "well"})["text"] == "well"
    assert list(tmp_path.glob("spellhub-call-*")) == []


def fail(error: type[ToolError], mode: str, **options: Any) -> ToolError:
    inputs = {"mode": mode, **options.pop("inputs", {})}
    raised: ToolError = expect(error, "text.fail", inputs, **options)
    return raised


def test_a_tool_that_raises_fails_with_its_trace_and_keeps_the_child() -> None:
    run("text.sleep", {"seconds": 0})
    child = local().child.pid
    error = fail(ToolRaised, "raise", inputs={"text": "the kettle is empty"})
    assert error.message == "RuntimeError: the kettle is empty"
    assert "text_fail.py" in error.trace
    assert local().child.pid == child


def test_a_tool_that_raises_something_endless_is_cut_short() -> None:
    error = fail(ToolRaised, "raise", inputs={"text": "x" * 10_000})
    assert len(error.message) <= 8_000
    assert len(error.trace) <= 16_000


def test_typed_errors_cross_the_pipe_as_they_are() -> None:
    assert fail(InvalidInput, "invalid", inputs={"text": "too blue"}).message == "too blue"
    refused = fail(Refused, "refuse")
    assert (refused.code, refused.retry) == ("refused", "never")
    assert "text_fail.py" in refused.trace


def test_a_flaky_tool_works_at_the_attempt_it_was_told() -> None:
    inputs = {"times": 2, "text": "there"}
    for attempt in (1, 2):
        assert fail(Unavailable, "flaky", inputs=inputs, attempt=attempt).retry == "later"
    outputs = run("text.fail", {"mode": "flaky", **inputs}, attempt=3)
    assert outputs == {"text": "there", "attempt": 3}


@pytest.mark.failure("D5")
@pytest.mark.parametrize("mode", ["wrong_shape", "not_json"])
def test_an_answer_of_the_wrong_shape_is_refused(mode: str) -> None:
    """The guard: the worker checks the outputs against the tool's Outputs."""
    assert "does not declare" in fail(BadOutput, mode).message


def test_an_answer_that_is_too_large_is_refused() -> None:
    assert "larger than" in fail(BadOutput, "huge").message


def test_garbage_in_the_pipe_is_a_bad_output_and_costs_the_child() -> None:
    run("text.sleep", {"seconds": 0})
    child = local().child.pid
    assert child is not None
    assert "garbage" in fail(BadOutput, "garbage").message
    assert not is_running(child)


def test_what_a_tool_prints_disturbs_nothing() -> None:
    assert run("text.fail", {"mode": "noisy", "text": "calm"})["text"] == "calm"


def test_a_tool_that_exits_is_a_crash_with_its_exit_code_and_last_words() -> None:
    error = fail(ToolCrashed, "exit")
    assert "exit code 3" in error.message
    assert "leaving without an answer" in error.trace


def test_a_tool_that_is_killed_is_a_crash_with_the_signal() -> None:
    assert "SIGKILL" in fail(ToolCrashed, "kill").message


def test_a_crash_can_be_followed_by_a_crash() -> None:
    for _ in range(3):
        fail(ToolCrashed, "kill")
        fail(ToolCrashed, "exit")


def test_a_tool_that_hangs_ends_at_its_deadline_and_its_process_with_it() -> None:
    run("text.sleep", {"seconds": 0})
    child = local().child.pid
    assert child is not None
    started = time.monotonic()
    fail(DeadlineExceeded, "hang", seconds=0.4)
    assert 0.4 <= time.monotonic() - started < 2
    assert not is_running(child)


def test_a_deadline_that_has_passed_ends_the_call_at_once() -> None:
    fail(DeadlineExceeded, "hang", seconds=-1)


def test_a_tool_that_eats_memory_hits_its_limit_and_gets_a_new_child() -> None:
    run("text.sleep", {"seconds": 0})
    child = local().child.pid
    assert child is not None
    error = fail(OutOfMemory, "eat_memory")
    assert "MemoryError" in error.trace
    assert not is_running(child)


def test_a_limit_of_one_tool_is_not_that_of_the_next() -> None:
    fail(Unavailable, "flaky")
    outputs = run("image.flow_field", {"seed": 1, "width": 1024, "height": 1024})
    assert outputs["width"] == 1024


def test_a_lost_lease_ends_the_call_and_its_process() -> None:
    run("text.sleep", {"seconds": 0})
    child, call = local().child.pid, MemoryCall({"mode": "hang"})
    assert child is not None
    threading.Timer(0.2, setattr, (call, "wanted", False)).start()
    started = time.monotonic()
    with pytest.raises(CallCancelled):
        execute(local(), "text.fail", call)
    assert time.monotonic() - started < 2
    assert not is_running(child)


def test_a_cancel_that_is_learned_from_progress_ends_the_call() -> None:
    call = MemoryCall({"seconds": 60, "chunks": 600})
    threading.Timer(0.2, setattr, (call, "wanted", False)).start()
    with pytest.raises(CallCancelled):
        execute(local(), "text.sleep", call)


def test_progress_comes_while_the_tool_runs() -> None:
    call = MemoryCall({"seconds": 0.04, "chunks": 4})
    execute(local(), "text.sleep", call)
    assert [fraction for fraction, _ in call.progressed] == [0.25, 0.5, 0.75, 1.0]


def test_calls_of_several_threads_take_turns() -> None:
    texts: list[str] = []

    def sleep(text: str) -> None:
        texts.append(run("text.sleep", {"seconds": 0.05, "text": text})["text"])

    threads = [threading.Thread(target=sleep, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(texts) == ["0", "1", "2", "3"]


def test_waiting_for_a_turn_counts_as_time() -> None:
    call = MemoryCall({"seconds": 2, "chunks": 40})
    long = threading.Thread(target=execute, args=(local(), "text.sleep", call))
    long.start()
    assert eventually(lambda: bool(call.progressed))
    expect(DeadlineExceeded, "text.sleep", {"seconds": 0}, seconds=0.3)
    assert long.is_alive()
    long.join()


def test_a_child_that_was_killed_between_calls_is_replaced() -> None:
    run("text.sleep", {"seconds": 0})
    child = local().child.pid
    assert child is not None
    os.kill(child, signal.SIGKILL)
    assert eventually(lambda: not is_running(child))
    assert run("text.sleep", {"seconds": 0, "text": "again"})["text"] == "again"
