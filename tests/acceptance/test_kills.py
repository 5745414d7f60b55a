"""SIGKILL while a step is proved to run; nobody touches it; every cast succeeds all the same."""

import os
import signal
from collections.abc import Callable
from functools import partial

import pytest

from tests.acceptance.client import Client, failing, sleep, template
from tests.acceptance.stack import Stack
from tests.acceptance.test_load import holds_together
from tests.servers import wait_until

pytestmark = [pytest.mark.acceptance, pytest.mark.chaos, pytest.mark.timeout(180)]

RECOVERED_WITHIN_S = 60
RUNNING = """
    SELECT count(*) FROM generations_generation
    WHERE status = 'running' AND tool = 'text.sleep'
"""


def kill_one(stack: Stack) -> int:
    stack.kill_worker()
    return 1


def kill_both(stack: Stack) -> int:
    for pid in stack.workers():
        os.kill(pid, signal.SIGKILL)
    return 2


def kill_cluster(stack: Stack) -> int:
    os.kill(stack.cluster(), signal.SIGKILL)
    return 2


@pytest.mark.failure("B4")
@pytest.mark.failure("C6")
@pytest.mark.failure("B1")
@pytest.mark.fault(5)
@pytest.mark.parametrize("kill", [kill_one, kill_both, kill_cluster])
def test_casts_whose_workers_are_killed_succeed_by_themselves(
    stack: Stack, kill: Callable[[Stack], int]
) -> None:
    """Guard: the lease runs out, the clock hints, the next look claims the attempt anew."""
    client = Client(stack)
    client.save(template("a", "a"), sleep("nap", 4), template("b", "b"), slug="nap")
    casts = [client.cast("nap") for _ in range(3)]
    wait_until(lambda: stack.query(RUNNING) == [(2,)], "two running steps")
    lost = kill(stack)
    ended = client.ended(casts, RECOVERED_WITHIN_S)
    assert {cast["status"] for cast in ended.values()} == {"succeeded"}
    assert stack.query("SELECT sum(lost) FROM generations_generation") == [(lost,)]
    assert stack.query("SELECT count(*) FROM generations_generation") == [(9,)]
    holds_together(stack, 3)


def test_a_step_over_fifty_items_whose_workers_are_killed_twice_gives_fifty_in_order(
    make_stack: Callable[..., Stack],
) -> None:
    stack = make_stack(SPELLHUB_LEASE_S="3")
    stack.start("web", "worker", "clock")
    client = Client(stack)
    items = [f"item {number}" for number in range(50)]
    naps = sleep("nap", 0.15) | {"for_each": "${{ inputs.list }}"}
    naps["inputs"] = {"seconds": 0.15, "text": "${{ index }}: ${{ item }}"}
    inputs = {"type": "object", "properties": {"list": {"type": "array"}}}
    outputs = {"all": "${{ steps.nap.text }}"}
    client.save(naps, slug="naps", inputs=inputs, outputs=outputs)
    cast = client.cast("naps", list=items)
    for done in (5, 25):
        wait_until(partial(_has_done, stack, done), f"{done} items done")
        wait_until(lambda: stack.query(RUNNING) == [(2,)], "two running items")
        stack.kill_worker()
    ended = client.ended([cast], RECOVERED_WITHIN_S)[cast]
    assert ended["status"] == "succeeded"
    assert ended["outputs"]["all"] == [f"{n}: {item}" for n, item in enumerate(items)]
    assert ended["steps"][0]["items"] == {"total": 50, "succeeded": 50, "failed": 0, "live": 0}
    assert stack.query("SELECT sum(lost) FROM generations_generation") == [(2,)]
    assert stack.query("SELECT count(*) FROM generations_generation") == [(50,)]
    holds_together(stack, 1)


def _has_done(stack: Stack, number: int) -> bool:
    found = stack.query("SELECT count(*) FROM generations_generation WHERE status = 'succeeded'")
    return bool(found[0][0] >= number)


@pytest.mark.fault(6)
def test_a_step_that_always_kills_its_worker_fails_and_the_next_cast_runs(
    make_stack: Callable[..., Stack],
) -> None:
    stack = make_stack(SPELLHUB_LEASE_S="1")
    stack.start("web", "worker", "clock")
    client = Client(stack)
    client.save(failing("deadly", "kill_worker"), slug="deadly")
    client.save(template("a", "a"), slug="harmless")
    deadly = client.cast("deadly")
    ended = client.ended([deadly], 120)[deadly]
    assert ended["failure"]["code"] == "worker_lost"
    assert ended["failure"]["step"] == "deadly"
    harmless = client.cast("harmless")
    assert client.ended([harmless], 60)[harmless]["status"] == "succeeded"
    holds_together(stack, 2)


MODES = {
    "raise": "tool_raised",
    "wrong_shape": "bad_output",
    "exit": "tool_crashed",
    "kill": "tool_crashed",
    "hang": "deadline_exceeded",
    "eat_memory": "out_of_memory",
    "garbage": "bad_output",
}


def test_whatever_a_tool_does_its_step_fails_clearly_and_the_next_cast_runs(
    stack: Stack,
) -> None:
    client = Client(stack)
    client.save(template("a", "a"), slug="harmless")
    for mode in MODES:
        client.save(failing("bad", mode, deadline_s=3), slug=mode.replace("_", "-"))
    casts = {client.cast(mode.replace("_", "-")): mode for mode in MODES}
    after = client.cast("harmless")
    ended = client.ended([*casts, after], 90)
    codes = {mode: ended[cast]["failure"]["code"] for cast, mode in casts.items()}
    assert codes == MODES
    assert all(ended[cast]["failure"]["message"] for cast in casts)
    assert "Traceback" in next(
        ended[cast]["failure"]["trace"] for cast, mode in casts.items() if mode == "raise"
    )
    assert ended[after]["status"] == "succeeded"
    holds_together(stack, len(MODES) + 1)
