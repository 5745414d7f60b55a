"""Keeping a claim while its call runs: the one write to a generation outside the engine.

One thread per process, with a connection of its own, renews every lease a third of its length
after the last time, by compare-and-set on the epoch, and touches nothing but ``lease_until``.
"""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import Error, connection
from django.db.models.functions import Now

from generations.models import Generation
from generations.states import WORKED_ON

logger = logging.getLogger(__name__)


class Lease:
    """One claim; ``is_held`` turns false, for good, when somebody else has it or it was ended."""

    def __init__(self, generation: UUID, epoch: int) -> None:
        self.generation = generation
        self.epoch = epoch
        self.is_held = True
        self.due: float = monotonic() + settings.LEASE_RENEWAL_S

    @property
    def is_due(self) -> bool:
        """Whether it is time to renew."""
        return self.due <= monotonic()

    def keep(self) -> None:
        """Renew, and note whether the claim still holds."""
        self.due = monotonic() + settings.LEASE_RENEWAL_S
        try:
            self.is_held = self.renew()
        except Error as error:
            # The lease may still be ours; the next beat tells.
            logger.warning("lease of %s not renewed: %s", self.generation, error)
            connection.close()

    def renew(self) -> bool:
        """Extend the lease if the claim still holds; say whether it does."""
        rows = Generation.objects.filter(
            pk=self.generation,
            epoch=self.epoch,
            status__in=WORKED_ON,
            lease_until__isnull=False,
        )
        return bool(rows.update(lease_until=Now() + timedelta(seconds=settings.LEASE_S)))


class Beat:
    """Renews the leases of one process, in a thread that rests while there are none."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._leases: set[Lease] = set()
        self._change = threading.Condition()
        threading.Thread(target=self._run, name="leases", daemon=True).start()

    def add(self, lease: Lease) -> None:
        """Begin to renew a lease."""
        with self._change:
            self._leases.add(lease)
            self._change.notify()

    def remove(self, lease: Lease) -> None:
        """Renew a lease no longer."""
        with self._change:
            self._leases.discard(lease)

    def _run(self) -> None:
        while True:
            for lease in self._wait_for_due():
                lease.keep()

    def _wait_for_due(self) -> list[Lease]:
        with self._change:
            while not (kept := [lease for lease in self._leases if lease.is_held]):
                connection.close()
                self._change.wait()
            rest = min(lease.due for lease in kept) - monotonic()
            if rest > 0:
                self._change.wait(rest)
            return [lease for lease in self._leases if lease.is_held and lease.is_due]


_making = threading.Lock()
_beat: Beat | None = None


def _own_beat() -> Beat:
    """Return this process's beat; threads do not live on in a forked child."""
    global _beat  # noqa: PLW0603 - one per process
    with _making:
        if _beat is None or _beat.pid != os.getpid():
            _beat = Beat()
        return _beat


@contextmanager
def held(generation: UUID, epoch: int) -> Iterator[Lease]:
    """Hold a claim for the length of a call."""
    lease, beat = Lease(generation, epoch), _own_beat()
    beat.add(lease)
    try:
        yield lease
    finally:
        beat.remove(lease)
