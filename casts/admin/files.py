"""The files of a cast, for operators: originals, small pictures, and copies to take away."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from casts.admin.acting import ActingAdmin
from casts.models import Cast
from generations.models import ArtifactLink, Generation
from generations.pictures.provenance import NoProvenance, why_not
from generations.pictures.thumbnails import Size
from generations.serving import serve, serve_export, serve_thumbnail
from spellhub.identifiers import identifiers_in


class OnAdminPage:
    """Where operators find the files of a cast."""

    def __init__(self, cast_id: UUID) -> None:
        self._cast_id = cast_id

    def file(self, link: ArtifactLink) -> str:
        return reverse("admin:casts_cast_file", args=[self._cast_id, link.pk])

    def thumbnail(self, link: ArtifactLink, size: Size) -> str:
        return reverse("admin:casts_cast_thumbnail", args=[self._cast_id, link.pk, size])

    def export(self, link: ArtifactLink) -> str:
        if why_not(link):
            return ""
        return reverse("admin:casts_cast_export", args=[self._cast_id, link.pk])


class FilesAdmin(ActingAdmin):
    """Serves what a step of a cast made, or what was brought to it as an input."""

    def file_view(self, request: HttpRequest, cast_id: UUID, link_id: UUID) -> HttpResponse:
        """Serve a file that a step of the cast made, or that was brought to it as an input."""
        return serve(request, self._file(request, cast_id, link_id))

    def thumbnail_view(
        self, request: HttpRequest, cast_id: UUID, link_id: UUID, size: int
    ) -> HttpResponse:
        """Serve a small picture of such a file."""
        return serve_thumbnail(request, self._file(request, cast_id, link_id), size)

    def export_view(self, request: HttpRequest, cast_id: UUID, link_id: UUID) -> HttpResponse:
        """Serve a copy of such a PNG that says where it came from."""
        try:
            return serve_export(request, self._file(request, cast_id, link_id))
        except NoProvenance as error:
            raise Http404(str(error)) from error

    def _file(self, request: HttpRequest, cast_id: UUID, link_id: UUID) -> ArtifactLink:
        self.require_view(request)
        cast = Cast.objects.filter(pk=cast_id).first()
        links = ArtifactLink.objects.select_related("artifact", "generation__cached_from")
        link = links.filter(pk=link_id).first()
        if cast is None or link is None or not _belongs(link, cast):
            raise Http404("This cast has no such file.")
        return link

    def get_urls(self) -> list[URLPattern]:
        """Add the files before the admin's own addresses, which take everything."""
        files = "<uuid:cast_id>/files/<uuid:link_id>/"
        views: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "file": (files, self.file_view),
            "thumbnail": (f"{files}thumbnail/<int:size>/", self.thumbnail_view),
            "export": (f"{files}export/", self.export_view),
        }
        paths = [
            path(route, self.admin_site.admin_view(view), name=f"casts_cast_{name}")
            for name, (route, view) in views.items()
        ]
        return [*paths, *super().get_urls()]


def _belongs(link: ArtifactLink, cast: Cast) -> bool:
    """Whether a file was made by the cast, or is its account's and named in its inputs."""
    if link.generation_id is not None:
        made_by = Generation.objects.filter(pk=link.generation_id, cast=cast)
        if made_by.exists():
            return True
    is_input = link.pk in set(identifiers_in(cast.inputs))
    return is_input and link.account_id == cast.account_id
