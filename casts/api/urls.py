from django.urls import path

from casts.api import casts, events, links, runs, spells, verbs
from spellhub.rest.waiting import may_wait

urlpatterns = [
    path("casts/", may_wait(casts.CastsView.as_view()), name="casts"),
    path("casts/<uuid:cast_id>/", casts.CastView.as_view(), name="cast"),
    path(
        "casts/<uuid:cast_id>/events/",
        may_wait(events.EventsView.as_view()),
        name="cast-events",
    ),
    path("casts/<uuid:cast_id>/retry/", verbs.RetryView.as_view(), name="cast-retry"),
    path("casts/<uuid:cast_id>/cancel/", verbs.CancelView.as_view(), name="cast-cancel"),
    path("casts/<uuid:cast_id>/fail/", verbs.FailView.as_view(), name="cast-fail"),
    path("casts/<uuid:cast_id>/look/", verbs.LookView.as_view(), name="cast-look"),
    path("casts/<uuid:cast_id>/links/", links.LinksView.as_view(), name="cast-links"),
    path("links/<uuid:link_id>/", links.LinkView.as_view(), name="link"),
    path("spells/", spells.SpellsView.as_view(), name="spells"),
    path("spells/validate/", spells.ValidateView.as_view(), name="spells-validate"),
    path("spells/<slug:slug>/", spells.SpellView.as_view(), name="spell"),
    path("spells/<slug:slug>/versions/", spells.VersionsView.as_view(), name="spell-versions"),
    path("tools/<str:key>/run/", may_wait(runs.RunView.as_view()), name="tool-run"),
]
