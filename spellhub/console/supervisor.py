"""Keeping one django-q2 cluster working: `manage.py worker`."""

import logging
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from django_q.brokers import Broker, get_broker
from django_q.models import OrmQ
from redis.exceptions import RedisError

from spellhub.console import pulse
from spellhub.console.canary import Canary
from spellhub.console.keeper import Keeper
from spellhub.console.processes import Child
from spellhub.console.pulse_folder import own_folder

LOOK_S = 1.0
# A stopping cluster may finish what it does for so long; leases bring back what it could not.
GRACE_S = 7.0
OUTAGES = (DatabaseError, InterfaceError, RedisError, OSError)

logger = logging.getLogger(__name__)


class ClusterSupervisor:
    """Runs the cluster of one queue, and starts it again when it died or froze."""

    def __init__(self, queue: str, workers: int) -> None:
        self.queue = queue
        role = "sweep" if queue == "sweep" else "worker"
        environment = {
            "SPELLHUB_ROLE": role,
            "SPELLHUB_WORKERS": str(workers),
            "Q_CLUSTER_NAME": queue,
        }
        self._keeper = Keeper(Child(f"the cluster of {queue}", ["cluster"], environment))
        self._broker: Broker | None = None

    def run(self, stopping: threading.Event) -> None:
        """Supervise until ``stopping`` is set, then stop the cluster within the grace time."""
        with own_folder(settings.DATA_DIR / "pulses") as folder:
            self._begin(folder)
            while not stopping.wait(LOOK_S):
                self._look()
            self._keeper.child.stop(GRACE_S)

    def _begin(self, folder: Path) -> None:
        self._folder = folder
        self._keeper.child.environment[pulse.FOLDER] = str(folder)
        self._begin_run()
        self._keeper.start(time.monotonic())

    def _look(self) -> None:
        now = time.monotonic()
        restarts = self._keeper.restarts
        self._keeper.tick(now)
        reason = self._canary.look(now) if self._keeper.child.is_running else None
        if reason:
            logger.error("the cluster of %s is frozen: %s; starting it again", self.queue, reason)
            self._keeper.restart(now)
        if self._keeper.restarts != restarts:
            self._begin_run()

    def _begin_run(self) -> None:
        """Forget the pulses of the last run and let its messages be delivered again."""
        for file in self._folder.iterdir():
            file.unlink()
        self._canary = Canary(self._folder, self._has_messages, settings.CANARY_S)
        try:
            release_messages(self.queue)
        except OUTAGES as error:
            logger.warning("messages of %s stay fetched for now: %s", self.queue, error)

    def _has_messages(self) -> bool:
        try:
            self._broker = self._broker or get_broker(self.queue)
            return bool(self._broker.queue_size())
        except OUTAGES as error:
            logger.warning("the queue %s cannot be asked: %s", self.queue, error)
            self._broker = None
            connection.close()
            return False


def release_messages(queue: str) -> int:
    """Let messages be delivered again that a dead cluster had fetched; return how many.

    Messages that another cluster of this queue works on are delivered twice: harmless, a message
    only says "look". Redis has forgotten them anyway; there the clock sends new ones.
    """
    # The host's clock, as the broker itself uses; and SQLite's has another form, which the broker
    # would never find equal to what it read.
    now = timezone.now()
    return int(OrmQ.objects.filter(key=queue, lock__gt=now).update(lock=now))
