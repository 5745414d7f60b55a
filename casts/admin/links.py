"""Live links: revoked, never changed."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from casts.live_links import path_of
from casts.models import LiveLink
from spellhub import database
from spellhub.identifiers import short
from spellhub.read_only import ReadOnlyAdmin
from spellhub.revoking import RevokingAdmin


@admin.register(LiveLink)
class LiveLinkAdmin(RevokingAdmin, ReadOnlyAdmin):
    """Whoever may see a link may open it; revoking one needs the permission to change links."""

    list_display = ("short_cast", "created_at", "expires_at", "state", "pictures", "page")
    search_help_text = "A whole id of a link or of its cast."
    search_fields = ("token__exact",)
    exact_ids = ("id", "cast_id")
    ordering = ("-id",)
    fields = ("cast", "created_at", "expires_at", "revoked_at", "state", "pictures", "page")

    @admin.display(description="cast")
    def short_cast(self, link: LiveLink) -> str:
        """Show the tail of the cast's id."""
        return short(link.cast_id)

    @admin.display(description="state")
    def state(self, link: LiveLink) -> str:
        """Say whether the link lets anybody in."""
        if link.revoked_at is not None:
            return "revoked"
        return "open" if link.is_open(database.now()) else "over"

    @admin.display(description="pictures", ordering="strips_metadata")
    def pictures(self, link: LiveLink) -> str:
        """Say how pictures are given away."""
        return "without metadata" if link.strips_metadata else "as they are"

    @admin.display(description="page")
    def page(self, link: LiveLink) -> SafeString:
        """Lead to the live page."""
        return format_html('<a href="{}">open</a>', path_of(link))
