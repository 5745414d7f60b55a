"""Fail in every way a tool can, for tests and demos."""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, NoReturn

from pydantic import Field

from generations.adapters.base import Call, InvalidInput, Refused, Unavailable
from generations.adapters.local import LocalTool, Values, register


class Inputs(Values):
    mode: Literal[
        "raise",
        "invalid",
        "refuse",
        "flaky",
        "wrong_shape",
        "not_json",
        "huge",
        "garbage",
        "noisy",
        "exit",
        "kill",
        "hang",
        "eat_memory",
        "kill_worker",
    ]
    times: int = Field(default=1, ge=0, le=100, description="flaky: so many first attempts fail.")
    text: str = Field(default="", max_length=10_000)


class Outputs(Values):
    text: str
    attempt: int


@register
class Fail(LocalTool[Inputs, Outputs]):
    """Fail as told: raise, answer nonsense, die, hang, eat memory, kill the worker."""

    key, title = "text.fail", "Fail"
    isolation = "process"
    memory_mib = 256
    debug_only = True
    example = Inputs(mode="flaky", times=0, text="worked")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        if inputs.mode in _ERRORS:
            raise _ERRORS[inputs.mode](inputs.text or "text.fail was told to fail")
        if inputs.mode == "flaky" and call.attempt <= inputs.times:
            raise Unavailable(f"Attempt {call.attempt} of {inputs.times} that fail.")
        answer: dict[str, Any] = {"text": inputs.text, "attempt": call.attempt}
        if inputs.mode in _WAYS:
            answer |= _WAYS[inputs.mode]()
        return Outputs.model_construct(**answer)


def _wrong_shape() -> dict[str, Any]:
    return {"text": ["not", "a", "text"], "extra": 1}


def _not_json() -> dict[str, Any]:
    return {"attempt": float("nan")}


def _huge() -> dict[str, Any]:
    return {"text": "x" * 3_000_000}


def _noisy() -> dict[str, Any]:
    print("noise on stdout " * 1000)  # noqa: T201
    os.write(1, b"noise on descriptor 1\n" * 1000)
    return {}


def _garbage() -> dict[str, Any]:
    """Write to whatever is open, as a broken extension might."""
    for descriptor in range(3, 20):
        with suppress(OSError):
            os.write(descriptor, b"\xff" * 64)
    return {}


def _exit() -> NoReturn:
    print("leaving without an answer", file=sys.stderr)  # noqa: T201
    sys.exit(3)


def _kill() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    _hang()


def _kill_worker() -> NoReturn:
    os.kill(os.getppid(), signal.SIGKILL)
    _hang()


def _hang() -> NoReturn:
    while True:
        time.sleep(3600)


def _eat_memory() -> NoReturn:
    eaten: list[bytearray] = []
    while True:
        eaten.append(bytearray(16 * 1024 * 1024))


_ERRORS: dict[str, type[Exception]] = {
    "raise": RuntimeError,
    "invalid": InvalidInput,
    "refuse": Refused,
}
_WAYS: dict[str, Callable[[], dict[str, Any]]] = {
    "wrong_shape": _wrong_shape,
    "not_json": _not_json,
    "huge": _huge,
    "garbage": _garbage,
    "noisy": _noisy,
    "exit": _exit,
    "kill": _kill,
    "hang": _hang,
    "eat_memory": _eat_memory,
    "kill_worker": _kill_worker,
}
