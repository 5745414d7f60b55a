"""Who asks: the bearer of an API key."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from spellhub.accounts.models import ApiKey, digest_of

# How exact the time of a key's last use is; a write for each request would be wasted.
USE_IS_NOTED_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """Reads ``Authorization: Bearer sk_…``: the user is the key's account, ``auth`` its row."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return the account and the key; None without the header, else raises a 401."""
        header = request.headers.get("Authorization")
        if header is None:
            return None
        scheme, _, key = header.partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise exceptions.AuthenticationFailed("Send `Authorization: Bearer sk_…`.")
        row = _usable(key.strip())
        if row is None:
            raise exceptions.AuthenticationFailed("The API key is unknown or revoked.")
        _note_use(row)
        return row.account, row

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - the protocol
        """Return the challenge of a 401."""
        return 'Bearer realm="spellhub"'


def _usable(key: str) -> ApiKey | None:
    keys: Any = ApiKey.objects.select_related("account")
    row: ApiKey | None = keys.filter(
        digest=digest_of(key), revoked_at__isnull=True, account__is_active=True
    ).first()
    return row


def _note_use(key: ApiKey) -> None:
    if key.last_used_at and timezone.now() - key.last_used_at < USE_IS_NOTED_EVERY:
        return
    is_due = Q(last_used_at__isnull=True) | Q(last_used_at__lte=Now() - USE_IS_NOTED_EVERY)
    ApiKey.objects.filter(is_due, pk=key.pk).update(last_used_at=Now())
