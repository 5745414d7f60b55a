"""What the database itself refuses of keys and remembered answers."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from spellhub.accounts.models import ApiKey, IdempotencyKey
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def remember(owner: str = "account:1", endpoint: str = "casts", key: str = "k") -> IdempotencyKey:
    """Write the row of a key as a request does."""
    return IdempotencyKey.objects.create(
        owner=owner,
        endpoint=endpoint,
        key=key,
        digest="d",
        status=202,
        response={},
        expires_at=datetime.now(UTC),
    )


@pytest.mark.failure("B6")
def test_a_key_is_used_once() -> None:
    """Guard: idempotency_key_used_once; owner, endpoint and key are unique together."""
    remember()
    remember(owner="account:2")
    remember(endpoint="tools.run")
    remember(key="another")
    with pytest.raises(IntegrityError), transaction.atomic():
        remember()


def test_two_api_keys_of_one_digest_are_refused() -> None:
    account = UserFactory()
    row, _ = ApiKey.issue(account)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.create(account=account, prefix="sk_x", digest=row.digest)
