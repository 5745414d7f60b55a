"""Starting processes that never outlive the one that started them."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
PARENT = "SPELLHUB_PARENT"
_PR_SET_PDEATHSIG = 1
_WATCH_S = 0.5
_REAP_S = 2.0

logger = logging.getLogger(__name__)


def follow_parent() -> None:
    """Let this process die with the one that started it, where that one asked for it."""
    parent = os.environ.pop(PARENT, "")
    if parent:
        _die_with(int(parent))


def bind_forks() -> None:
    """Let every process that this one forks from now on die with the one that forked it.

    django-q2's sentinel and workers are forked from one another; when one of them is killed, those
    below it would go on working without a supervisor.
    """
    os.register_at_fork(before=_remember_parent, after_in_child=_follow_forker)


_forker = 0


def _remember_parent() -> None:
    global _forker  # noqa: PLW0603 - there is one fork at a time, under the interpreter's lock
    _forker = os.getpid()


def _follow_forker() -> None:
    _die_with(_forker)


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        # Source: prctl(2). The kernel sends the signal even if we are stopped or spinning.
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    # The parent may have died before the request took effect.
    if os.getppid() != parent:
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH_S)
    os._exit(1)


class Child:
    """A process in a group of its own, so that all it starts can be ended with it."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.command = [sys.executable, str(MANAGE), *command]
        self.environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it. Call from the main thread: the child follows the thread that made it."""
        environment = os.environ | self.environment | {PARENT: str(os.getpid())}
        self._process = subprocess.Popen(
            self.command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )

    @property
    def pid(self) -> int:
        """The process id; 0 before the first start."""
        return self._process.pid if self._process else 0

    @property
    def is_running(self) -> bool:
        """Whether the process itself runs; what it started may outlive it until ``kill``."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs, negative when a signal ended it."""
        return self._process.poll() if self._process else None

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process itself, which then stops those it started."""
        if self.is_running and self._process:
            self._process.terminate()

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the process; return whether it came."""
        if self._process is None:
            return True
        try:
            self._process.wait(max(seconds, 0.0))
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End the whole group at once."""
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            logger.debug("nothing is left of %s", self.name)
        self.wait(_REAP_S)

    def stop(self, seconds: float) -> None:
        """Ask it to stop, and end what is left of the group after so many seconds."""
        self.ask_to_stop()
        self.wait(seconds)
        self.kill()
