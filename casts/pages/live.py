"""The live page: one cast, for whoever has its address."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from casts.library import TOOL_PREFIX
from casts.models import Cast, LiveLink
from casts.pages.live_door import through
from casts.pages.live_files import OnLivePage
from casts.pages.reading import CastReading, read_cast
from casts.states import Status
from casts.telling import Told, tell
from spellhub.events.models import Event

REFRESH_S = 2
LATEST = 6
_MARKS = {
    Status.QUEUED: "○",
    Status.RUNNING: "●",
    Status.SUCCEEDED: "✔",
    Status.FAILED: "✖",
    Status.CANCELLED: "—",
}


@dataclass(frozen=True)
class Latest:
    """An event as the page tells it: never who caused it, nor with what inputs."""

    event: Event
    told: Told


@never_cache
@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the cast of a link: 404 for an unknown one, 410 for one that no longer lets in."""
    return through(request, token, lambda link: _shown(request, link))


def _shown(request: HttpRequest, link: LiveLink) -> HttpResponse:
    reading = read_cast(link.cast_id, OnLivePage(link))
    context = {
        "link": link,
        "reading": reading,
        "cast": reading.cast,
        "mark": _MARKS[Status(reading.cast.status)],
        "refresh_s": None if reading.cast.is_final else REFRESH_S,
        "latest": [_latest(event) for event in reading.events[:LATEST]],
        "shown_steps": _shown_steps(reading),
        "is_castable": not cast_of_tool(reading.cast),
        # Nobody else learns that there is more than this page.
        "is_own": request.user.is_authenticated and request.user.pk == reading.cast.account_id,
    }
    return render(request, "live/cast.html", context)


def cast_of_tool(cast: Cast) -> bool:
    """Whether a cast ran one tool on its own: there is no page of its spell."""
    return cast.version.spell.slug.startswith(TOOL_PREFIX)


def _latest(event: Event) -> Latest:
    private = {"reason"} if event.kind.startswith("cast_") else set()
    data = {key: value for key, value in event.data.items() if key not in private}
    return Latest(event, tell(event.kind, data))


def _shown_steps(reading: CastReading) -> list[object]:
    return [step for step in reading.steps if step.is_shown]
