"""Stopping when asked to."""

import logging
import os
import signal
import threading
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

logger = logging.getLogger(__name__)


def stop_on_signals() -> threading.Event:
    """Return an event that is set by Ctrl-C, SIGTERM or the loss of the terminal."""
    stopping = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        if stopping.is_set() and number == signal.SIGINT:
            # Asked twice: what we started ends with us.
            os._exit(1)
        logger.info("asked to stop by %s", signal.Signals(number).name)
        stopping.set()

    for asked in SIGNALS:
        signal.signal(asked, stop)
    return stopping
