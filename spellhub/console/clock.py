"""The clock: about every second, it wakes what is due."""

import logging
import threading
import time

import tenacity
from django.db import connection

from casts import recovery
from spellhub.console.heartbeats import BEAT_S, Heartbeat
from spellhub.console.models import ClockLease, ProcessHeartbeat, SweepRun
from spellhub.console.sweeps import run_sweep
from spellhub.identifiers import uuid7

TICK_S = 1.0
LEASE_S = 5.0
LONGEST_PAUSE_S = 15.0
# The scheduled sweep comes each minute; when two of them did not, the clock sweeps itself.
SWEEP_LATE_S = 150.0
SWEEP_LOOK_S = 10.0

logger = logging.getLogger(__name__)


class Clock:
    """One clock process. Many may run: the one that holds the lease acts."""

    def __init__(self, tick_s: float = TICK_S) -> None:
        self._tick_s = tick_s
        self._holder = uuid7()
        self._heartbeat = Heartbeat(ProcessHeartbeat.Role.CLOCK)
        self._beat_at = self._look_at = 0.0

    def run(self, stopping: threading.Event) -> None:
        """Tick until ``stopping`` is set; outlive outages of the database and the broker."""
        patiently = tenacity.Retrying(
            wait=tenacity.wait_exponential_jitter(multiplier=self._tick_s, max=LONGEST_PAUSE_S),
            stop=tenacity.stop_when_event_set(stopping),
            sleep=tenacity.sleep_using_event(stopping),
            after=_start_afresh,
            retry_error_callback=lambda _: False,
        )
        while not stopping.wait(self._tick_s):
            patiently(self.tick)
        ClockLease.give_back("clock", self._holder)

    def tick(self) -> bool:
        """Act once if it is our turn; return whether it was."""
        now = time.monotonic()
        if now - self._beat_at >= BEAT_S:
            self._beat_at = now
            self._heartbeat.beat()
        if not ClockLease.take("clock", self._holder, LEASE_S):
            return False
        hinted = recovery.tick()
        if hinted:
            logger.info("hinted %s casts", hinted)
        if now - self._look_at >= SWEEP_LOOK_S:
            self._look_at = now
            self._sweep_if_late()
        return True

    def _sweep_if_late(self) -> None:
        if SweepRun.is_late(SWEEP_LATE_S):
            run_sweep(by="clock")


def _start_afresh(attempt: tenacity.RetryCallState) -> None:
    # Whatever went wrong, the next tick begins with a connection that is known to be good.
    connection.close()
    error = attempt.outcome.exception() if attempt.outcome else None
    logger.warning("the clock could not tick (attempt %s): %s", attempt.attempt_number, error)
