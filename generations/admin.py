"""Attempts, files and money in the admin: to be read; acting is for the cast's own page."""

# The admin calls its methods with all their arguments, wanted or not.
# ruff: noqa: ARG002

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generations.failures import CODES
from generations.models import Artifact, ArtifactLink, Charge, Generation, OrphanResult
from generations.states import HoldReason, Status
from spellhub.identifiers import short
from spellhub.read_only import ReadOnlyAdmin, as_block


def state_of(row: Generation) -> SafeString:
    """Return the chip of an attempt's state."""
    is_backing_off = row.hold_reason == HoldReason.BACKOFF
    state = "retrying" if is_backing_off else row.status
    return render_to_string("parts/state.html", {"state": state, "word": state.capitalize()})


class ChargeInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Charge
    fields = readonly_fields = ("kind", "amount", "currency", "at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: charges are written by the engine."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a charge never changes."""
        return False


@admin.register(Generation)
class GenerationAdmin(ReadOnlyAdmin):
    list_display = ("state", "short_id", "step", "attempt", "tool", "lost", "code", "created_at")
    list_display_links = ("short_id",)
    list_filter = ("status", "hold_reason")
    search_fields = ("job_id__exact", "tool__exact", "step__exact")
    search_help_text = "A whole id, job id, tool or step."
    exact_ids = ("id", "cast_id")
    ordering = ("-id",)
    inlines = (ChargeInline,)
    fieldsets = (
        (None, {"fields": ("state", "id", "of_cast", "step", "attempt", "round", "item")}),
        ("Tool", {"fields": ("tool", "tool_version", "adapter", "job_id")}),
        ("Failure", {"fields": ("why", "failure_text")}),
        ("Inputs and outputs", {"fields": ("inputs_text", "outputs_text")}),
        (
            "Times",
            {"fields": ("created_at", "started_at", "finished_at", "deadline_at", "next_look_at")},
        ),
        (
            "Claim",
            {
                "classes": ("collapse",),
                "fields": (
                    "epoch",
                    "lease_until",
                    "lost",
                    "hold_reason",
                    "hold_since",
                    "submit_intent_at",
                    "cancel_intent_at",
                    "cancel_done_at",
                    "cached_from",
                    "adopted_from",
                ),
            },
        ),
    )

    @admin.display(description="state", ordering="status")
    def state(self, row: Generation) -> SafeString:
        """Show the state by colour, icon and word."""
        return state_of(row)

    @admin.display(description="generation", ordering="id")
    def short_id(self, row: Generation) -> str:
        """Show the tail of the id."""
        return short(row.id)

    @admin.display(description="cast")
    def of_cast(self, row: Generation) -> SafeString:
        """Lead to the cast."""
        url = reverse("admin:casts_cast_change", args=[row.cast_id])
        return format_html('<a class="id" href="{}">{}</a>', url, row.cast_id)

    @admin.display(description="code", empty_value="—")
    def code(self, row: Generation) -> str | None:
        """Show what it failed with."""
        return row.failure["code"] if row.status == Status.FAILED and row.failure else None

    @admin.display(description="why")
    def why(self, row: Generation) -> str:
        """Explain the failure."""
        explained = CODES.get((row.failure or {}).get("code", ""))
        if explained is None:
            return "—"
        return f"{explained.sentence} {explained.cause} Next: {explained.action}"

    @admin.display(description="failure")
    def failure_text(self, row: Generation) -> SafeString | str:
        """Lay the failure out, with its trace as it was printed."""
        if not row.failure:
            return "—"
        rest = {key: value for key, value in row.failure.items() if key != "trace"}
        if not row.failure.get("trace"):
            return as_block(rest)
        return format_html(
            '{}<details><summary>Trace</summary><pre class="definition">{}</pre></details>',
            as_block(rest),
            row.failure["trace"],
        )

    @admin.display(description="inputs")
    def inputs_text(self, row: Generation) -> SafeString | str:
        """Lay the inputs out."""
        return as_block(row.inputs)

    @admin.display(description="outputs")
    def outputs_text(self, row: Generation) -> SafeString | str:
        """Lay the outputs out."""
        return as_block(row.outputs)


@admin.register(Artifact)
class ArtifactAdmin(ReadOnlyAdmin):
    list_display = ("short_sha256", "media_type", "size", "width", "height", "created_at")
    search_fields = ("sha256__startswith",)
    search_help_text = "A whole id, or the start of a sha256."
    ordering = ("-id",)
    fields = ("id", "sha256", "media_type", "size", "width", "height", "file", "created_at")

    @admin.display(description="sha256", ordering="sha256")
    def short_sha256(self, row: Artifact) -> str:
        """Show the head of the hash."""
        return f"{row.sha256[:12]}…"


@admin.register(ArtifactLink)
class ArtifactLinkAdmin(ReadOnlyAdmin):
    list_display = ("short_id", "role", "account", "name", "media_type", "created_at")
    list_filter = ("role",)
    list_select_related = ("account", "artifact")
    search_fields = ("account__username__iexact",)
    search_help_text = "A whole id (of the link, its file or its generation), or an account."
    exact_ids = ("id", "artifact_id", "generation_id")
    ordering = ("-id",)
    fields = ("id", "role", "name", "account", "artifact", "generation", "made_by", "created_at")

    @admin.display(description="link", ordering="id")
    def short_id(self, row: ArtifactLink) -> str:
        """Show the tail of the id."""
        return short(row.id)

    @admin.display(description="type")
    def media_type(self, row: ArtifactLink) -> str:
        """Show what the file is."""
        return row.artifact.media_type

    @admin.display(description="provenance")
    def made_by(self, row: ArtifactLink) -> SafeString | str:
        """Lay out where the file came from."""
        return as_block(row.provenance)


@admin.register(Charge)
class ChargeAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "amount", "currency", "short_generation")
    list_filter = ("kind",)
    search_fields = ("currency__exact",)
    search_help_text = "A whole id of a generation or of its cast."
    exact_ids = ("generation_id", "generation__cast_id")
    ordering = ("-id",)
    fields = ("generation", "kind", "amount", "currency", "at")

    @admin.display(description="generation")
    def short_generation(self, row: Charge) -> str:
        """Show the tail of the id."""
        return short(row.generation_id)


@admin.register(OrphanResult)
class OrphanResultAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "short_generation", "epoch", "kind", "cost", "adopted_by")
    search_fields = ("generation__step__exact",)
    search_help_text = "A whole id of a generation or of its cast, or a step."
    exact_ids = ("generation_id", "generation__cast_id")
    list_select_related = ("adopted_by",)
    ordering = ("-id",)
    fields = ("generation", "epoch", "result", "cost", "received_at", "adopted_by")

    @admin.display(description="generation")
    def short_generation(self, row: OrphanResult) -> str:
        """Show the tail of the id."""
        return short(row.generation_id)

    @admin.display(description="brought")
    def kind(self, row: OrphanResult) -> str:
        """Say what came back late."""
        return "a failure" if row.outputs is None else "outputs"

    @admin.display(description="result")
    def result(self, row: OrphanResult) -> SafeString | str:
        """Lay the late result out."""
        return as_block(row.failure if row.outputs is None else row.outputs)
