"""What a cast delivers is our own copy, by its content, whatever becomes of where it was made."""

import base64
import hashlib
import tempfile
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core import serializers
from django.core.files.storage import storages
from django.db.models import BinaryField
from django.test import Client

from casts import engine
from casts.live_links import path_of, share
from casts.models import Cast
from generations.artifacts import open_file
from generations.models import Artifact, ArtifactLink
from generations.pages.files import file_url
from tests.casts.engine.conftest import Begin, account, begin
from tests.pictures import opened

__all__ = ["account", "begin"]
OURS = ("casts.", "generations.", "spellhub.")
ART = {
    "key": "art",
    "tool": "image.flow_field",
    "inputs": {"seed": 3, "width": 64, "height": 64},
}


@pytest.fixture
def drawn(begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """A cast whose tool drew in a process and in temporary folders of its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    cast = begin(ART, outputs={"image": "${{ steps.art.image }}"})
    engine.run(cast.pk)
    cast.refresh_from_db()
    assert cast.status == "succeeded", cast.failure
    return cast


@pytest.mark.failure("D8")
def test_a_cast_delivers_our_copy_that_outlives_its_tools_folder(
    drawn: Cast, tmp_path: Path, account: User
) -> None:
    """Guards the copy into our storage, by sha256, before a success is recorded."""
    assert drawn.outputs is not None
    link = ArtifactLink.objects.get(pk=drawn.outputs["image"])
    assert list(tmp_path.iterdir()) == []
    with open_file(link.artifact) as file:
        content = file.read()
    assert hashlib.sha256(content).hexdigest() == link.artifact.sha256
    assert link.artifact.file.endswith(f"{link.artifact.sha256}.png")
    assert Path(storages["artifacts"].path(link.artifact.file)).is_file()
    client = Client()
    client.force_login(account)
    assert client.get(file_url(link.pk)).content == content
    live = Client().get(f"{path_of(share(drawn))}files/{link.pk}/")
    assert opened(live.content).size == (64, 64)


@pytest.mark.failure("D8")
def test_the_database_holds_no_bytes_of_files(drawn: Cast) -> None:
    """Guards rows that only name files: no column takes bytes, and no text carries them."""
    artifact = Artifact.objects.get()
    with open_file(artifact) as file:
        content = file.read()
    ours = [model for model in apps.get_models() if model.__module__.startswith(OURS)]
    columns = [field for model in ours for field in model._meta.get_fields()]
    assert not [field for field in columns if isinstance(field, BinaryField)]
    rows = serializers.serialize(
        "json", [row for model in ours for row in model._default_manager.all()]
    )
    assert artifact.sha256 in rows
    middle = content[200:260]
    for written in (base64.b64encode(content[198:261]).decode(), middle.hex(), repr(middle)):
        assert written not in rows
