"""Files: stored once, typed by their bytes, reached only through a link of the account."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import storages

from generations import artifacts
from generations.artifacts import FileRefused, open_file, owned_by, store
from generations.models import Artifact, ArtifactLink
from generations.pictures.looking import Looks
from generations.uploads import unfit, upload
from tests.factories import UserFactory
from tests.pictures import plain, png_bomb, svg

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> User:
    return UserFactory()


def test_the_same_bytes_are_stored_once() -> None:
    first, second = store([plain()]), store([plain()[:10], plain()[10:]])
    assert first == second
    assert Artifact.objects.count() == 1


def test_a_picture_is_known_by_its_bytes() -> None:
    row = store([plain(size=(7, 5))])
    assert (row.media_type, row.width, row.height) == ("image/png", 7, 5)
    assert row.file.endswith(f"{row.sha256}.png")


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"plain words", "text/plain"),
        ("schöne Wörter".encode(), "text/plain"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"<svg onload='alert(1)'>", "text/plain"),
        (svg(), "image/svg+xml"),
        (b"%PDF-1.7\n", "application/pdf"),
    ],
)
def test_the_media_type_is_what_the_bytes_look_like(data: bytes, media_type: str) -> None:
    assert store([data]).media_type == media_type


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (png_bomb(60_000, 60_000), "too_many_pixels"),
        (png_bomb(14_000, 14_000), "too_many_pixels"),
        (plain()[:40], "broken_picture"),
    ],
    ids=["empty", "error-sized bomb", "warning-sized bomb", "cut off"],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(data: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        store([data])
    assert refusal.value.code == code
    assert not Artifact.objects.exists()


def test_a_file_larger_than_allowed_is_refused_while_it_streams() -> None:
    def endless() -> object:
        while True:
            yield b"x" * 1000

    with pytest.raises(FileRefused) as refusal:
        store(endless(), limit=10_000)  # type: ignore[arg-type]
    assert refusal.value.code == "too_large"


def test_a_file_that_was_removed_is_stored_again() -> None:
    row = store([plain()])
    storages["artifacts"].delete(row.file)
    assert store([plain()]) == row
    with open_file(row) as file:
        assert file.read() == plain()


def test_an_account_reaches_a_file_only_through_its_own_link(account: User) -> None:
    link = upload(account, [plain()])
    stranger = UserFactory()
    assert owned_by(account.pk, str(link.id)) == link
    assert owned_by(stranger.pk, str(link.id)) is None
    assert owned_by(account.pk, str(link.artifact_id)) is None
    assert owned_by(account.pk, "not-an-id") is None
    other = upload(stranger, [plain()])
    assert other.artifact == link.artifact
    named: list[tuple[str, str, Any]] = [
        ("/a", str(link.id), {}),
        ("/b", str(other.id), {}),
        ("/c", "nonsense", {}),
    ]
    found = [(one.pointer, one.code) for one in unfit(account, named)]
    assert found == [("/b", "artifact_unknown"), ("/c", "artifact_unknown")]


@pytest.mark.parametrize(
    ("stated", "content", "fits"),
    [
        (None, b"words", True),
        ("image/*", plain(), True),
        ("image/*", b"words", False),
        ("image/*", svg(), False),
        ("image/*, image/svg+xml", svg(), True),
        ("text/plain", b"words", True),
        ("image/jpeg, text/*", b"words", True),
        ("image/jpeg", plain(), False),
    ],
)
def test_an_input_takes_the_media_types_that_it_states(
    account: User, stated: str | None, content: bytes, *, fits: bool
) -> None:
    """A picture is one of pixels: an SVG is taken only where it is named."""
    schema = {"contentMediaType": stated} if stated else {}
    link = upload(account, [content])
    found = unfit(account, [("/file", str(link.id), schema)])
    assert [one.code for one in found] == ([] if fits else ["wrong_media_type"])


def test_losing_the_race_to_store_keeps_the_winner() -> None:
    row = store([plain()])
    late = artifacts._row(row.sha256, row.size, Looks("image/png", "png"), row.file)
    assert late == row
    assert ArtifactLink.objects.count() == 0
