"""Spell versions: immutable, so only ever looked at: graph, definition, tools, what changed."""

# The admin calls its methods with all their arguments, wanted or not.
# ruff: noqa: ARG002

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from casts import definition as spells
from casts.comparing import Change, Edition, compare
from casts.comparing.changes import written
from casts.drift.rows import drift_of
from casts.models import SpellVersion
from casts.pages.graph import picture_of
from casts.yaml_writing import definition_as_yaml
from spellhub.read_only import ReadOnlyAdmin

# So many of the newest versions are offered to compare with.
MAX_OFFERED = 200
_STATES = {"added": "succeeded", "removed": "failed", "changed": "retrying"}


@admin.register(SpellVersion)
class SpellVersionAdmin(ReadOnlyAdmin):
    list_display = ("label", "created_at", "created_by", "short_digest")
    list_select_related = ("spell", "created_by")
    search_fields = ("spell__slug__startswith",)
    search_help_text = "The start of a slug."
    exact_ids = ()
    ordering = ("-id",)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Leave versions out of the index: their spells lead to them."""
        return {}

    @admin.display(description="version", ordering="id")
    def label(self, version: SpellVersion) -> str:
        """Name the version."""
        return str(version)

    @admin.display(description="digest")
    def short_digest(self, version: SpellVersion) -> str:
        """Show the head of the digest."""
        return f"{version.digest[:12]}…"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a version, and what changed since another one of the same spell."""
        version = self._version(request, object_id)
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), **self._page(request, version)}
        return TemplateResponse(request, "admin/casts/spellversion/page.html", context)

    def graph_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Draw the steps of a version."""
        return picture_of(self._version(request, object_id), request)

    def get_urls(self) -> list[URLPattern]:
        """Add the graph before the admin's own addresses, which take everything."""
        view = self.admin_site.admin_view(self.graph_view)
        graph = path("<str:object_id>/graph.svg", view, name="casts_spellversion_graph")
        return [graph, *super().get_urls()]

    def _version(self, request: HttpRequest, object_id: str) -> SpellVersion:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = SpellVersion.objects.select_related("spell__owner", "created_by")
        version = rows.filter(pk=object_id).first() if object_id.isdecimal() else None
        if version is None:
            raise Http404("There is no such version of a spell.")
        return version

    def _page(self, request: HttpRequest, version: SpellVersion) -> dict[str, Any]:
        others = version.spell.versions.exclude(pk=version.pk).order_by("-number")
        against = _chosen(version, request.GET.get("against", ""))
        definition = spells.parse(version.definition)
        return {
            "title": str(version),
            "opts": self.opts,
            "version": version,
            "newest": version.spell.versions.first(),
            "definition": definition,
            "pins": sorted(version.tool_versions.items()),
            "drift": drift_of(version),
            "text": definition_as_yaml(version.definition),
            "graph": reverse("admin:casts_spellversion_graph", args=[version.pk]),
            "may_upgrade": request.user.has_perm("casts.change_spell"),
            "others": others.values_list("number", flat=True)[:MAX_OFFERED],
            "against": against,
            **(_compared(against, version) if against else {}),
        }


def _chosen(version: SpellVersion, number: str) -> SpellVersion | None:
    """Return the version to compare with: the one asked for, else the one before this."""
    others = version.spell.versions.exclude(pk=version.pk)
    if number.isdecimal() and len(number) < 9:
        return others.filter(number=int(number)).first()
    return others.filter(number__lt=version.number).order_by("-number").first()


def _compared(against: SpellVersion, version: SpellVersion) -> dict[str, Any]:
    """Return what changed, from the older of two versions to the newer one."""
    older, newer = sorted((against, version), key=lambda one: one.number)
    comparison = compare(
        Edition(older.definition, older.tool_versions),
        Edition(newer.definition, newer.tool_versions),
    )
    return {
        "older": older,
        "newer": newer,
        "summary": comparison.summary,
        "changes": [_row(change) for change in comparison.changes],
    }


def _row(change: Change) -> dict[str, str]:
    return {
        "what": change.what,
        "state": _STATES[change.what],
        "place": change.place,
        "member": change.member,
        "before": "" if change.what == "added" else written(change.before),
        "after": "" if change.what == "removed" else written(change.after),
    }


class VersionInline(admin.TabularInline):  # type: ignore[type-arg]
    """The versions of a spell, newest first."""

    model = SpellVersion
    fields = readonly_fields = ("number", "created_by", "created_at", "digest")
    ordering = ("-number",)
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: saving the spell makes a version."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a version never changes."""
        return False
