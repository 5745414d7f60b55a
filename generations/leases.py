"""Keeping a claim while its call runs: the one write to a generation outside the engine.

A thread with its own connection renews the lease every third of its length, by compare-and-set on
the epoch, and touches nothing but ``lease_until``.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from generations.models import Generation
from generations.states import Status

logger = logging.getLogger(__name__)


class Lease:
    """One claim; ``is_held`` turns false, for good, when somebody else has it or it was ended."""

    def __init__(self, generation: UUID, epoch: int) -> None:
        self.generation = generation
        self.epoch = epoch
        self._lost = threading.Event()
        self._done = threading.Event()

    @property
    def is_held(self) -> bool:
        """Whether the claim still counts, as far as is known."""
        return not self._lost.is_set()

    def keep_renewing(self) -> None:
        """Renew until told to stop; runs in a thread of its own."""
        try:
            while not self._done.wait(settings.LEASE_RENEWAL_S) and self.is_held:
                self._try_to_renew()
        finally:
            connection.close()

    def end(self) -> None:
        """Stop renewing."""
        self._done.set()

    def _try_to_renew(self) -> None:
        try:
            if not self.renew():
                self._lost.set()
        except DatabaseError as error:
            # The lease may still be ours; the next beat tells.
            logger.warning("lease of %s not renewed: %s", self.generation, error)
            connection.close()

    def renew(self) -> bool:
        """Extend the lease if the claim still holds; say whether it does."""
        rows = Generation.objects.filter(
            pk=self.generation, epoch=self.epoch, status=Status.RUNNING
        )
        return bool(rows.update(lease_until=Now() + timedelta(seconds=settings.LEASE_S)))


@contextmanager
def held(generation: UUID, epoch: int) -> Iterator[Lease]:
    """Hold a claim for the length of a call."""
    lease = Lease(generation, epoch)
    beat = threading.Thread(target=lease.keep_renewing, name="lease", daemon=True)
    beat.start()
    try:
        yield lease
    finally:
        lease.end()
