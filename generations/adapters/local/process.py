"""The worker's end of its child process: start it, ask it, kill it."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from generations.adapters.base import Call, InvalidInput, ToolCrashed, ToolError
from generations.adapters.local.conversation import Conversation, Died
from generations.adapters.local.frames import frame
from generations.adapters.local.limits import MAX_REQUEST_BYTES, MIB
from generations.adapters.local.messages import Finished, Request

_ROOT = Path(__file__).resolve().parents[3]
_EXIT_GRACE_S = 1.0


class Child:
    """A child process that runs one call at a time.

    It lives in a session of its own, its environment holds nothing of ours, and it dies with the
    process that started it. ``is_spent`` says that it should not be asked again.
    """

    def __init__(self, ceiling_mib: int) -> None:
        self.calls = 0
        self.is_spent = False
        in_lasting_thread = threading.current_thread() is threading.main_thread()
        arguments = [os.getpid(), int(in_lasting_thread), ceiling_mib]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "generations.adapters.local.child", *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            cwd=_ROOT,
            bufsize=0,
            start_new_session=True,
        )
        for pipe in self._pipes():
            os.set_blocking(pipe.fileno(), False)

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its group."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Tell whether the process runs; a dead one stays unburied until ``stop``."""
        if self._process.returncode is not None:
            return False
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.pid, options) is None and not self._is_dying()

    def _is_dying(self) -> bool:
        """Tell whether it was killed and only its last threads are not gone yet."""
        if sys.platform != "linux":
            return False
        state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state in {"Z", "X"}

    def size_mib(self) -> float:
        """Return its address space, which is what its memory limit counts; 0 without Linux."""
        if sys.platform != "linux" or not self.is_alive():
            return 0.0
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[0])
        return pages * resource.getpagesize() / MIB

    def ask(self, request: Request, call: Call) -> Finished:
        """Send a request and return the answer to it.

        Raises the error that the tool raised (the child lives on), or DeadlineExceeded,
        CallCancelled, ToolCrashed or BadOutput (it is killed, being in the middle of something).
        """
        body = request.model_dump_json().encode()
        if len(body) > MAX_REQUEST_BYTES:
            raise InvalidInput(f"The inputs are larger than {MAX_REQUEST_BYTES} bytes.")
        self.calls += 1
        conversation = Conversation(self._pipes(), call)
        try:
            answer = conversation.hold(frame(body))
        except Died:
            message = _obituary(self.stop(_EXIT_GRACE_S))
            raise ToolCrashed(message, trace=conversation.said()) from None
        except BaseException as error:
            self.stop()
            if isinstance(error, ToolError):
                error.trace = error.trace or conversation.said()
            raise
        if isinstance(answer, Finished):
            return answer
        self.is_spent = answer.error == "OutOfMemory"
        raise answer.to_error()

    def stop(self, grace_s: float = 0.0) -> int:
        """Kill the process and what it started, bury it, and return its exit code.

        A process that is about to exit by itself is given ``grace_s`` to do so.
        """
        self.is_spent = True
        until = time.monotonic() + grace_s
        while self.is_alive() and time.monotonic() < until:
            time.sleep(0.005)
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        code = self._process.wait()
        self.let_go()
        return code

    def let_go(self) -> None:
        """Close the pipes and leave the process alone, as one that another process started."""
        for pipe in self._pipes():
            pipe.close()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
        pipes = self._process.stdin, self._process.stdout, self._process.stderr
        return cast("tuple[IO[bytes], IO[bytes], IO[bytes]]", pipes)


def _environment() -> dict[str, str]:
    """Return all that the child may know: where our code is, and to be small and predictable.

    One arena and one thread of linear algebra keep its address space near what it really uses.
    """
    return {
        "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]),
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        "PYTHONFAULTHANDLER": "1",
        "LANG": "C.UTF-8",
        "MALLOC_ARENA_MAX": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _obituary(code: int) -> str:
    if code >= 0:
        return f"The tool's process ended with exit code {code}."
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    return f"The tool's process was ended by {name}."
