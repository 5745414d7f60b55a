"""The description of the endpoints: for programs, and to read and try in a browser."""

from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.authentication import BaseAuthentication

_NOBODY: list[type[BaseAuthentication]] = []


class Description(SpectacularAPIView):
    """The description itself (OpenAPI 3.1): JSON, or YAML for those who accept only that."""

    renderer_classes = [  # noqa: RUF012 - as the framework has it
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer2,
        OpenApiYamlRenderer,
    ]
    authentication_classes = _NOBODY


class Browser(SpectacularSwaggerSplitView):
    """The description to read and try, on a page without a script or style of its own."""

    template_name = "rest/docs.html"
    authentication_classes = _NOBODY
    url_name = "api:schema"
