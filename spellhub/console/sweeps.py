"""Running the sweep: one at a time, on record."""

import logging

from django.db.models.functions import Now

from casts import recovery
from spellhub.console.models import ClockLease, ProcessHeartbeat, SweepRun
from spellhub.identifiers import uuid7

# A sweep that died holds up the next one no longer than this. Two at once would be harmless.
LEASE_S = 60.0
KEEP_RUNS = 1500
FORGET_PROCESSES_S = 3600.0

logger = logging.getLogger(__name__)


def run_scheduled_sweep() -> None:
    """Sweep, called by the queue; returns None because the queue keeps no results."""
    run_sweep(by="schedule")


def run_sweep(by: str) -> SweepRun | None:
    """Look at everything that could be stuck and wake it; return None when another sweep runs.

    Raises what the sweep raises; its run then stays unfinished, which ``/readyz`` shows.
    """
    holder = uuid7()
    if not ClockLease.take("sweep", holder, LEASE_S):
        logger.info("another sweep is running")
        return None
    try:
        return _sweep(by)
    finally:
        ClockLease.give_back("sweep", holder)


def _sweep(by: str) -> SweepRun:
    run = SweepRun.objects.create(by=by)
    swept = recovery.sweep()
    SweepRun.objects.filter(pk=run.pk).update(
        finished_at=Now(), looked_at=swept.looked_at, woken=swept.woken, failed=swept.failed
    )
    logger.info("sweep %s by %s: %s", run.pk, by, swept)
    SweepRun.objects.filter(pk__lte=run.pk - KEEP_RUNS).delete()
    ProcessHeartbeat.objects.forget(FORGET_PROCESSES_S)
    run.refresh_from_db()
    return run
