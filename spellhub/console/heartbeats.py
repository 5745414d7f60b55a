"""How a process tells the others that it lives."""

import logging
import os
import socket
import threading
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection
from django.db.models.functions import Now

from spellhub.console.models import ProcessHeartbeat
from spellhub.identifiers import uuid7

BEAT_S = 5.0
# Heard from within this time, a process counts as living: three beats may be missed.
HEARD_WITHIN_S = 20.0

logger = logging.getLogger(__name__)


def _idle() -> str:
    return ""


class Heartbeat:
    """One process's row, kept fresh until the process ends.

    ``doing`` returns what the process works on, empty when nothing; it is called from the beating
    thread.
    """

    def __init__(self, role: ProcessHeartbeat.Role, doing: Callable[[], str] = _idle) -> None:
        self.id = uuid7()
        self._role = role
        self._doing = doing
        self._told: str | None = None

    def start(self) -> None:
        """Beat every few seconds, in a thread with a connection of its own."""
        threading.Thread(target=self._keep_beating, name="heartbeat", daemon=True).start()

    def _keep_beating(self) -> None:
        while True:
            self.beat()
            _pause.wait(BEAT_S)

    def beat(self) -> bool:
        """Beat once; return whether the database heard it."""
        doing = self._doing()[:200]
        try:
            self._write(doing)
        except (DatabaseError, InterfaceError) as error:
            # Silence is what tells the others; the next beat finds a new connection.
            logger.info("no heartbeat: %s", error)
            connection.close()
            return False
        self._told = doing
        return True

    def _write(self, doing: str) -> None:
        news = {"doing": doing, "beat_at": Now()}
        if doing != self._told:
            news["since"] = Now()
        if not ProcessHeartbeat.objects.filter(id=self.id).update(**news):
            ProcessHeartbeat.objects.create(
                id=self.id,
                role=self._role,
                host=socket.gethostname(),
                pid=os.getpid(),
                doing=doing,
                since=Now(),
            )


_pause = threading.Event()
