"""The rows below a cast: its generations, their files, their charges, their late results.

A generation's states and who moves it (all but ``lease_until`` only under its cast's lock):

    pending ──claim──▶ running ──outcome──▶ succeeded | failed | cancelled
                          │  ▲ lost lease: claimed anew, epoch + 1
                          └──┴──job submitted──▶ waiting ──outcome──▶ …
                                                 │  ▲ looked at: not finished
                                                 └──┘
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from generations.states import FINAL, LIVE, WORKED_ON, HoldReason, Status
from spellhub.identifiers import uuid7
from spellhub.money import MoneyField
from spellhub.triggers import Refusal


class Generation(models.Model):
    """One attempt of one step of one cast: always a real row, written before the tool is called.

    ``epoch`` is the fencing token: it grows with every claim, and a result counts only when it
    carries the present one. ``next_look_at`` is when somebody should look at a live generation
    although nothing happened to it. A step with ``for_each`` has ``item_count`` items, numbered
    from 0; any other has one. ``cache_key`` says what the outputs follow from, where they may be
    reused; ``cached_from`` is the attempt whose outputs these are.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cast = models.ForeignKey("casts.Cast", models.PROTECT, related_name="generations")
    step = models.CharField(max_length=40)
    item = models.PositiveSmallIntegerField(default=0)
    item_count = models.PositiveSmallIntegerField(default=1)
    round = models.PositiveSmallIntegerField()
    attempt = models.PositiveSmallIntegerField()
    tool = models.CharField(max_length=100)
    tool_version = models.CharField(max_length=40)
    adapter = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=Status.choices)
    hold_reason = models.CharField(max_length=12, choices=HoldReason.choices, null=True)
    hold_since = models.DateTimeField(null=True)
    inputs = models.JSONField()
    outputs = models.JSONField(null=True)
    failure = models.JSONField(null=True)
    job_id = models.CharField(max_length=200, null=True)
    job_handle = models.JSONField(default=dict)
    job_running_at = models.DateTimeField(null=True)
    job_missing_at = models.DateTimeField(null=True)
    looks = models.PositiveIntegerField(default=0)
    callback_token = models.CharField(max_length=64, unique=True, null=True)
    epoch = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lost = models.PositiveSmallIntegerField(default=0)
    submit_intent_at = models.DateTimeField(null=True)
    cancel_intent_at = models.DateTimeField(null=True)
    cancel_answer = models.CharField(max_length=12, null=True)
    cancel_done_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    progress = models.FloatField(null=True)
    cache_key = models.CharField(max_length=64, null=True)
    cached_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    adopted_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cast", "step", "item", "attempt"], name="generation_attempt_once"
            ),
            models.UniqueConstraint(
                fields=["cast", "step", "item"],
                condition=Q(status__in=LIVE),
                name="generation_one_live",
            ),
            models.UniqueConstraint(
                fields=["cast", "step", "item", "round"],
                condition=Q(status=Status.SUCCEEDED),
                name="generation_one_success_a_round",
            ),
            models.UniqueConstraint(
                fields=["adapter", "job_id"],
                condition=Q(job_id__isnull=False),
                name="generation_job_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=FINAL, finished_at__isnull=False)
                | Q(status__in=LIVE, finished_at__isnull=True),
                name="generation_final_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.SUCCEEDED, outputs__isnull=False)
                | (~Q(status=Status.SUCCEEDED) & Q(outputs__isnull=True)),
                name="generation_outputs_iff_succeeded",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.FAILED, failure__isnull=False)
                | (~Q(status=Status.FAILED) & Q(failure__isnull=True)),
                name="generation_failure_iff_failed",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.RUNNING, lease_until__isnull=False)
                | Q(status=Status.WAITING)
                | (~Q(status=Status.RUNNING) & Q(lease_until__isnull=True)),
                name="generation_lease_while_worked_on",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.WAITING) | Q(job_id__isnull=False),
                name="generation_waiting_has_job",
            ),
            models.CheckConstraint(
                condition=Q(cancel_done_at__isnull=True) | Q(cancel_intent_at__isnull=False),
                name="generation_cancel_done_was_meant",
            ),
            models.CheckConstraint(condition=Q(attempt__gte=1), name="generation_attempt_from_1"),
            models.CheckConstraint(
                condition=Q(item__lt=F("item_count")), name="generation_item_within_count"
            ),
            models.CheckConstraint(
                condition=Q(cached_from__isnull=True) | Q(status=Status.SUCCEEDED),
                name="generation_cached_has_succeeded",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_look_at"], condition=Q(status__in=LIVE), name="generation_look_due"
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(status__in=WORKED_ON),
                name="generation_lease_due",
            ),
            models.Index(
                fields=["next_look_at"],
                condition=Q(cancel_intent_at__isnull=False, cancel_done_at__isnull=True),
                name="generation_cancel_due",
            ),
            models.Index(
                fields=["cache_key", "-finished_at"],
                condition=Q(status=Status.SUCCEEDED, cache_key__isnull=False),
                name="generation_reusable",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} attempt {self.attempt} ({self.status})"


