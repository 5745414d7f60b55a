"""The processes that `up` keeps running."""

import http.client
import logging
import time

from spellhub.console.keeper import Keeper
from spellhub.console.processes import Child

GRACE_S = 10.0

logger = logging.getLogger(__name__)

# `up` has run the system checks for all of them.
COMMANDS = {
    "web": ["web", "--skip-checks"],
    "worker": ["worker", "--skip-checks"],
    "sweep": ["worker", "--queue", "sweep", "--workers", "1", "--skip-checks"],
    "clock": ["clock", "--skip-checks"],
}


class Parts:
    """Web, workers and clock as children of this process."""

    def __init__(self) -> None:
        self._keepers = {name: Keeper(Child(name, command)) for name, command in COMMANDS.items()}

    def start(self, *names: str) -> None:
        """Start these parts."""
        for name in names:
            self._keepers[name].start(time.monotonic())

    def tick(self) -> None:
        """Start again what died. Call a few times a second, from the main thread."""
        for keeper in self._keepers.values():
            if keeper.started_at:
                keeper.tick(time.monotonic())

    def stop(self) -> None:
        """Stop all of them together within the grace time."""
        children = [keeper.child for keeper in self._keepers.values()]
        for child in children:
            child.ask_to_stop()
        until = time.monotonic() + GRACE_S
        for child in children:
            if not child.wait(until - time.monotonic()):
                logger.warning("%s did not stop in %s s", child.name, GRACE_S)
            child.kill()


def answers(host: str, port: int) -> bool:
    """Return whether our web server answers there, whatever it says."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    connection = http.client.HTTPConnection(here, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()
