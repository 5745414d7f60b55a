"""The states of a cast and the moves between them."""

from django.db import models


class Status(models.TextChoices):
    """Where a cast stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE = (Status.QUEUED, Status.RUNNING)
FINAL = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)

# Retrying takes a failed or cancelled cast back to running, with new attempts appended.
MOVES: dict[Status, tuple[Status, ...]] = {
    Status.QUEUED: (Status.RUNNING, Status.SUCCEEDED, Status.FAILED, Status.CANCELLED),
    Status.RUNNING: (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED),
    Status.SUCCEEDED: (),
    Status.FAILED: (Status.RUNNING,),
    Status.CANCELLED: (Status.RUNNING,),
}


def sources_of(target: Status) -> tuple[Status, ...]:
    """Return the states from which a cast may move to a state."""
    return tuple(source for source, targets in MOVES.items() if target in targets)


class StepStatus(models.TextChoices):
    """How a step of a cast reads, derived from its attempts."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    NOT_STARTED = "not_started"


class Reason(models.TextChoices):
    """Why a cast is stuck."""

    NEVER_STARTED = "never_started"
    LEASE_EXPIRED = "lease_expired"
    BETWEEN_STEPS = "between_steps"
    PAST_DEADLINE = "past_deadline"
