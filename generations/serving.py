"""Answering with the bytes of a file, so that nothing in it can act inside our pages."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from generations.artifacts import open_file
from generations.models import ArtifactLink
from generations.pictures import copies, provenance, thumbnails
from generations.pictures.bare import Unreadable
from generations.pictures.rendering import Busy, NotRendered

# Shown inside a page; any other type is only ever downloaded.
INLINE = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "text/plain"})
BUSY_FOR_S = 5


@dataclass(frozen=True)
class _Answer:
    """A file as it is sent: ``tag`` is the same for the same bytes only, ``name`` is shown."""

    media_type: str
    tag: str
    name: str


def serve(request: HttpRequest, link: ArtifactLink) -> HttpResponse:
    """Return the file of a link whose right to be seen was checked.

    Raises Http404 when its bytes are gone.
    """
    answer = _Answer(link.artifact.media_type, link.artifact.sha256, name_of(link))
    return _send(request, answer, lambda: _read(link))


def serve_thumbnail(request: HttpRequest, link: ArtifactLink, size: int) -> HttpResponse:
    """Return a small picture of a link whose right to be seen was checked; 503 when it is busy.

    Raises Http404 for a size that there is not, for what no picture can be made of, and when the
    bytes are gone.
    """
    wanted = next((known for known in thumbnails.SIZES if known == size), None)
    if wanted is None:
        raise Http404(f"There are thumbnails of {' and '.join(map(str, thumbnails.SIZES))} pixels.")
    name = name_of(link, f"-{size}.webp")
    answer = _Answer(thumbnails.MEDIA_TYPE, thumbnails.tag(link.artifact, size), name)
    return _send(request, answer, lambda: thumbnails.thumbnail(link.artifact, wanted))


def serve_bare(request: HttpRequest, link: ArtifactLink) -> HttpResponse:
    """Return a copy without metadata of a link whose right to be seen was checked; 503 when busy.

    Raises Http404 for a kind of file that cannot be freed from it, and when the bytes are gone.
    """
    media_type = copies.media_type_of(link.artifact) or link.artifact.media_type
    is_other = media_type != link.artifact.media_type
    answer = _Answer(
        media_type,
        f"{link.artifact.sha256}-bare-{copies.RECIPE}",
        name_of(link, ".png" if is_other else ""),
    )
    return _send(request, answer, lambda: copies.bare_copy(link.artifact))


def serve_export(
    request: HttpRequest, link: ArtifactLink, *, with_inputs: bool = True
) -> HttpResponse:
    """Return a copy that says where it came from, of a link whose right to be seen was checked.

    Raises NoProvenance where it could say nothing, and Http404 when the bytes are gone.
    """
    if reason := provenance.why_not(link):
        raise provenance.NoProvenance(reason)
    tag = f"{link.artifact.sha256}-export-{provenance.RECIPE}-{link.pk}-{with_inputs:d}"
    answer = _Answer(provenance.MEDIA_TYPE, tag, name_of(link, "-export.png"))
    return _send(
        request,
        answer,
        lambda: provenance.with_provenance(link, _read(link), with_inputs=with_inputs),
    )


def name_of(link: ArtifactLink, ending: str = "") -> str:
    """Return the name under which a file is saved; an ending takes the place of the extension."""
    name = link.name or f"{link.pk}.{link.artifact.file.rpartition('.')[2]}"
    return f"{PurePath(name).stem}{ending}" if ending else name


def _read(link: ArtifactLink) -> bytes:
    with open_file(link.artifact) as file:
        return file.read()


def _send(request: HttpRequest, answer: _Answer, read: Callable[[], bytes]) -> HttpResponse:
    etag = f'"{answer.tag}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _guarded(HttpResponseNotModified(), answer)
    try:
        body = read()
    except (NotRendered, Unreadable) as error:
        raise Http404(f"There is no such copy of this file. {error}") from error
    except Busy as error:
        later = {"Retry-After": str(BUSY_FOR_S)}
        return HttpResponse(str(error), content_type="text/plain", status=503, headers=later)
    except OSError as error:
        raise Http404("The bytes of this file are gone from the storage.") from error
    return _guarded(HttpResponse(body, content_type=answer.media_type), answer)


def _guarded(response: HttpResponse, answer: _Answer) -> HttpResponse:
    way = "inline" if answer.media_type in INLINE else "attachment"
    response["ETag"] = f'"{answer.tag}"'
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(answer.name, safe='')}"
    return response
