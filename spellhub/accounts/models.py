"""What an account owns besides its casts: API keys, a budget, remembered answers; and tries."""

import hashlib
import secrets
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from spellhub.identifiers import uuid7
from spellhub.money import MoneyField, amount_of


class ApiKey(models.Model):
    """A bearer key. Only its digest is stored; the key itself is shown once, when it is made.

    A service key acts for the account that each request names; any other key acts for its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    is_service = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name or self.account})"

    @classmethod
    def issue(
        cls, account: models.Model, *, name: str = "", is_service: bool = False
    ) -> tuple[Self, str]:
        """Make a key; return its row and the key, which cannot be had again."""
        key = f"sk_{secrets.token_urlsafe(32)}"
        row = cls.objects.create(
            account=account, name=name, is_service=is_service, prefix=key[:9], digest=digest_of(key)
        )
        return row, key


def digest_of(key: str) -> str:
    """Return what is stored of a key. It has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


class Budget(models.Model):
    """A ceiling on cost. ``owner`` is for example ``account:7``.

    ``spent + reserved`` passes the ceiling only when the ceiling is lowered afterwards: amounts are
    taken by a conditional update.
    """

    owner = models.CharField(max_length=60, unique=True)
    ceiling = MoneyField()
    spent = MoneyField(default=0)
    reserved = MoneyField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ceiling__gte=0) & Q(spent__gte=0) & Q(reserved__gte=0),
                name="budget_never_negative",
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner}: {self.spent} + {self.reserved} of {self.ceiling}"

    @classmethod
    def room_for(cls, amount: Decimal) -> Q:
        """Return the condition under which an amount still fits."""
        return Q(ceiling__gte=F("spent") + F("reserved") + amount_of(amount))


class IdempotencyKey(models.Model):
    """A request that was answered, so that its repetition gets the same answer.

    ``response`` is the answer's body; the row is written in the transaction that makes the object.
    """

    owner = models.CharField(max_length=60)
    endpoint = models.CharField(max_length=60)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    response = models.JSONField()
    location = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "endpoint", "key"], name="idempotency_key_used_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.endpoint} {self.key}"


class Tries(models.Model):
    """How often something was tried since a time; ``subject`` is a keyed digest of who or what."""

    subject = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return f"{self.count} since {self.since:%Y-%m-%d %H:%M:%S}"
