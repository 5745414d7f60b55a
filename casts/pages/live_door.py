"""Who gets through to a cast's live page: whoever has its unguessable address, until it expires."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casts.models import LiveLink
from spellhub import database


def through(
    request: HttpRequest, token: str, answer: Callable[[LiveLink], HttpResponse]
) -> HttpResponse:
    """Answer for an open link: 404 for an unknown one, 410 for one that no longer lets in."""
    link = LiveLink.objects.filter(token=token).first()
    if link is None or not link.is_open(database.now()):
        return closed(request, 404 if link is None else 410)
    return _quiet(answer(link))


def closed(request: HttpRequest, status: int) -> HttpResponse:
    """Say the same for a link that never was and one that is over, so that nobody can tell."""
    return _quiet(render(request, "live/closed.html", status=status))


def _quiet(response: HttpResponse) -> HttpResponse:
    """Keep the address out of search engines and of other sites' logs."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
