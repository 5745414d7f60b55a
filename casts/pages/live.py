"""The live page: one cast, for whoever has its unguessable address, until that expires."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from casts.models import LiveLink
from casts.pages.reading import CastReading, read_cast
from casts.states import Status
from casts.telling import Told, tell
from generations.models import ArtifactLink
from generations.serving import serve
from spellhub import database
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
    link = LiveLink.objects.filter(token=token).first()
    if link is None or not link.is_open(database.now()):
        return _closed(request, 404 if link is None else 410)
    reading = read_cast(link.cast_id, lambda pk: reverse("live-file", args=[token, pk]))
    context = {
        "reading": reading,
        "cast": reading.cast,
        "mark": _MARKS[Status(reading.cast.status)],
        "refresh_s": None if reading.cast.is_final else REFRESH_S,
        "latest": [_latest(event) for event in reading.events[:LATEST]],
        "shown_steps": _shown_steps(reading),
    }
    return _quiet(render(request, "live/cast.html", context))


@never_cache
@require_safe
def file(request: HttpRequest, token: str, link_id: UUID) -> HttpResponse:
    """Serve a file that a step of the link's cast made; inputs are never served."""
    link = LiveLink.objects.filter(token=token).first()
    if link is None or not link.is_open(database.now()):
        return _closed(request, 404 if link is None else 410)
    files = ArtifactLink.objects.select_related("artifact")
    made = files.filter(pk=link_id, generation__cast=link.cast_id).first()
    if made is None:
        return _closed(request, 404)
    return _quiet(serve(request, made))


def _latest(event: Event) -> Latest:
    private = {"reason"} if event.kind.startswith("cast_") else set()
    data = {key: value for key, value in event.data.items() if key not in private}
    return Latest(event, tell(event.kind, data))


def _shown_steps(reading: CastReading) -> list[object]:
    return [step for step in reading.steps if step.is_shown]


def _closed(request: HttpRequest, status: int) -> HttpResponse:
    """Say the same for a link that never was and one that is over, so that nobody can tell."""
    return _quiet(render(request, "live/closed.html", status=status))


def _quiet(response: HttpResponse) -> HttpResponse:
    """Keep the address out of search engines and of other sites' logs."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
