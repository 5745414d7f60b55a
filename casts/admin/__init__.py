"""The operators' console for casts: rows are read-only, verbs act."""

from django.contrib import admin

from casts.admin import casts, links, queue, spells, versions

__all__ = ["casts", "links", "queue", "spells", "versions"]

admin.site.site_header = "spellhub"
admin.site.site_title = "spellhub"
admin.site.index_title = "Console"
admin.site.site_url = None
# The bar at the top leads everywhere; the wide tables need the room.
admin.site.enable_nav_sidebar = False
