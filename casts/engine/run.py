"""Carrying a cast on: boundary, call, boundary, call … until nothing is left for this worker."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_random_exponential

from casts.engine.boundary import boundary
from generations import executor
from generations.outcomes import Order, Report

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

TRIES = 5


def run(cast_id: UUID) -> None:
    """Carry a cast on until it ends, waits, or the time slice is over.

    A boundary is repeated after a passing fault of the database; a report that was applied already
    changes nothing. Raises Cast.DoesNotExist, and the database's error after five tries: the rows
    stay as they are and the clock comes back to them.
    """
    began = monotonic()
    report: Report | None = None
    while True:
        order = _decide(cast_id, report, claiming=monotonic() - began < settings.TIME_SLICE_S)
        if order is None:
            return
        report = Report(order, executor.perform(order))


def look(cast_id: UUID, *, actor: str) -> None:
    """Look at a cast again now, without calling any tool: what is ready is hinted to workers."""
    through_faults(lambda: boundary(cast_id, claiming=False, actor=actor))


def _decide(cast_id: UUID, report: Report | None, *, claiming: bool) -> Order | None:
    return through_faults(lambda: boundary(cast_id, report=report, claiming=claiming))


def through_faults(work: Callable[[], Result]) -> Result:
    """Do a transaction again, at most five times, when the database had a passing fault.

    Inside a larger transaction nothing can be repeated: the fault is raised at once.
    """
    if transaction.get_connection().in_atomic_block:
        return work()
    retrying = Retrying(
        retry=retry_if_exception_type((OperationalError, InterfaceError)),
        wait=wait_random_exponential(multiplier=0.1, max=3),
        stop=stop_after_attempt(TRIES),
        before_sleep=_reconnect,
        reraise=True,
    )
    return retrying(work)


def _reconnect(state: RetryCallState) -> None:
    fault = state.outcome.exception() if state.outcome else None
    logger.warning("database fault, try %s of %s: %s", state.attempt_number, TRIES, fault)
    connection.close_if_unusable_or_obsolete()
