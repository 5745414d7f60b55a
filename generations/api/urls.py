from django.urls import path

from generations.api import artifacts, generations, tools

urlpatterns = [
    path("tools/", tools.ToolsView.as_view(), name="tools"),
    path("tools/<str:key>/", tools.ToolView.as_view(), name="tool"),
    path("artifacts/", artifacts.ArtifactsView.as_view(), name="artifacts"),
    path("artifacts/<uuid:link_id>/", artifacts.ArtifactView.as_view(), name="artifact"),
    path(
        "artifacts/<uuid:link_id>/thumbnail/<int:size>/",
        artifacts.ThumbnailView.as_view(),
        name="artifact-thumbnail",
    ),
    path(
        "artifacts/<uuid:link_id>/export/", artifacts.ExportView.as_view(), name="artifact-export"
    ),
    path("generations/", generations.GenerationsView.as_view(), name="generations"),
    path(
        "generations/<uuid:generation_id>/",
        generations.GenerationView.as_view(),
        name="generation",
    ),
]
