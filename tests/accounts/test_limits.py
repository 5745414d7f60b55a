"""So many tries within a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pydoc import locate

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connections

from spellhub import database
from spellhub.accounts import limits
from spellhub.accounts.limits import Limit
from spellhub.accounts.models import Tries
from spellhub.schedules import PERIODIC

LIMIT = Limit("trial", 3, timedelta(minutes=10))


@pytest.mark.django_db
def test_tries_are_counted_for_each_subject_and_each_limit() -> None:
    assert [LIMIT.take("a") is None for _ in range(4)] == [True, True, True, False]
    assert LIMIT.take("b") is None
    assert Limit("another", 3, timedelta(minutes=10)).take("a") is None


@pytest.mark.django_db
def test_the_wait_is_what_is_left_of_the_time() -> None:
    for _ in range(3):
        LIMIT.take("a")
    Tries.objects.update(since=database.now() - timedelta(minutes=7))
    wait = LIMIT.take("a")
    assert wait is not None
    assert timedelta(minutes=2, seconds=50) < wait <= timedelta(minutes=3)
    Tries.objects.update(since=database.now() - timedelta(minutes=10))
    assert LIMIT.take("a") is None
    assert Tries.objects.get().count == 1


@pytest.mark.django_db
def test_what_is_given_back_may_be_taken_again() -> None:
    LIMIT.give_back("a")
    for _ in range(10):
        assert LIMIT.take("a") is None
        LIMIT.give_back("a")
    assert Tries.objects.get().count == 0


@pytest.mark.django_db
def test_tries_of_long_ago_are_forgotten() -> None:
    LIMIT.take("old")
    Tries.objects.update(since=database.now() - limits.KEPT)
    LIMIT.take("new")
    assert limits.purge() == 1
    assert Tries.objects.count() == 1
    assert limits.purge() == 0


def test_what_is_to_be_done_periodically_is_there_to_be_called() -> None:
    assert all(callable(locate(periodic.function)) for periodic in PERIODIC)


@pytest.mark.django_db
def test_sessions_that_are_over_are_forgotten() -> None:
    [clear] = [locate(one.function) for one in PERIODIC if one.name == "sessions"]
    over, open_ = SessionStore(), SessionStore()
    over.set_expiry(-1)
    over.create()
    open_.create()
    assert callable(clear)
    clear()
    assert [row.session_key for row in Session.objects.all()] == [open_.session_key]


@pytest.mark.failure("K3")
@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_do_not_pass_together() -> None:
    """Guards the conditional update: counting and taking are one statement."""

    def take(_: int) -> bool:
        try:
            return LIMIT.take("a") is None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(24))) == 3
