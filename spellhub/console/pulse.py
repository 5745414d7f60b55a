"""What each process of one cluster is doing, told to its supervisor through small files.

django-q2 hands messages from the broker to a pusher, then to a worker, then to a monitor. When one
of them is killed at the wrong moment, it can leave the pipe between them locked for ever. Only by
counting on both sides of a pipe can the supervisor see that a message went in and nobody took it
out. Files rather than shared memory, because no process killed while it writes can lock a file
position, and rather than rows, because the counts must be right to the message.
"""

import fcntl
import os
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FOLDER = "SPELLHUB_PULSE_FOLDER"
_WIDTH = 64


class Kind(StrEnum):
    """The part a process plays in its cluster."""

    PUSHER = "pusher"
    WORKER = "worker"
    MONITOR = "monitor"


@dataclass(frozen=True)
class Reading:
    """One process's pulse: messages begun and ended, and the monotonic second of the last change.

    A pusher counts a message as begun and ended when it takes it from the broker, a monitor when it
    has acknowledged it.
    """

    kind: Kind
    alive: bool
    begun: int
    ended: int
    since: float

    @property
    def is_busy(self) -> bool:
        """Whether it works on a message."""
        return self.begun > self.ended


class Pulse:
    """Writes this process's own file. Without a supervisor's folder it only counts."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.begun = self.ended = 0
        self.doing = ""
        self._file = _open(kind, os.environ.get(FOLDER))
        self._write()

    def begin(self, doing: str = "") -> None:
        """Note that a message was begun."""
        self.begun += 1
        self.doing = doing
        self._write()

    def end(self) -> None:
        """Note that the message begun last is done with."""
        self.ended += 1
        self.doing = ""
        self._write()

    def pass_on(self, messages: int) -> None:
        """Note messages that went through this process; fewer than none takes some back."""
        self.begun += messages
        self.ended += messages
        self._write()

    def _write(self) -> None:
        self.since = time.monotonic()
        if self._file is not None:
            line = f"{self.begun} {self.ended} {self.since:.3f}".ljust(_WIDTH)
            os.pwrite(self._file, line.encode(), 0)


def _open(kind: Kind, folder: str | None) -> int | None:
    if not folder:
        return None
    path = Path(folder) / f"{os.getpid()}.{kind}"
    file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    # Held until this process ends, however it ends: so the supervisor knows the living.
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


_pulses: dict[int, Pulse] = {}


def own(kind: Kind) -> Pulse:
    """Return this process's pulse, beginning it at the first call."""
    if os.getpid() not in _pulses:
        _pulses.clear()
        _pulses[os.getpid()] = Pulse(kind)
    return _pulses[os.getpid()]


def read(folder: Path) -> tuple[Reading, ...]:
    """Read the pulses of all processes that a cluster has had, the dead ones too."""
    return tuple(reading for path in folder.iterdir() if (reading := _read(path)))


def _read(path: Path) -> Reading | None:
    with path.open("rb") as file:
        fields = file.read(_WIDTH).split()
        if len(fields) != 3:
            return None
        begun, ended, since = fields
        kind = Kind(path.suffix.removeprefix("."))
        return Reading(kind, _is_locked(file.fileno()), int(begun), int(ended), float(since))


def _is_locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
