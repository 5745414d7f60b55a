"""Telling a frozen cluster from a busy one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spellhub.console import pulse
from spellhub.console.pulse import Kind, Reading


@dataclass(frozen=True)
class Scene:
    """A cluster at one moment, in seconds of one monotonic clock; None where all is well.

    ``idle_since`` is of the living worker that has been idle longest. The others say since when
    something is due and has not moved: messages at the broker, messages fetched from it that no
    worker began, finished messages that were not acknowledged.
    """

    now: float
    no_worker_since: float | None = None
    idle_since: float | None = None
    waiting_since: float | None = None
    undelivered_since: float | None = None
    unacknowledged_since: float | None = None


def why_frozen(scene: Scene, patience_s: float) -> str | None:
    """Return in words why a cluster will not go on by itself, or None when it may. Pure.

    A cluster whose workers are all busy is not frozen, however long their steps take.
    """

    def has_lasted(since: float | None) -> bool:
        return since is not None and scene.now - since > patience_s

    if has_lasted(scene.no_worker_since):
        return "no worker is alive"
    if has_lasted(scene.unacknowledged_since):
        return "finished messages are not acknowledged"
    if not has_lasted(scene.idle_since):
        return None
    if has_lasted(scene.undelivered_since):
        return "messages were fetched and an idle worker does not take them"
    if has_lasted(scene.waiting_since):
        return "messages are waiting and nobody fetches them for an idle worker"
    return None


def is_frozen(scene: Scene, patience_s: float) -> bool:
    """Return whether a cluster should be killed and started again. Pure."""
    return why_frozen(scene, patience_s) is not None


class Stall:
    """Remembers since when something is due without any progress."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._progress = 0

    def look(self, now: float, *, is_due: bool, progress: int) -> float | None:
        """Return since when it is due and ``progress`` has not changed, or None."""
        if not is_due:
            self._since = None
        elif self._since is None or progress != self._progress:
            self._since = now
        self._progress = progress
        return self._since


class Canary:
    """Watches one run of a cluster through its pulses and its queue.

    ``has_messages`` tells whether messages wait at the broker; False when it cannot be asked.
    """

    def __init__(self, folder: Path, has_messages: Callable[[], bool], patience_s: float) -> None:
        self._folder = folder
        self._has_messages = has_messages
        self._patience_s = patience_s
        self._alive, self._waiting = Stall(), Stall()
        self._undelivered, self._unacknowledged = Stall(), Stall()

    def look(self, now: float) -> str | None:
        """Return why the cluster is frozen, or None. Call about every second."""
        return why_frozen(self._scene(now, pulse.read(self._folder)), self._patience_s)

    def _scene(self, now: float, pulses: tuple[Reading, ...]) -> Scene:
        living = [p for p in pulses if p.kind == Kind.WORKER and p.alive]
        taken, acknowledged = _sum(pulses, Kind.PUSHER), _sum(pulses, Kind.MONITOR)
        begun = sum(p.begun for p in pulses if p.kind == Kind.WORKER)
        ended = _sum(pulses, Kind.WORKER)
        return Scene(
            now=now,
            no_worker_since=self._alive.look(now, is_due=not living, progress=0),
            idle_since=min((p.since for p in living if not p.is_busy), default=None),
            waiting_since=self._waiting.look(now, is_due=self._has_messages(), progress=taken),
            undelivered_since=self._undelivered.look(now, is_due=taken > begun, progress=begun),
            unacknowledged_since=self._unacknowledged.look(
                now, is_due=ended > acknowledged, progress=acknowledged
            ),
        )


def _sum(pulses: tuple[Reading, ...], kind: Kind) -> int:
    return sum(p.ended for p in pulses if p.kind == kind)
