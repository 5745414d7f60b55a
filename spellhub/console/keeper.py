"""Keeping a child process running."""

import logging

from spellhub.console.processes import Child

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0

logger = logging.getLogger(__name__)


class Keeper:
    """Starts a child again when it dies, waiting longer each time it dies soon.

    Times are seconds of any clock that only goes forward, given by the caller.
    """

    def __init__(self, child: Child) -> None:
        self.child = child
        self.restarts = 0
        self.started_at = 0.0
        self._pause = FIRST_PAUSE_S
        self._start_at: float | None = None

    def start(self, now: float) -> None:
        """Start the child now."""
        self._start_at = None
        self.started_at = now
        self.child.start()

    def tick(self, now: float) -> None:
        """Look after the child: call about every second or more often."""
        if self.child.is_running:
            return
        if self._start_at is None:
            self._note_death(now)
        elif now >= self._start_at:
            self.restarts += 1
            self.start(now)

    def restart(self, now: float) -> None:
        """End the child with all it started, and start it again."""
        self.child.kill()
        self.restarts += 1
        self.start(now)

    def _note_death(self, now: float) -> None:
        steady = now - self.started_at >= STEADY_S
        self._pause = FIRST_PAUSE_S if steady else self._pause
        self._start_at = now + self._pause
        logger.warning(
            "%s ended with %s; starting it again in %.1f s",
            self.child.name,
            self.child.exit_code,
            self._pause,
        )
        # What the dead process had started must not work beside its successor.
        self.child.kill()
        self._pause = min(self._pause * 2, LONGEST_PAUSE_S)
