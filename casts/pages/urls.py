from django.urls import path

from casts.pages import graph, live, live_files
from casts.pages.casting import mine, shelf, spell

urlpatterns = [
    path("spells/", shelf.page, name="spells"),
    path("spells/<slug:slug>/", spell.page, name="spell"),
    path("spells/<slug:slug>/graph.svg", graph.graph, name="spell-graph"),
    path("casts/", mine.page, name="casts"),
    path("casts/<uuid:cast_id>/", mine.cast, name="cast"),
    path("live/<str:token>/", live.page, name="live"),
    path("live/<str:token>/files/<uuid:link_id>/", live_files.file, name="live-file"),
    path(
        "live/<str:token>/files/<uuid:link_id>/thumbnail/<int:size>/",
        live_files.thumbnail,
        name="live-thumbnail",
    ),
    path("live/<str:token>/files/<uuid:link_id>/export/", live_files.export, name="live-export"),
]
