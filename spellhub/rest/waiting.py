"""Requests that wait: they hold neither a thread nor a database connection, and are capped.

A view that may wait answers with a ``Later``; ``may_wait`` turns it into an asynchronous view that
waits where nothing is held, and lets go when the client does.
"""

import re
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from asgiref.sync import SyncToAsync, sync_to_async
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponseBase
from rest_framework.response import Response

from spellhub.rest import problems
from spellhub.rest.problems import Flaw, Problem

MAX_WAIT_S = 60
FREE_IN_S = 5
_PREFERENCE = re.compile(r"\s*wait\s*=\s*\"?(\d{1,9})\"?\s*(?:;.*)?", re.IGNORECASE)

# Waits at most so many seconds; says whether what was awaited came.
Wait = Callable[[float], Awaitable[bool]]


class Later(Response):
    """An answer that may become another one within ``seconds``.

    ``wait`` is awaited; then ``answer`` gives the status and data to send.
    """

    def __init__(
        self,
        now: Response,
        *,
        seconds: int,
        wait: Wait,
        answer: Callable[[], tuple[int, Any]],
    ) -> None:
        super().__init__(now.data, status=now.status_code, headers=dict(now.items()))
        self._seconds, self._wait, self._answer = seconds, wait, answer

    async def settle(self) -> None:
        """Wait, then take on what is true afterwards."""
        await self._wait(self._seconds)
        self.status_code, self.data = await sync_to_async(self._answer)()


class Seats:
    """How many requests may wait at a time in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.taken = 0

    @contextmanager
    def seat(self) -> Iterator[None]:
        """Hold a seat; raises Problem 503 when none is free."""
        with self._lock:
            if self.taken >= settings.MAX_WAITING:
                raise Problem(
                    503,
                    "too_many_waiting",
                    "Too many requests wait already. Nothing was done; ask without waiting.",
                    headers={"Retry-After": str(FREE_IN_S)},
                )
            self.taken += 1
        try:
            yield
        finally:
            with self._lock:
                self.taken -= 1


seats = Seats()


def seconds_preferred(request: HttpRequest) -> int:
    """Return the seconds of ``Prefer: wait=N`` (RFC 7240), at most 60; 0 without."""
    for preference in request.headers.get("Prefer", "").split(","):
        if found := _PREFERENCE.fullmatch(preference):
            return min(int(found[1]), MAX_WAIT_S)
    return 0


def seconds_asked(request: HttpRequest) -> int:
    """Return the seconds of ``?wait=N``; raises Problem 400."""
    return number_asked(request, "wait", MAX_WAIT_S)


def number_asked(request: HttpRequest, name: str, limit: int) -> int:
    """Return a whole number of the query, 0 when it is not there; raises Problem 400."""
    text = request.GET.get(name, "0")
    if not (text.isascii() and text.isdigit() and int(text[:12]) <= limit):
        detail = f"It must be a whole number from 0 to {limit}."
        flaw = Flaw(f"/{name}", "invalid", detail)
        raise Problem(400, "invalid_query", f"{name}: {detail}", errors=[flaw])
    return int(text)


View = Callable[..., HttpResponseBase]


def may_wait(view: View) -> Callable[..., Coroutine[Any, Any, HttpResponseBase]]:
    """Make a view asynchronous, so that its ``Later`` answers wait without holding anything."""

    @wraps(view)
    async def waiting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (seconds_preferred(request) or "wait" in request.GET):
            return await sync_to_async(view)(request, *args, **kwargs)
        try:
            # The seat comes first: a request that may not wait must not have done anything.
            with seats.seat():
                response = await sync_to_async(view)(request, *args, **kwargs)
                if isinstance(response, Later):
                    await _let_go()
                    await response.settle()
                return response
        except (Problem, DatabaseError, InterfaceError) as error:
            return problems.answer(request, error)

    return waiting


async def _let_go() -> None:
    """Give the request's database connection back, and its thread.

    Each request has a thread of its own for what is not asynchronous (asgiref); a new one is made
    when the request goes on. Under WSGI there is none to give back.
    """
    await sync_to_async(_close_connection)()
    context = SyncToAsync.thread_sensitive_context.get(None)
    if context is None:
        return
    executor = SyncToAsync.context_to_thread_executor.pop(context, None)
    if executor is not None:
        executor.shutdown(wait=False)


def _close_connection() -> None:
    # Inside a transaction (only in tests) the connection belongs to somebody else.
    if not connection.in_atomic_block:
        connection.close()
