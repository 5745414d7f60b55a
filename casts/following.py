"""Waiting for casts to move: one look at the database for all who wait in this process.

While anybody waits, one task asks every tenth of a second where their casts stand; whoever's wait
is over goes on. It asks in a thread of its own, over a connection of its own, and gives both back
when nobody waits any more.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import connections

from casts.models import Cast

POLL_S = 0.1

# Given the number of a cast's last event, and its status.
Enough = Callable[[int, str], bool]
Read = Callable[[Iterable[UUID]], dict[UUID, tuple[int, str]]]


@dataclass(eq=False)
class _Waiter:
    cast: UUID
    is_enough: Enough
    told: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


def states_of(casts: Iterable[UUID]) -> dict[UUID, tuple[int, str]]:
    """Return where casts stand: the number of the last event, and the status."""
    rows = Cast.objects.filter(pk__in=casts).values_list("id", "seq", "status")
    return {row[0]: (row[1], row[2]) for row in rows}


class Follower:
    """Follows the casts that are waited for in one event loop."""

    def __init__(self, read: Read = states_of) -> None:
        self._read = read
        self._waiters: set[_Waiter] = set()
        self._task: asyncio.Task[None] | None = None

    async def wait(self, cast: UUID, is_enough: Enough, seconds: float) -> bool:
        """See the function of this name."""
        waiter = _Waiter(cast, is_enough)
        self._waiters.add(waiter)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow())
        try:
            async with asyncio.timeout(seconds):
                await waiter.told
        except TimeoutError:
            return False
        finally:
            self._waiters.discard(waiter)
        return True

    async def _follow(self) -> None:
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="following")
        try:
            # Nothing is awaited between the last check and the end, so that nobody is missed.
            while self._waiters:
                await self._look(executor)
                await asyncio.sleep(POLL_S)
        except Exception as error:  # noqa: BLE001 - each waiter raises it in its own request
            for waiter in self._waiters:
                if not waiter.told.done():
                    waiter.told.set_exception(error)
        finally:
            executor.submit(connections.close_all)
            executor.shutdown(wait=False)

    async def _look(self, executor: ThreadPoolExecutor) -> None:
        wanted = {waiter.cast for waiter in self._waiters}
        found = await asyncio.get_running_loop().run_in_executor(executor, self._read, wanted)
        for waiter in self._waiters:
            state = found.get(waiter.cast)
            if state and not waiter.told.done() and waiter.is_enough(*state):
                waiter.told.set_result(None)


_followers: WeakKeyDictionary[asyncio.AbstractEventLoop, Follower] = WeakKeyDictionary()


async def wait(cast: UUID, is_enough: Enough, seconds: float) -> bool:
    """Wait until a cast's last event and status are enough; False after so many seconds.

    Raises the database's error when it cannot be asked.
    """
    loop = asyncio.get_running_loop()
    follower = _followers.setdefault(loop, Follower())
    return await follower.wait(cast, is_enough, seconds)
