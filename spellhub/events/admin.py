"""Events in the admin: the audit trail, to be read."""

from django.contrib import admin
from django.utils.safestring import SafeString

from spellhub.events.models import Event
from spellhub.read_only import ReadOnlyAdmin, as_block


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("at", "topic", "seq", "kind", "actor")
    search_fields = ("topic__exact",)
    search_help_text = "A whole topic: cast:…"
    ordering = ("-id",)
    fields = ("topic", "seq", "kind", "actor", "at", "what")
    exact_ids = ()

    @admin.display(description="data")
    def what(self, event: Event) -> SafeString | str:
        """Lay the data out."""
        return as_block(event.data)
