"""``artifacts/``: upload a file, fetch one; always through a link of the account."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from generations.artifacts import FileRefused, owned_by
from generations.models import ArtifactLink
from generations.pictures import provenance, thumbnails
from generations.serving import serve, serve_export, serve_thumbnail
from generations.uploads import upload
from spellhub.accounts import scoping
from spellhub.rest.openapi import one_of
from spellhub.rest.parsers import UploadParser
from spellhub.rest.problems import Flaw, Problem, invalid
from spellhub.rest.views import Endpoint

_FORM: dict[str, Any] = {
    "multipart/form-data": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
        "additionalProperties": False,
    }
}
_CACHED = [
    OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER),
    OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 304]),
    OpenApiParameter("Content-Disposition", str, OpenApiParameter.HEADER, response=[200]),
]


class ArtifactReading(BaseModel):
    """A file of the account; inputs of format `artifact` take its ``id``."""

    id: UUID
    role: Annotated[str, Field(json_schema_extra=one_of(ArtifactLink.Role))]
    name: str
    media_type: Annotated[str, Field(description="What the bytes look like, whoever said what.")]
    size: int
    sha256: str
    width: int | None
    height: int | None
    created_at: datetime
    url: str
    thumbnail_url: Annotated[str | None, Field(description="Of 256 pixels; null of no picture.")]


class ArtifactsView(Endpoint):
    """The files of the account."""

    parser_classes = [UploadParser]  # noqa: RUF012 - as the framework has it

    @extend_schema(
        request=_FORM,
        responses={201: OpenApiResponse(ArtifactReading, description="Stored.")},
        parameters=[
            OpenApiParameter(
                "Location", str, OpenApiParameter.HEADER, response=[201], description="The file."
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Upload a file for inputs of format `artifact`."""
        account = scoping.account_of(request)
        file = _only_file(request)
        try:
            link = upload(account, file.chunks(), name=file.name or "")
        except FileRefused as error:
            raise _of_refusal(error) from error
        reading = _reading(link, request)
        return Response(reading, status=201, headers={"Location": reading["url"]})


class ArtifactView(Endpoint):
    """One file."""

    @extend_schema(
        responses={
            (200, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, description="The bytes."),
            304: OpenApiResponse(description="Not changed since the ETag."),
        },
        parameters=_CACHED,
    )
    def get(self, request: Request, link_id: UUID) -> HttpResponse:
        """Fetch a file that was uploaded or made."""
        return serve(request._request, _own(request, link_id))  # noqa: SLF001 - Django's own


class ThumbnailView(Endpoint):
    """A small picture of a file."""

    problems: ClassVar = {
        "GET": {
            404: "You have no such file, there is no such size, or no picture can be made of it.",
            503: "The database is away, or too many pictures are being made; try again later.",
        }
    }

    @extend_schema(
        responses={
            (200, thumbnails.MEDIA_TYPE): OpenApiResponse(
                OpenApiTypes.BINARY, description="The picture, upright and in sRGB."
            ),
            304: OpenApiResponse(description="Not changed since the ETag."),
        },
        parameters=[
            OpenApiParameter(
                "size",
                int,
                OpenApiParameter.PATH,
                enum=thumbnails.SIZES,
                description="The longest side in pixels; a smaller picture keeps its own.",
            ),
            *_CACHED,
        ],
    )
    def get(self, request: Request, link_id: UUID, size: int) -> HttpResponse:
        """Fetch a small picture (WEBP) of a picture; a drawing (SVG) is drawn."""
        try:
            answer = serve_thumbnail(request._request, _own(request, link_id), size)  # noqa: SLF001
        except Http404 as error:
            raise Problem(404, "no_thumbnail", str(error)) from error
        if answer.status_code == 503:
            after = {"Retry-After": answer["Retry-After"]}
            raise Problem(503, "busy", answer.content.decode(), headers=after)
        return answer


class ExportView(Endpoint):
    """A copy of a picture that says where it came from."""

    problems: ClassVar = {
        "GET": {409: "The file was brought, or is no PNG: a copy could not say where it is from."}
    }

    @extend_schema(
        responses={
            (200, provenance.MEDIA_TYPE): OpenApiResponse(
                OpenApiTypes.BINARY, description="The copy; its pixels are the very same."
            ),
            304: OpenApiResponse(description="Not changed since the ETag."),
        },
        parameters=_CACHED,
    )
    def get(self, request: Request, link_id: UUID) -> HttpResponse:
        """Fetch a copy of a PNG whose texts say by what spell, step, tool and inputs it was made.

        Their keywords are `Software` and `spellhub:spell`, `version`, `step`, `tool`,
        `tool-version`, `seed`, `inputs` (JSON), `cast`, `generation`, and `sha256` (of the file
        itself, which never changes).
        """
        try:
            return serve_export(request._request, _own(request, link_id))  # noqa: SLF001
        except provenance.NoProvenance as error:
            raise Problem(409, "no_provenance", str(error)) from error


def _own(request: Request, link_id: UUID) -> ArtifactLink:
    """Return the account's own link; raises Problem 404 for any other."""
    link = owned_by(scoping.account_of(request).pk, str(link_id))
    if link is None:
        raise Problem(404, "not_found", "You have no such file.")
    return link


def _only_file(request: Request) -> "UploadedFile[bytes]":
    """Return the one file of a form; raises Problem 422 for anything else."""
    fields = {*request.data} - {"file"}
    flaws = [
        Flaw(f"/{name[:60]}", "unknown_field", f"There is no field `{name[:60]}`; there is `file`.")
        for name in sorted(fields)
    ]
    files = request.FILES.getlist("file")
    if len(files) != 1:
        flaws.append(Flaw("/file", "missing", "Send exactly one file, in the field `file`."))
    if flaws:
        raise invalid(flaws)
    file: UploadedFile[bytes] = files[0]
    return file


def _of_refusal(error: FileRefused) -> Problem:
    status = 413 if error.code == "too_large" else 422
    flaw = Flaw("/file", error.code, str(error))
    return Problem(status, error.code, str(error), errors=[flaw])


def _reading(link: ArtifactLink, request: Request) -> dict[str, Any]:
    is_picture = link.artifact.media_type in thumbnails.PICTURES
    small = reverse("api:artifact-thumbnail", args=[link.pk, 256]) if is_picture else None
    reading = ArtifactReading(
        id=link.id,
        role=link.role,
        name=link.name,
        media_type=link.artifact.media_type,
        size=link.artifact.size,
        sha256=link.artifact.sha256,
        width=link.artifact.width,
        height=link.artifact.height,
        created_at=link.created_at,
        url=request.build_absolute_uri(reverse("api:artifact", args=[link.pk])),
        thumbnail_url=small and request.build_absolute_uri(small),
    )
    return reading.model_dump(mode="json")
