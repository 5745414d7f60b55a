"""Spells, their immutable versions, and casts.

A cast's states, moved only by the engine under the cast's own lock:

    queued ──▶ running ──▶ succeeded | failed | cancelled
                  ▲──────────retry────────┘ (not from succeeded)
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum

from casts.hints import hint
from casts.states import FINAL, LIVE, Status
from generations.models import Charge
from spellhub.identifiers import uuid7
from spellhub.ordered_json import OrderedJSONField
from spellhub.triggers import Refusal


class Spell(models.Model):
    """A named, owned pipeline; what it does is in its versions."""

    class Visibility(models.TextChoices):
        """Who may cast it: its owner; whoever knows its slug; everybody, and it is listed."""

        PRIVATE = "private"
        UNLISTED = "unlisted"
        PUBLIC = "public"

    slug = models.SlugField(max_length=60, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="spells")
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    open = models.BooleanField(default=False, help_text="Let others read its definition.")
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.slug


class SpellVersion(models.Model):
    """A numbered snapshot of a spell, never updated; ``tool_versions`` pins its tools."""

    spell = models.ForeignKey(Spell, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = OrderedJSONField()
    tool_versions = models.JSONField()
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["spell", "number"], name="spell_version_numbered_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="spell_version_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.spell} v{self.number}"


class Cast(models.Model):
    """One execution of one spell version.

    ``seq`` is the number of its last event. ``hinted_at``, ``hint_count`` and ``quiet_until`` keep
    the clock from hinting the same cast again and again. Without ``uses_cache`` every step runs,
    also where earlier outputs could be reused.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(SpellVersion, models.PROTECT, related_name="casts")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="casts")
    source = models.CharField(max_length=20)
    api_key = models.ForeignKey(
        "accounts.ApiKey", models.PROTECT, null=True, blank=True, related_name="casts"
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    round = models.PositiveSmallIntegerField(default=1)
    inputs = models.JSONField()
    outputs = models.JSONField(null=True)
    failure = models.JSONField(null=True)
    metadata = models.JSONField(default=dict)
    uses_cache = models.BooleanField(default=True)
    seq = models.PositiveIntegerField(default=0)
    deadline_at = models.DateTimeField(null=True)
    hinted_at = models.DateTimeField(null=True)
    hint_count = models.PositiveSmallIntegerField(default=0)
    quiet_until = models.DateTimeField(null=True)
    forked_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="forks")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        permissions: ClassVar = [
            ("retry_cast", "Can retry a cast"),
            ("fail_cast", "Can fail a cast"),
            ("cancel_cast", "Can cancel a cast"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=FINAL, finished_at__isnull=False)
                | Q(status__in=LIVE, finished_at__isnull=True),
                name="cast_final_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.SUCCEEDED, outputs__isnull=False)
                | (~Q(status=Status.SUCCEEDED) & Q(outputs__isnull=True)),
                name="cast_outputs_iff_succeeded",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.FAILED, failure__isnull=False)
                | (~Q(status=Status.FAILED) & Q(failure__isnull=True)),
                name="cast_failure_iff_failed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-created_at"], name="cast_of_account"),
            models.Index(
                fields=["status", "created_at"], condition=Q(status__in=LIVE), name="cast_live"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.id}"

    @property
    def topic(self) -> str:
        """The topic of this cast's events."""
        return f"cast:{self.id}"

    @property
    def is_final(self) -> bool:
        """Whether the cast has reached an end."""
        return self.status in FINAL

    def wake(self) -> None:
        """Have a worker look at the cast; rows below it tell so when something happened to them."""
        hint(self.id)

    @property
    def cost(self) -> Decimal:
        """The sum of what its attempts were charged."""
        settled = Charge.objects.filter(generation__cast=self, kind=Charge.Kind.SETTLED)
        total: Decimal | None = settled.aggregate(total=Sum("amount"))["total"]
        return total or Decimal(0)


class Skip(models.Model):
    """A step that ``when``, or a skipped requirement, left out in a round."""

    cast = models.ForeignKey(Cast, models.PROTECT, related_name="skips")
    step = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cast", "step", "round"], name="skip_once_a_round")
        ]

    def __str__(self) -> str:
        return f"{self.step} skipped: {self.reason}"


class Restart(models.Model):
    """A retry made this step start over: what it did before ``round`` no longer counts.

    With ``keeps_successes`` the items that had succeeded still do.
    """

    cast = models.ForeignKey(Cast, models.PROTECT, related_name="restarts")
    step = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField()
    keeps_successes = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cast", "step", "round"], name="restart_once_a_round")
        ]

    def __str__(self) -> str:
        return f"{self.step} from round {self.round}"


class LiveLink(models.Model):
    """An unguessable, revocable, expiring address of one cast's live page.

    With ``strips_metadata`` its pictures are served without anything but their pixels.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cast = models.ForeignKey(Cast, models.PROTECT, related_name="live_links")
    token = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    strips_metadata = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"live page of {self.cast_id}"

    def is_open(self, now: datetime) -> bool:
        """Whether the link still lets anybody in."""
        return self.revoked_at is None and now < self.expires_at


REFUSALS = (
    Refusal(
        name="spell_version_is_immutable",
        table="casts_spellversion",
        columns=("spell_id", "number", "definition", "tool_versions", "digest", "created_by_id"),
        message="A spell version never changes",
    ),
    Refusal(
        name="event_is_append_only",
        table="events_event",
        columns=("topic", "seq", "kind", "data", "actor", "at"),
        message="An event never changes",
    ),
)


def facts_of(cast: Cast) -> dict[str, Any]:
    """Return what expressions know of their cast."""
    return {"id": str(cast.id), "account": str(cast.account_id)}
