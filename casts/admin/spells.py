"""Spells in the admin: their definitions are written here, through the one door of the library."""

# The admin calls its methods with all their arguments, wanted or not.
# ruff: noqa: ARG002

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from casts import library
from casts.admin.upgrading import UpgradeFilter, UpgradingAdmin
from casts.admin.versions import VersionInline
from casts.admin.writing import SpellForm, told
from casts.drift.verdict import is_behind
from casts.models import Spell, SpellVersion
from casts.yaml_writing import definition_as_yaml
from generations.tools import catalogue


@admin.register(Spell)
class SpellAdmin(UpgradingAdmin):
    form = SpellForm
    list_display = (
        *("slug", "name", "owner", "visibility", "latest", "tools", "archived", "updated_at"),
    )
    list_filter = ("visibility", "archived", UpgradeFilter)
    list_select_related = ("owner",)
    search_fields = ("slug__startswith", "name__icontains", "owner__username__iexact")
    search_help_text = "The start of a slug, a part of a name, or an account."
    ordering = ("slug",)
    inlines = (VersionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Spell]:
        """Add the number of each spell's newest version, and the tools it was checked against."""
        rows: QuerySet[Spell] = super().get_queryset(request)
        newest = SpellVersion.objects.filter(spell=OuterRef("pk")).order_by("-number")
        return rows.annotate(
            last_number=Subquery(newest.values("number")[:1]),
            pins=Subquery(newest.values("tool_versions")[:1]),
        )

    @admin.display(description="version", ordering="last_number")
    def latest(self, spell: Spell) -> str:
        """Name the newest version."""
        return f"v{getattr(spell, 'last_number', None) or 0}"

    @admin.display(description="tools")
    def tools(self, spell: Spell) -> SafeString | str:
        """Say whether the newest version can still be cast."""
        if not is_behind(getattr(spell, "pins", None) or {}, catalogue.by_key()):
            return "as they were"
        return render_to_string(
            "parts/state.html", {"state": "retrying", "word": "Needs an upgrade"}
        )

    @admin.display(description="casts")
    def casts(self, spell: Spell) -> SafeString:
        """Lead to the casts of the spell."""
        url = f"{reverse('admin:casts_cast_changelist')}?spell={spell.slug}"
        return format_html('<a href="{}">Show the casts of this spell</a>', url)

    @admin.display(description="newest version")
    def newest(self, spell: Spell) -> SafeString | str:
        """Lead to the newest version, with its graph and what changed."""
        version = spell.versions.first()
        if version is None:
            return "—"
        url = reverse("admin:casts_spellversion_change", args=[version.pk])
        behind = is_behind(version.tool_versions, catalogue.by_key())
        more = ": needs an upgrade" if behind else ""
        return format_html('<a href="{}">{}</a>{}', url, version, more)

    @admin.display(description="definition")
    def definition(self, spell: Spell) -> SafeString:
        """Show the newest definition to those who may not change it."""
        version = spell.versions.first()
        text = definition_as_yaml(version.definition) if version else ""
        return format_html('<pre class="definition">{}</pre>', text)

    def get_fieldsets(self, request: HttpRequest, obj: Spell | None = None) -> Any:
        """Ask for the definition; the rest follows from it."""
        if obj is None:
            return [(None, {"fields": ("definition",)})]
        facts = ("owner", "visibility", "open", "newest", "casts", "archived")
        may_write = self.has_change_permission(request, obj)
        written = ("definition", "seen") if may_write else ("definition",)
        return [(None, {"fields": facts}), ("Definition", {"fields": written})]

    def get_readonly_fields(self, request: HttpRequest, obj: Spell | None = None) -> Any:
        """Let nothing be set beside the definition that the definition says."""
        return () if obj is None else ("owner", "visibility", "open", "newest", "casts")

    def get_inlines(self, request: HttpRequest, obj: Spell | None = None) -> Any:
        """List the versions once there are any."""
        return () if obj is None else self.inlines

    def save_model(self, request: HttpRequest, obj: Spell, form: Any, change: bool) -> None:  # noqa: FBT001
        """Save the definition; a changed one makes a new version."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        document = form.checked.document
        version, is_new = library.save(document, request.user, spell=obj if change else None)
        Spell.objects.filter(pk=version.spell_id).update(archived=obj.archived)
        obj.pk = version.spell_id
        obj.refresh_from_db()
        said = f"{version} was saved." if is_new else f"Nothing changed: it still is {version}."
        messages.info(request, said)
        for warning in form.checked.warnings:
            messages.warning(request, format_html("{}: {}", version, told(warning)))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Turn a slug that was taken just now into a sentence."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except library.SlugTaken as taken:
            self.message_user(request, f"Not saved. {taken}", messages.ERROR)
            return self.response_post_save_add(request, Spell())
