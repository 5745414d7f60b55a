"""What should have happened to a cast and did not: the evidence, one sentence for each reason."""

from collections.abc import Sequence

from casts.diagnosis.rows import AttemptRow, names_of
from casts.states import Reason
from generations.states import Status


def _never_started(_: Sequence[AttemptRow], since: str) -> str:
    return f"No worker has begun it since {since}. Look whether one runs (manage.py worker)."


def _lease_expired(attempts: Sequence[AttemptRow], since: str) -> str:
    lost = [a for a in attempts if a.status == Status.RUNNING and a.lease_until is not None]
    first = min(lost, key=lambda a: a.lease_until or a.created_at, default=None)
    step = f"step {first.step} (attempt {first.attempt})" if first else "a step"
    return f"The worker on {step} has not been heard from since {since}; another takes it over."


def _between_steps(attempts: Sequence[AttemptRow], since: str) -> str:
    ready = [attempt for attempt in attempts if attempt.status == Status.PENDING]
    if ready:
        return f"Nobody has come for {names_of(ready)} since {since}."
    return f"Nothing of it runs, and nothing was begun, since {since}."


def _past_deadline(_: Sequence[AttemptRow], since: str) -> str:
    return f"It should have ended by {since}. The next look ends what is overdue."


SENTENCES = {
    Reason.NEVER_STARTED: _never_started,
    Reason.LEASE_EXPIRED: _lease_expired,
    Reason.BETWEEN_STEPS: _between_steps,
    Reason.PAST_DEADLINE: _past_deadline,
}
