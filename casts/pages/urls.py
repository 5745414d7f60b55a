from django.urls import path

from casts.pages import live

urlpatterns = [
    path("live/<str:token>/", live.page, name="live"),
    path("live/<str:token>/files/<uuid:link_id>/", live.file, name="live-file"),
]
