"""The warm child of a worker: runs one tool call after the other, as its worker asks.

Started by ``process.Child``; must not import Django. It reads requests from its stdin and answers
on its stdout, which tools cannot reach: whatever they print goes to stderr.
"""

import ctypes
import os
import queue
import resource
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator

from pydantic_core import PydanticSerializationError

from generations.adapters.base import BadOutput
from generations.adapters.local.child_call import ChildCall
from generations.adapters.local.errors import as_tool_error
from generations.adapters.local.frames import Frames, frame
from generations.adapters.local.limits import MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, MIB
from generations.adapters.local.messages import Finished, Message, Raised, Request
from generations.adapters.local.tool import load_tool
from generations.adapters.local.values import read

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Pipe:
    """The way to the worker, on descriptors that tools do not know of."""

    def __init__(self) -> None:
        self._in, self._out = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """Write a message; tools may report progress from threads of theirs."""
        rest = frame(_encoded(message))
        with self._lock:
            while rest:
                rest = rest[os.write(self._out, rest) :]

    def requests(self) -> Iterator[Request]:
        """Yield requests as they come; the process dies with its group when the worker is gone.

        A thread of its own reads, so that it notices even while a tool runs.
        """
        inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._listen, args=(inbox,), daemon=True).start()
        while True:
            yield Request.model_validate_json(inbox.get())

    def _listen(self, inbox: "queue.SimpleQueue[bytes]") -> None:
        frames = Frames(MAX_REQUEST_BYTES)
        while piece := os.read(self._in, 65_536):
            for body in frames.feed(piece):
                inbox.put(body)
        os.killpg(0, signal.SIGKILL)


def _encoded(message: Message) -> bytes:
    try:
        body = message.model_dump_json().encode()
    except PydanticSerializationError as error:
        raise BadOutput(f"The tool's outputs cannot be written as JSON: {error}") from None
    if len(body) > MAX_ANSWER_BYTES:
        raise BadOutput(f"The tool's outputs are larger than {MAX_ANSWER_BYTES} bytes.")
    return body


def main() -> None:
    """Answer requests until the worker goes; the arguments are those of ``process.Child``."""
    parent, in_lasting_thread, ceiling_mib = map(int, sys.argv[1:])
    _die_with(parent, in_lasting_thread=bool(in_lasting_thread))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _set_memory_ceiling(ceiling_mib)
    pipe = Pipe()
    for request in pipe.requests():
        _answer(request, pipe)


def _die_with(parent: int, *, in_lasting_thread: bool) -> None:
    """Have the kernel kill this process with its worker, even where no Python code can run.

    The kernel means the thread that started us: only one that lives as long as its process will do.
    """
    if sys.platform == "linux" and in_lasting_thread:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _set_memory_ceiling(mib: int) -> None:
    if sys.platform == "linux":  # other kernels do not keep this limit
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        ceiling = mib * MIB if hard == resource.RLIM_INFINITY else min(mib * MIB, hard)
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def _limit_memory(mib: int | None) -> None:
    """Limit the address space to this, or to the ceiling."""
    if sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (min(mib * MIB, hard) if mib else hard, hard))


def _answer(request: Request, pipe: Pipe) -> None:
    try:
        pipe.send(_perform(request, pipe))
    except Exception as error:  # noqa: BLE001  (whatever it is, it is the answer)
        _limit_memory(None)
        pipe.send(Raised.of(request.call, as_tool_error(error)))


def _perform(request: Request, pipe: Pipe) -> Finished:
    _limit_memory(request.memory_mib)
    tool = load_tool(request.module, request.tool)
    call = ChildCall(request, pipe.send)
    tempfile.tempdir = request.folder
    values = tool.perform(read(tool.Inputs, request.inputs), call)
    return Finished(call=request.call, outputs=values, files=call.kept)


if __name__ == "__main__":
    main()
