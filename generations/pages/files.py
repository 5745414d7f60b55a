"""``/files/{id}/``: the files of whoever is signed in, and small pictures of them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from generations.artifacts import owned_by
from generations.models import ArtifactLink
from generations.pictures.provenance import NoProvenance
from generations.pictures.thumbnails import Size
from generations.serving import serve, serve_export, serve_thumbnail


def file_url(link_id: UUID) -> str:
    """Return the address of a file, for its account only."""
    return reverse("file", args=[link_id])


def thumbnail_url(link_id: UUID, size: Size = 256) -> str:
    """Return the address of a small picture of a file, for its account only."""
    return reverse("file-thumbnail", args=[link_id, size])


def export_url(link_id: UUID) -> str:
    """Return the address of a copy of a PNG that says where it came from."""
    return reverse("file-export", args=[link_id])


@require_safe
def file(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Serve a file; 404 for everybody but its account."""
    return serve(request, _own(request, link_id))


@require_safe
def thumbnail(request: HttpRequest, link_id: UUID, size: int) -> HttpResponse:
    """Serve a small picture of a file; 404 for everybody but its account."""
    return serve_thumbnail(request, _own(request, link_id), size)


@require_safe
def export(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Serve a copy of a PNG that says where it came from; 404 for everybody but its account."""
    try:
        return serve_export(request, _own(request, link_id))
    except NoProvenance as error:
        raise Http404(str(error)) from error


def _own(request: HttpRequest, link_id: UUID) -> ArtifactLink:
    account = request.user.pk
    link = owned_by(account, str(link_id)) if account is not None else None
    if link is None:
        raise Http404("You have no such file.")
    return link
