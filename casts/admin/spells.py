"""Spells in the admin: their definitions are written here, through the one door of the library."""

# The admin calls its methods with all their arguments, wanted or not.
# ruff: noqa: ARG002

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from casts import library
from casts.admin.versions import VersionInline
from casts.admin.writing import SpellForm, as_yaml, told
from casts.models import Spell
from spellhub.read_only import NeverDeleted


@admin.register(Spell)
class SpellAdmin(NeverDeleted):
    form = SpellForm
    list_display = ("slug", "name", "owner", "visibility", "latest", "archived", "updated_at")
    list_filter = ("visibility", "archived")
    list_select_related = ("owner",)
    search_fields = ("slug__startswith", "name__icontains", "owner__username__iexact")
    search_help_text = "The start of a slug, a part of a name, or an account."
    ordering = ("slug",)
    inlines = (VersionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Spell]:
        """Add the number of each spell's newest version."""
        rows: QuerySet[Spell] = super().get_queryset(request)
        return rows.annotate(last_number=Max("versions__number"))

    @admin.display(description="version", ordering="last_number")
    def latest(self, spell: Spell) -> str:
        """Name the newest version."""
        return f"v{getattr(spell, 'last_number', None) or 0}"

    @admin.display(description="casts")
    def casts(self, spell: Spell) -> SafeString:
        """Lead to the casts of the spell."""
        url = f"{reverse('admin:casts_cast_changelist')}?spell={spell.slug}"
        return format_html('<a href="{}">Show the casts of this spell</a>', url)

    @admin.display(description="definition")
    def definition(self, spell: Spell) -> SafeString:
        """Show the newest definition to those who may not change it."""
        version = spell.versions.first()
        text = as_yaml(version.definition) if version else ""
        return format_html('<pre class="definition">{}</pre>', text)

    def get_fieldsets(self, request: HttpRequest, obj: Spell | None = None) -> Any:
        """Ask for the definition; the rest follows from it."""
        if obj is None:
            return [(None, {"fields": ("definition",)})]
        facts = ("owner", "visibility", "open", "casts", "archived")
        may_write = self.has_change_permission(request, obj)
        written = ("definition", "seen") if may_write else ("definition",)
        return [(None, {"fields": facts}), ("Definition", {"fields": written})]

    def get_readonly_fields(self, request: HttpRequest, obj: Spell | None = None) -> Any:
        """Let nothing be set beside the definition that the definition says."""
        return () if obj is None else ("owner", "visibility", "open", "casts")

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
