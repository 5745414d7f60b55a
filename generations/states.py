"""The states of a generation and the moves between them."""

from django.db import models


class Status(models.TextChoices):
    """Where one attempt of a step stands."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class HoldReason(models.TextChoices):
    """Why a live generation waits although nothing is wrong."""

    RATE = "rate"
    SLOT = "slot"
    BREAKER = "breaker"
    BUDGET = "budget"
    PROVIDER = "provider"
    BACKOFF = "backoff"
    PERSON = "person"


LIVE = (Status.PENDING, Status.RUNNING, Status.WAITING)
# What a worker may hold a lease on: a call that runs, a job that is asked about.
WORKED_ON = (Status.RUNNING, Status.WAITING)
FINAL = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)

# A running generation may go back to running: a lost lease is claimed anew. A waiting one stays
# waiting when its job is looked at and is not finished.
MOVES: dict[Status, tuple[Status, ...]] = {
    Status.PENDING: (Status.RUNNING, Status.WAITING, Status.FAILED, Status.CANCELLED),
    Status.RUNNING: (
        Status.RUNNING,
        Status.WAITING,
        Status.PENDING,
        Status.SUCCEEDED,
        Status.FAILED,
        Status.CANCELLED,
    ),
    Status.WAITING: (Status.WAITING, Status.SUCCEEDED, Status.FAILED, Status.CANCELLED),
    Status.SUCCEEDED: (),
    Status.FAILED: (),
    Status.CANCELLED: (),
}


def sources_of(target: Status) -> tuple[Status, ...]:
    """Return the states from which a generation may move to a state."""
    return tuple(source for source, targets in MOVES.items() if target in targets)
