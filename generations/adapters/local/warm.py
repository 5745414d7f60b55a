"""The one warm child of a worker process."""

import atexit
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from generations.adapters.base import Call
from generations.adapters.local.conversation import LOOK_EVERY_S, check_wanted
from generations.adapters.local.folder import sweep_abandoned
from generations.adapters.local.messages import Finished, Request
from generations.adapters.local.process import Child

MAX_CALLS = 200
"""After so many calls a child is replaced, with whatever its tools have leaked."""

MAX_IDLE_MIB = 768
"""A child that is larger after a call is not kept: what its tool loaded would stay in memory."""


class WarmChild:
    """Starts its child at the first call and lends it to one call at a time.

    A child that is spent is replaced; so is one in which earlier tools have taken up more than half
    of the memory that the next one may have.
    """

    def __init__(self, ceiling_mib: int) -> None:
        self._ceiling_mib = ceiling_mib
        self._turn = threading.Lock()
        self._child: Child | None = None
        os.register_at_fork(after_in_child=_weakly(self.forget))
        atexit.register(_weakly(self.stop))

    @property
    def pid(self) -> int | None:
        """The process id of the child, if there is one now."""
        return self._child.pid if self._child else None

    def ask(self, request: Request, call: Call) -> Finished:
        """Run a call in the child; raises what ``Child.ask`` raises."""
        with self._taking_turns(call):
            child = self._ready(request.memory_mib)
            try:
                return child.ask(request, call)
            finally:
                if _has_served(child):
                    self.stop()

    def stop(self) -> None:
        """Kill the child; the next call starts another."""
        child, self._child = self._child, None
        if child is not None:
            child.stop()

    def forget(self) -> None:
        """In a forked process: the child and the turn belong to the process we came from."""
        child, self._child = self._child, None
        self._turn = threading.Lock()
        if child is not None:
            child.let_go()

    @contextmanager
    def _taking_turns(self, call: Call) -> Iterator[None]:
        turn = self._turn
        while not turn.acquire(timeout=LOOK_EVERY_S):
            check_wanted(call)
        try:
            yield
        finally:
            turn.release()

    def _ready(self, memory_mib: int) -> Child:
        child = self._child
        if child is not None and (not child.is_alive() or child.size_mib() > memory_mib / 2):
            self.stop()
        if self._child is None:
            sweep_abandoned()
            self._child = Child(self._ceiling_mib)
        return self._child


def _has_served(child: Child) -> bool:
    return child.is_spent or child.calls >= MAX_CALLS or child.size_mib() > MAX_IDLE_MIB


def _weakly(method: Callable[[], None]) -> Callable[[], None]:
    """Return a call of the method that does not keep its object alive."""
    weak = weakref.WeakMethod(method)

    def call() -> None:
        alive = weak()
        if alive is not None:
            alive()

    return call
