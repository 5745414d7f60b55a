"""All addresses."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from generations.webhooks import door
from spellhub.rest.description import Browser, Description

handler400 = "spellhub.rest.problems.bad_request"
handler403 = "spellhub.rest.problems.permission_denied"
handler404 = "spellhub.rest.problems.not_found"
handler500 = "spellhub.rest.problems.server_error"

API: list[URLPattern | URLResolver] = [
    path("", include("generations.api.urls")),
    path("", include("casts.api.urls")),
    path("schema/", Description.as_view(), name="schema"),
    path("docs/", Browser.as_view(), name="docs"),
]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="spells"), name="home"),
    path("internal/v1/", include((API, "api"))),
    path("webhooks/<slug:adapter>/<str:token>/", door, name="webhook"),
    path("admin/", admin.site.urls),
    path("accounts/", include("spellhub.accounts.urls")),
    path("", include("casts.pages.urls")),
    path("", include("generations.pages.urls")),
    path("", include("spellhub.console.urls")),
]
