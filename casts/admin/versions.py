"""Spell versions: immutable, so only ever looked at."""

# The admin calls its methods with all their arguments, wanted or not.
# ruff: noqa: ARG002

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from casts.admin.writing import as_yaml
from casts.models import SpellVersion
from spellhub.read_only import ReadOnlyAdmin, as_block


@admin.register(SpellVersion)
class SpellVersionAdmin(ReadOnlyAdmin):
    list_display = ("label", "created_at", "created_by", "short_digest")
    list_select_related = ("spell", "created_by")
    search_fields = ("spell__slug__startswith",)
    search_help_text = "The start of a slug."
    exact_ids = ()
    ordering = ("-id",)
    fields = ("spell", "number", "created_by", "created_at", "digest", "text", "tools")

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

    @admin.display(description="definition")
    def text(self, version: SpellVersion) -> SafeString:
        """Show the definition as it is written."""
        return format_html('<pre class="definition">{}</pre>', as_yaml(version.definition))

    @admin.display(description="checked against")
    def tools(self, version: SpellVersion) -> SafeString | str:
        """Show the tool versions it is pinned to."""
        return as_block(version.tool_versions)


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