class ToolContract(models.Model):
    """What a version of a tool takes and gives, kept from the first time a spell was saved with it.

    Tells later what changed between that version and the one that is installed then.
    """

    key = models.CharField(max_length=100)
    version = models.CharField(max_length=40)
    input_schema = models.JSONField()
    output_schema = models.JSONField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "version"], name="tool_contract_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.key} version {self.version}"


class Artifact(models.Model):
    """The bytes of a file, stored once by content. Nobody gets at them but through a link."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    file = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.media_type}"


class ArtifactLink(models.Model):
    """One account's hold on a file; its id is what inputs and outputs of format artifact carry."""

    class Role(models.TextChoices):
        """How the file came to the account."""

        UPLOAD = "upload"
        OUTPUT = "output"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    artifact = models.ForeignKey(Artifact, models.PROTECT, related_name="links")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="artifacts")
    generation = models.ForeignKey(
        Generation, models.PROTECT, null=True, related_name="artifact_links"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    name = models.CharField(max_length=120, blank=True)
    provenance = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role="upload", generation__isnull=True)
                | Q(role="output", generation__isnull=False),
                name="artifact_link_output_has_generation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.name or self.id}"


class Charge(models.Model):
    """One append-only entry of an attempt's ledger; a cast's cost is the sum of the settled."""

    class Kind(models.TextChoices):
        """What the entry does to the money of the attempt."""

        RESERVED = "reserved"
        SETTLED = "settled"
        RELEASED = "released"

    generation = models.ForeignKey(Generation, models.PROTECT, related_name="charges")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = MoneyField()
    currency = models.CharField(max_length=3, default="USD")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["generation", "kind"], name="charge_once_a_kind"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="charge_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"


class Delivery(models.Model):
    """One inbound webhook request, stored as it came before anything acts on it; never deleted.

    ``mark`` is the provider's delivery id, or the digest of the body: the same request twice is one
    row. ``generation`` is found by the token of the address, or later by the job's id.
    """

    class Verdict(models.TextChoices):
        """What the door made of it."""

        ACCEPTED = "accepted"
        UNSIGNED = "unsigned"
        REFUSED = "refused"

    adapter = models.CharField(max_length=40)
    mark = models.CharField(max_length=200)
    generation = models.ForeignKey(Generation, models.PROTECT, null=True, related_name="deliveries")
    job_id = models.CharField(max_length=200, null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    why = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["adapter", "mark"], name="delivery_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["received_at"],
                condition=Q(read_at__isnull=True, generation__isnull=False),
                name="delivery_unread",
            )
        ]

    def __str__(self) -> str:
        return f"{self.adapter} delivery {self.mark}"


class OrphanResult(models.Model):
    """What came back for an attempt that no longer waited for it; kept, never applied by itself."""

    generation = models.ForeignKey(Generation, models.PROTECT, related_name="orphans")
    epoch = models.PositiveIntegerField()
    outputs = models.JSONField(null=True)
    failure = models.JSONField(null=True)
    cost = MoneyField(null=True)  # type: ignore[misc]
    received_at = models.DateTimeField()
    adopted_by = models.ForeignKey(Generation, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outputs__isnull=False, failure__isnull=True)
                | Q(outputs__isnull=True, failure__isnull=False),
                name="orphan_has_one_result",
            ),
            models.CheckConstraint(
                condition=Q(adopted_by__isnull=True) | ~Q(adopted_by=F("generation")),
                name="orphan_adopted_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"late result of {self.generation_id}"


REFUSALS = (
    Refusal(
        name="generation_final_is_final",
        table="generations_generation",
        columns=("status", "outputs", "failure", "finished_at", "cast_id", "step", "attempt"),
        when="OLD.finished_at IS NOT NULL",
        message="A final generation never changes",
    ),
    Refusal(
        name="charge_is_append_only",
        table="generations_charge",
        columns=("generation_id", "kind", "amount", "currency", "at"),
        message="A charge never changes",
    ),
    Refusal(
        name="tool_contract_is_immutable",
        table="generations_toolcontract",
        columns=("key", "version", "input_schema", "output_schema"),
        message="What a version of a tool takes and gives never changes",
    ),
)
