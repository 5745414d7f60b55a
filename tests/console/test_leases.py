"""One of many acts: leases by compare-and-set, on the database's clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models.functions import Now

from spellhub.console.models import ClockLease
from spellhub.identifiers import uuid7

pytestmark = pytest.mark.django_db


def test_a_free_lease_goes_to_the_first() -> None:
    first, second = uuid7(), uuid7()
    assert ClockLease.take("clock", first, 5)
    assert not ClockLease.take("clock", second, 5)


def test_its_holder_renews_a_lease() -> None:
    holder = uuid7()
    ClockLease.take("clock", holder, 5)
    before = ClockLease.objects.get(name="clock").expires_at
    assert ClockLease.take("clock", holder, 60)
    assert ClockLease.objects.get(name="clock").expires_at > before


def test_an_expired_lease_goes_to_another() -> None:
    dead, heir = uuid7(), uuid7()
    ClockLease.take("clock", dead, 5)
    ClockLease.objects.update(expires_at=Now() - timedelta(milliseconds=1))
    assert ClockLease.take("clock", heir, 5)
    assert not ClockLease.take("clock", dead, 5)


def test_a_lease_given_back_is_free_at_once() -> None:
    first, second = uuid7(), uuid7()
    ClockLease.take("clock", first, 60)
    assert ClockLease.give_back("clock", first)
    assert ClockLease.take("clock", second, 5)


def test_nobody_gives_back_another_s_lease() -> None:
    holder, other = uuid7(), uuid7()
    ClockLease.take("clock", holder, 60)
    assert not ClockLease.give_back("clock", other)
    assert not ClockLease.take("clock", other, 5)


def test_leases_of_different_names_are_apart() -> None:
    assert ClockLease.take("clock", uuid7(), 5)
    assert ClockLease.take("sweep", uuid7(), 5)


@pytest.mark.django_db(transaction=True)
def test_of_many_that_ask_at_once_one_gets_it() -> None:
    def ask(holder: UUID) -> bool:
        try:
            return ClockLease.take("clock", holder, 30)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, [uuid7() for _ in range(16)]))
    assert answers.count(True) == 1
