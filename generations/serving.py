"""Answering with the bytes of a file, so that nothing in it can act inside our pages."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from generations.artifacts import open_file
from generations.models import ArtifactLink

# Shown inside a page; any other type is only ever downloaded.
INLINE = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "text/plain"})


def serve(request: HttpRequest, link: ArtifactLink) -> HttpResponse:
    """Return the file of a link whose right to be seen was checked.

    Raises Http404 when its bytes are gone.
    """
    etag = f'"{link.artifact.sha256}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _guarded(HttpResponseNotModified(), link, etag)
    try:
        with open_file(link.artifact) as file:
            body = file.read()
    except OSError as error:
        raise Http404("The bytes of this file are gone from the storage.") from error
    return _guarded(HttpResponse(body, content_type=link.artifact.media_type), link, etag)


def _guarded(response: HttpResponse, link: ArtifactLink, etag: str) -> HttpResponse:
    inline = link.artifact.media_type in INLINE
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Disposition"] = _disposition(link, inline=inline)
    return response


def _disposition(link: ArtifactLink, *, inline: bool) -> str:
    extension = link.artifact.file.rpartition(".")[2]
    name = link.name or f"{link.pk}.{extension}"
    return f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
