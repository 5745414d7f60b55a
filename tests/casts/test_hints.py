"""Messages never run ahead of the rows they speak of."""

from contextlib import suppress
from uuid import UUID

import pytest
from django.db import transaction
from django_q.models import OrmQ
from pytest_django import Settings

from casts import hints
from spellhub.identifiers import uuid7


class TakenBack(Exception):
    """Ends a transaction that is not to be."""


def hint_and_take_back() -> int:
    """Hint in a transaction that is rolled back; return how many messages it held."""
    with suppress(TakenBack), transaction.atomic():
        hints.hint(uuid7())
        held: int = OrmQ.objects.count()
        raise TakenBack
    return held


@pytest.fixture
def sent(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """What was sent, as on a broker outside the database."""
    found: list[UUID] = []
    settings.REDIS_URL = "redis://localhost:1"
    monkeypatch.setattr(hints, "_send", found.append)
    return found


@pytest.mark.failure("B10")
@pytest.mark.django_db(transaction=True)
def test_a_broker_outside_the_database_hears_of_a_cast_after_the_commit(sent: list[UUID]) -> None:
    """Guard: hint() sends on commit."""
    cast = uuid7()
    with transaction.atomic():
        hints.hint(cast)
        assert sent == []
    assert sent == [cast]


@pytest.mark.failure("B10")
@pytest.mark.django_db(transaction=True)
def test_a_broker_outside_the_database_never_hears_of_what_was_taken_back(
    sent: list[UUID],
) -> None:
    """Guard: hint() sends on commit."""
    hint_and_take_back()
    assert sent == []


@pytest.mark.failure("B10")
@pytest.mark.django_db(transaction=True)
def test_a_message_in_the_database_is_taken_back_with_its_rows() -> None:
    """Guard: on the database's own broker a message is a row of the same transaction."""
    assert hint_and_take_back() == 1
    assert OrmQ.objects.count() == 0
