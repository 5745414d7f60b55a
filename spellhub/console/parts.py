"""The processes that `up` keeps running."""

import logging
import time
import urllib.error
import urllib.request

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


def answers(address: str) -> bool:
    """Return whether the web server at this address is alive."""
    # Our own server, on this machine: no proxy may come between.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
