"""All clockwork in one place: what runs periodically, how often, in dotted names.

Besides these, the clock acts about every second (``spellhub.console.clock``).
"""

from dataclasses import dataclass

from django_q.models import Schedule

from spellhub.console.models import ClockLease
from spellhub.identifiers import uuid7


@dataclass(frozen=True)
class Periodic:
    """Something the queue runs again and again; ``every`` is in whole minutes."""

    name: str
    function: str
    every: int
    queue: str


_SESSIONS = "django.contrib.sessions.backends.db.SessionStore"
PERIODIC = (
    # The backstop behind the clock. On a cluster of its own, so that no busy worker delays it.
    Periodic("sweep", "spellhub.console.sweeps.run_scheduled_sweep", every=1, queue="sweep"),
    # Answers are remembered for 24 hours; a thousand expired ones go each time.
    Periodic("purge", "spellhub.accounts.idempotency.purge", every=10, queue="sweep"),
    Periodic("tries", "spellhub.accounts.limits.purge", every=60, queue="sweep"),
    Periodic("sessions", f"{_SESSIONS}.clear_expired", every=1440, queue="sweep"),
)


def ensure() -> bool:
    """Write the schedules into the queue's table; return whether it was our turn to do so.

    Two processes that start together would otherwise both add them: their names are not unique.
    """
    holder = uuid7()
    if not ClockLease.take("schedules", holder, seconds=10):
        return False
    for periodic in PERIODIC:
        _write(periodic)
    ClockLease.give_back("schedules", holder)
    return True


def _write(periodic: Periodic) -> None:
    rows = Schedule.objects.filter(name=periodic.name).order_by("pk")
    wanted = {
        "func": periodic.function,
        "schedule_type": Schedule.MINUTES,
        "minutes": periodic.every,
        "repeats": -1,
        "cluster": periodic.queue,
    }
    first = rows.first()
    if first is None:
        Schedule.objects.create(name=periodic.name, **wanted)
        return
    rows.exclude(pk=first.pk).delete()
    rows.filter(pk=first.pk).update(**wanted)
