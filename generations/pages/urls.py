from django.urls import path

from generations.pages import files

urlpatterns = [
    path("files/<uuid:link_id>/", files.file, name="file"),
    path("files/<uuid:link_id>/thumbnail/<int:size>/", files.thumbnail, name="file-thumbnail"),
    path("files/<uuid:link_id>/export/", files.export, name="file-export"),
]
