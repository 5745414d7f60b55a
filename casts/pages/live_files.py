"""The files of a live page: originals, small pictures, and copies to take away."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from casts.models import LiveLink
from casts.pages.live_door import closed, through
from generations.models import ArtifactLink
from generations.pictures.copies import media_type_of
from generations.pictures.provenance import NoProvenance, why_not
from generations.pictures.thumbnails import Size
from generations.serving import serve, serve_bare, serve_export, serve_thumbnail

# So that a page that refreshes itself does not fetch its pictures anew each time.
KEPT_S = 60


class OnLivePage:
    """Where the readers of a live page find the files of its cast."""

    def __init__(self, live: LiveLink) -> None:
        self._live = live

    def file(self, link: ArtifactLink) -> str:
        if self._live.strips_metadata and media_type_of(link.artifact) is None:
            return ""
        return reverse("live-file", args=[self._live.token, link.pk])

    def thumbnail(self, link: ArtifactLink, size: Size) -> str:
        return reverse("live-thumbnail", args=[self._live.token, link.pk, size])

    def export(self, link: ArtifactLink) -> str:
        if self._live.strips_metadata or why_not(link):
            return ""
        return reverse("live-export", args=[self._live.token, link.pk])


@never_cache
@require_safe
def file(request: HttpRequest, token: str, link_id: UUID) -> HttpResponse:
    """Serve a file that a step of the link's cast made; inputs are never served."""

    def answer(live: LiveLink, made: ArtifactLink) -> HttpResponse:
        return serve_bare(request, made) if live.strips_metadata else serve(request, made)

    return _of_made(request, token, link_id, answer)


@require_safe
def thumbnail(request: HttpRequest, token: str, link_id: UUID, size: int) -> HttpResponse:
    """Serve a small picture of such a file, which its reader's browser keeps for a while."""

    def answer(_live: LiveLink, made: ArtifactLink) -> HttpResponse:
        return serve_thumbnail(request, made, size)

    response = _of_made(request, token, link_id, answer)
    if response.status_code in (200, 304):
        patch_cache_control(response, max_age=KEPT_S)
    else:
        add_never_cache_headers(response)
    return response


@never_cache
@require_safe
def export(request: HttpRequest, token: str, link_id: UUID) -> HttpResponse:
    """Serve a copy of such a PNG that says where it came from, but not with what inputs."""

    def answer(live: LiveLink, made: ArtifactLink) -> HttpResponse:
        if live.strips_metadata:
            return closed(request, 404)
        try:
            return serve_export(request, made, with_inputs=False)
        except NoProvenance as error:
            raise Http404(str(error)) from error

    return _of_made(request, token, link_id, answer)


def _of_made(
    request: HttpRequest,
    token: str,
    link_id: UUID,
    answer: Callable[[LiveLink, ArtifactLink], HttpResponse],
) -> HttpResponse:
    def look(live: LiveLink) -> HttpResponse:
        files = ArtifactLink.objects.select_related("artifact", "generation__cached_from")
        made = files.filter(pk=link_id, generation__cast=live.cast_id).first()
        return closed(request, 404) if made is None else answer(live, made)

    return through(request, token, look)
