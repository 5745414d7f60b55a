"""One look at the database for all who wait; whoever's wait is over goes on."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

import pytest
from django.db import OperationalError

from casts.following import POLL_S, Follower
from spellhub.identifiers import uuid7

CAST, OTHER = uuid7(), uuid7()


class Table:
    """Where casts stand, changed by a test; counts how often it was read, and for how many."""

    def __init__(self) -> None:
        self.rows = {CAST: (1, "queued"), OTHER: (1, "queued")}
        self.reads: list[int] = []
        self.is_away = False

    def read(self, casts: Iterable[UUID]) -> dict[UUID, tuple[int, str]]:
        wanted = set(casts)
        self.reads.append(len(wanted))
        if self.is_away:
            raise OperationalError("away")
        return {cast: state for cast, state in self.rows.items() if cast in wanted}


def after_one(seq: int, _status: str) -> bool:
    return seq > 1


def test_only_those_whose_cast_moved_go_on() -> None:
    table = Table()

    async def scenario() -> tuple[bool, bool]:
        follower = Follower(table.read)
        moved = asyncio.create_task(follower.wait(CAST, after_one, 5))
        still = asyncio.create_task(follower.wait(OTHER, after_one, POLL_S * 5))
        await asyncio.sleep(POLL_S * 2)
        table.rows[CAST] = (2, "running")
        return await moved, await still

    assert asyncio.run(scenario()) == (True, False)


def test_a_hundred_who_wait_for_one_cast_are_one_read() -> None:
    table = Table()

    async def scenario() -> list[bool]:
        follower = Follower(table.read)
        waits = [follower.wait(CAST, after_one, POLL_S * 3.5) for _ in range(100)]
        return await asyncio.gather(*waits)

    assert asyncio.run(scenario()) == [False] * 100
    assert set(table.reads) == {1}
    assert len(table.reads) <= 5


def test_nobody_is_followed_when_nobody_waits_and_anybody_afterwards() -> None:
    table = Table()

    async def scenario() -> bool:
        follower = Follower(table.read)
        await follower.wait(CAST, after_one, POLL_S)
        await asyncio.sleep(POLL_S * 3)
        before = len(table.reads)
        await asyncio.sleep(POLL_S * 3)
        assert len(table.reads) == before
        table.rows[CAST] = (2, "running")
        return await follower.wait(CAST, after_one, 5)

    assert asyncio.run(scenario())


def test_what_happened_before_the_wait_ends_it_at_once() -> None:
    table = Table()
    table.rows[CAST] = (9, "succeeded")

    async def scenario() -> bool:
        return await Follower(table.read).wait(CAST, after_one, 5)

    assert asyncio.run(scenario())
    assert len(table.reads) == 1


def test_all_who_wait_learn_that_the_database_is_away_and_the_next_one_is_served() -> None:
    table = Table()
    table.is_away = True

    async def scenario() -> bool:
        follower = Follower(table.read)
        waits = [follower.wait(CAST, after_one, 5), follower.wait(OTHER, after_one, 5)]
        told = await asyncio.gather(*waits, return_exceptions=True)
        assert [type(error) for error in told] == [OperationalError, OperationalError]
        table.is_away = False
        table.rows[CAST] = (2, "running")
        return await follower.wait(CAST, after_one, 5)

    assert asyncio.run(scenario())


def test_a_wait_that_is_given_up_leaves_nothing_behind() -> None:
    table = Table()

    async def scenario() -> int:
        follower = Follower(table.read)
        waiting = asyncio.create_task(follower.wait(CAST, after_one, 60))
        await asyncio.sleep(POLL_S)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.sleep(POLL_S * 3)
        before = len(table.reads)
        await asyncio.sleep(POLL_S * 3)
        return len(table.reads) - before

    assert asyncio.run(scenario()) == 0
