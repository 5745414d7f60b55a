"""Casts in the admin: a list, a page for each, and the verbs."""

# The admin calls its methods with all their arguments, wanted or not.
# ruff: noqa: ARG002

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import DateTimeField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from casts import spans
from casts.admin import finding
from casts.admin.files import FilesAdmin, OnAdminPage
from casts.admin.filters import CodeFilter, SpellFilter, StuckFilter
from casts.admin.verbs import VERBS
from casts.models import Cast
from casts.pages.reading import CastReading, read_cast
from casts.stuck import with_stuck
from casts.telling import tell
from generations.models import Generation
from spellhub import database
from spellhub.identifiers import short
from spellhub.read_only import read_uuid

LATEST_EVENTS = 200


def state_of(cast: Cast) -> SafeString:
    """Return the chip of a cast's state."""
    return render_to_string(
        "parts/state.html", {"state": cast.status, "word": cast.get_status_display()}
    )


@admin.register(Cast)
class CastAdmin(FilesAdmin):
    list_display = ("state", "short_id", "spell", "account", "age", "why", "updated")
    list_display_links = ("short_id",)
    list_filter = ("status", StuckFilter, SpellFilter, CodeFilter)
    list_select_related = ("version__spell", "account")
    search_fields = ("id",)
    search_help_text = "An id (of a cast or a generation, whole or its tail), an account, a slug."
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cast]:
        """Add to each cast why it is stuck, and when something last happened to it."""
        now = database.now()
        newest = Generation.objects.filter(cast=OuterRef("pk")).order_by("-created_at")
        touched = newest.annotate(at=Coalesce("finished_at", "started_at", "created_at"))
        rows: QuerySet[Cast] = super().get_queryset(request)
        rows = rows.defer("version__definition", "version__tool_versions")
        found: QuerySet[Cast] = with_stuck(rows, now).annotate(
            touched_at=Subquery(touched.values("at")[:1]),
            read_at=Value(now, output_field=DateTimeField()),
        )
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by what people paste."""
        term = search_term.strip()
        return (finding.matching(queryset, term) if term else queryset), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """List casts; a pasted id leads straight to its page."""
        found = finding.the_one(request.GET.get("q", "")) if request.method == "GET" else None
        if found is not None:
            return HttpResponseRedirect(self.page_of(found.pk))
        return super().changelist_view(request, {"title": "Casts", **(extra_context or {})})

    @admin.display(description="state", ordering="status")
    def state(self, cast: Any) -> SafeString:
        """Show the state, and beside it that the cast is stuck."""
        if not cast.stuck_reason:
            return state_of(cast)
        stuck = render_to_string("parts/state.html", {"state": "stuck", "word": "Stuck"})
        return format_html("{} {}", state_of(cast), stuck)

    @admin.display(description="cast", ordering="id")
    def short_id(self, cast: Cast) -> SafeString:
        """Show the tail of the id; the whole on hover."""
        return format_html('<span class="id" title="{}">{}</span>', cast.id, short(cast.id))

    @admin.display(description="spell")
    def spell(self, cast: Cast) -> str:
        """Name the version."""
        return str(cast.version)

    @admin.display(description="age", ordering="created_at")
    def age(self, cast: Any) -> SafeString:
        """Say how long ago it was asked for."""
        return _time(cast.created_at, spans.spoken(cast.read_at - cast.created_at))

    @admin.display(description="why")
    def why(self, cast: Any) -> SafeString | str:
        """Say why it is stuck, or what it failed with."""
        reason = cast.stuck_reason or (cast.failure or {}).get("code", "")
        return format_html('<code class="id">{}</code>', reason) if reason else ""

    @admin.display(description="updated")
    def updated(self, cast: Any) -> SafeString:
        """Say when something last happened to it."""
        times = (cast.created_at, cast.finished_at, cast.touched_at)
        last = max(at for at in times if at is not None)
        return _time(last, f"{spans.spoken(cast.read_at - last)} ago")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a cast with its steps, failure, files and events, and what may be done to it."""
        self.require_view(request)
        identifier = read_uuid(object_id)
        if identifier is None:
            raise Http404(f"{object_id!r} is not the id of a cast.")
        try:
            reading = read_cast(identifier, OnAdminPage(identifier))
        except Cast.DoesNotExist as error:
            raise Http404("There is no such cast.") from error
        context = {**self.admin_site.each_context(request), **self._page(request, reading)}
        return TemplateResponse(request, "admin/casts/cast/page.html", context)

    def _page(self, request: HttpRequest, reading: CastReading) -> dict[str, Any]:
        cast = reading.cast
        return {
            "title": f"{cast.get_status_display()} {short(cast.id)} · {cast.version}",
            "opts": self.opts,
            "reading": reading,
            "cast": cast,
            "short_id": short(cast.id),
            "events": [
                (event, tell(event.kind, event.data)) for event in reading.events[:LATEST_EVENTS]
            ],
            "verbs": [(v, self.why_not(request, v, cast)) for v in VERBS.values()],
            "reasons": self.reasons(request, cast),
            "can_share": request.user.has_perm("casts.add_livelink"),
            "metadata": cast.metadata,
        }


def _time(at: datetime, words: str) -> SafeString:
    title = f"{at:%Y-%m-%d %H:%M:%S} UTC"
    return format_html(
        '<time class="numbers" datetime="{}" title="{}">{}</time>', at.isoformat(), title, words
    )
