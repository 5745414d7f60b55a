"""Keeping a claim while its call runs, with the real thread and its own connection."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError
from pytest_django import Settings

from generations import leases
from generations.leases import Lease
from generations.models import Generation
from generations.states import Status
from tests.factories import GenerationFactory

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 10.0


@pytest.fixture
def running(settings: Settings) -> Generation:
    """A claim with a lease of an hour ago, beside a thread that renews often."""
    settings.LEASE_RENEWAL_S = 0.05
    row: Generation = GenerationFactory(status=Status.RUNNING)
    row.lease_until = row.created_at - timedelta(hours=1)
    row.save()
    return row


def comes_true(what: Callable[[], bool]) -> bool:
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        if what():
            return True
        time.sleep(0.02)
    return False


def is_renewed(row: Generation) -> bool:
    stored = Generation.objects.get(pk=row.pk)
    return stored.lease_until is not None and stored.lease_until > row.created_at


@pytest.mark.failure("B4")
def test_a_call_that_takes_longer_than_a_lease_keeps_it(running: Generation) -> None:
    """Guard: the lease is renewed in the background for as long as the call runs."""
    with leases.held(running.pk, running.epoch) as lease:
        assert comes_true(lambda: is_renewed(running))
        assert lease.is_held


@pytest.mark.failure("B4")
def test_a_call_that_ended_renews_its_lease_no_more(running: Generation) -> None:
    """Guard: held() takes the lease out of the beat when its call ends."""
    with leases.held(running.pk, running.epoch) as lease:
        assert comes_true(lambda: is_renewed(running))
    Generation.objects.filter(pk=running.pk).update(lease_until=running.created_at)
    before = lease.due
    with leases.held(running.pk, running.epoch) as another:
        # The beat has come round again, to the other lease of the same claim only.
        assert comes_true(lambda: another.due > before + 0.2)
    assert lease.due == before


@pytest.mark.failure("B5")
def test_a_call_whose_claim_was_taken_learns_of_it(running: Generation) -> None:
    """Guard: a renewal that matches no row makes the lease a lost one."""
    with leases.held(running.pk, running.epoch) as lease:
        Generation.objects.filter(pk=running.pk).update(epoch=running.epoch + 1)
        assert comes_true(lambda: not lease.is_held)
    assert not is_renewed(running)


@pytest.mark.failure("B4")
def test_a_fault_of_the_database_ends_no_renewing(
    running: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: Lease.keep goes on after a fault; the next beat tells whether the claim holds."""
    faults = [
        OperationalError("the server went away"),
        InterfaceError("the connection is closed"),
    ]
    renew = Lease.renew

    def renew_but_once(lease: Lease) -> bool:
        if faults:
            raise faults.pop()
        return renew(lease)

    monkeypatch.setattr(Lease, "renew", renew_but_once)
    with leases.held(running.pk, running.epoch) as lease:
        assert comes_true(lambda: is_renewed(running))
        assert lease.is_held
    assert faults == []
