"""A child that dies is started again, later each time it dies soon."""

import pytest

from spellhub.console.keeper import FIRST_PAUSE_S, LONGEST_PAUSE_S, STEADY_S, Keeper
from spellhub.console.processes import Child


class Puppet(Child):
    """A child without a process."""

    def __init__(self) -> None:
        super().__init__("puppet", [])
        self.starts = 0
        self.runs = False
        self.kills = 0

    def start(self) -> None:
        self.starts += 1
        self.runs = True

    @property
    def is_running(self) -> bool:
        return self.runs

    def kill(self) -> None:
        self.kills += 1
        self.runs = False

    def die(self) -> None:
        self.runs = False


@pytest.fixture
def puppet() -> Puppet:
    return Puppet()


@pytest.fixture
def keeper(puppet: Puppet) -> Keeper:
    keeper = Keeper(puppet)
    keeper.start(0.0)
    return keeper


def test_a_running_child_is_left_alone(keeper: Keeper, puppet: Puppet) -> None:
    keeper.tick(1.0)
    assert (puppet.starts, puppet.kills) == (1, 0)


def test_a_dead_child_is_started_again_after_a_pause(keeper: Keeper, puppet: Puppet) -> None:
    puppet.die()
    keeper.tick(10.0)
    assert puppet.starts == 1
    keeper.tick(10.0 + FIRST_PAUSE_S)
    assert puppet.starts == 2
    assert keeper.restarts == 1


def test_what_a_dead_child_left_is_ended_before_its_successor_starts(
    keeper: Keeper, puppet: Puppet
) -> None:
    puppet.die()
    keeper.tick(10.0)
    assert (puppet.kills, puppet.starts) == (1, 1)


def test_the_pause_grows_to_a_limit_while_it_keeps_dying(keeper: Keeper, puppet: Puppet) -> None:
    now, pauses = 0.0, []
    for _ in range(12):
        puppet.die()
        keeper.tick(now)
        died = now
        while not puppet.runs:
            now += 0.25
            keeper.tick(now)
        pauses.append(now - died)
    assert pauses == sorted(pauses)
    assert pauses[:3] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
    assert pauses[-1] == LONGEST_PAUSE_S


def test_after_a_steady_while_the_pause_is_short_again(keeper: Keeper, puppet: Puppet) -> None:
    for now in (1.0, 2.0, 3.0, 4.0, 5.0):
        puppet.die()
        keeper.tick(now)
        keeper.tick(now + 0.999)
    keeper.start(100.0)
    puppet.die()
    keeper.tick(100.0 + STEADY_S)
    keeper.tick(100.0 + STEADY_S + FIRST_PAUSE_S)
    assert puppet.runs


def test_restarting_ends_the_old_child_first(keeper: Keeper, puppet: Puppet) -> None:
    keeper.restart(5.0)
    assert (puppet.kills, puppet.starts, keeper.restarts) == (1, 2, 1)
