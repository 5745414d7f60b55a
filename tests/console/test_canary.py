"""A frozen cluster is told from a busy one."""

import pytest

from spellhub.console.canary import Scene, Stall, is_frozen, why_frozen

PATIENCE_S = 15.0
NOW = 1000.0
LONG_AGO = NOW - PATIENCE_S - 1
JUST_NOW = NOW - 1


def test_an_idle_cluster_without_messages_is_not_frozen() -> None:
    assert not is_frozen(Scene(now=NOW, idle_since=LONG_AGO), PATIENCE_S)


def test_messages_that_wait_while_all_workers_are_busy_are_not_a_freeze() -> None:
    busy = Scene(now=NOW, idle_since=None, waiting_since=1.0, undelivered_since=1.0)
    assert not is_frozen(busy, PATIENCE_S)


def test_messages_that_wait_only_a_moment_are_not_a_freeze() -> None:
    scene = Scene(now=NOW, idle_since=LONG_AGO, waiting_since=JUST_NOW, undelivered_since=JUST_NOW)
    assert not is_frozen(scene, PATIENCE_S)


def test_a_worker_that_became_idle_just_now_may_still_take_the_messages() -> None:
    scene = Scene(now=NOW, idle_since=JUST_NOW, waiting_since=LONG_AGO, undelivered_since=LONG_AGO)
    assert not is_frozen(scene, PATIENCE_S)


@pytest.mark.parametrize(
    ("scene", "reason"),
    [
        (Scene(now=NOW, no_worker_since=LONG_AGO), "no worker is alive"),
        (
            Scene(now=NOW, idle_since=LONG_AGO, waiting_since=LONG_AGO),
            "messages are waiting and nobody fetches them for an idle worker",
        ),
        (
            Scene(now=NOW, idle_since=LONG_AGO, undelivered_since=LONG_AGO),
            "messages were fetched and an idle worker does not take them",
        ),
        (
            Scene(now=NOW, unacknowledged_since=LONG_AGO),
            "finished messages are not acknowledged",
        ),
    ],
)
def test_what_does_not_move_although_somebody_could_move_it_is_a_freeze(
    scene: Scene, reason: str
) -> None:
    assert why_frozen(scene, PATIENCE_S) == reason


def test_a_stall_lasts_from_when_it_was_first_seen() -> None:
    stall = Stall()
    assert stall.look(10.0, is_due=True, progress=3) == 10.0
    assert stall.look(20.0, is_due=True, progress=3) == 10.0


def test_progress_begins_a_stall_anew() -> None:
    stall = Stall()
    stall.look(10.0, is_due=True, progress=3)
    assert stall.look(20.0, is_due=True, progress=4) == 20.0


def test_what_is_not_due_does_not_stall() -> None:
    stall = Stall()
    stall.look(10.0, is_due=True, progress=3)
    assert stall.look(20.0, is_due=False, progress=3) is None
    assert stall.look(30.0, is_due=True, progress=3) == 30.0
