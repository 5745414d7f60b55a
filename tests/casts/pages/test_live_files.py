"""The files of a live page: what its readers load, what they may take away, and what not."""

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from casts import engine
from casts.live_links import path_of, share
from casts.models import Cast, LiveLink
from generations.adapters.base import Call
from generations.artifacts import store
from generations.models import Artifact, ArtifactLink
from generations.uploads import upload
from tests.casts.engine.conftest import Begin, step
from tests.factories import CastFactory, GenerationFactory, just_now
from tests.pictures import halves, opened, plain, svg, talkative, wav
from tests.tools import TrialAdapter

PICTURE = talkative("PNG", halves((300, 150)))


@pytest.fixture
def drawn(begin: Begin, trial: TrialAdapter) -> Cast:
    """A cast whose step made a picture that says much of itself."""

    def draw(call: Call) -> Mapping[str, Any]:
        known = {"seed": 5, "spell": "forged v9"}
        kept = call.keep([PICTURE], media_type="image/png", name="art.png", provenance=known)
        return {"value": kept.id}

    trial.behave = draw
    wish = step("draw", tool="custom", value="a secret wish")
    cast = begin(wish, outputs={"image": "${{ steps.draw.value }}"})
    engine.run(cast.pk)
    cast.refresh_from_db()
    return cast


def made(cast: Cast, data: bytes) -> ArtifactLink:
    """Another file of a cast, which is also one of its outputs."""
    link = ArtifactLink.objects.create(
        artifact=store([data]),
        account=cast.account,
        generation=GenerationFactory(cast=cast, status="succeeded", step="only"),
        role="output",
    )
    Cast.objects.filter(pk=cast.pk).update(outputs={"file": str(link.pk)})
    return link


def get(name: str, link: LiveLink, file: ArtifactLink, *more: Any, **headers: str) -> Any:
    return Client().get(reverse(name, args=[link.token, file.pk, *more]), headers=headers)


def text_of(link: LiveLink) -> str:
    return Client().get(path_of(link)).content.decode()


def the_file() -> ArtifactLink:
    return ArtifactLink.objects.get()


def test_its_readers_load_small_pictures(drawn: Cast) -> None:
    link, file = share(drawn), the_file()
    text = text_of(link)
    for size in (256, 640):
        url = reverse("live-thumbnail", args=[link.token, file.pk, size])
        assert url in text
        answer = Client().get(url)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert opened(answer.content).size == ((256, 128) if size == 256 else (300, 150))
        assert "max-age=60" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert b"Ada" not in answer.content


def test_a_small_picture_that_a_browser_has_is_not_sent_again(drawn: Cast) -> None:
    link, file = share(drawn), the_file()
    etag = get("live-thumbnail", link, file, 256)["ETag"]
    again = get("live-thumbnail", link, file, 256, **{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_they_may_take_the_original_or_a_copy_that_says_where_it_came_from(drawn: Cast) -> None:
    link, file = share(drawn), the_file()
    text = text_of(link)
    for name in ("live-file", "live-export"):
        assert f'href="{reverse(name, args=[link.token, file.pk])}"' in text
    original = get("live-file", link, file).content
    assert hashlib.sha256(original).hexdigest() == file.artifact.sha256
    copy = opened(get("live-export", link, file).content)
    assert copy.tobytes() == opened(original).tobytes()
    assert copy.info["spellhub:spell"] == "trial"
    assert copy.info["spellhub:seed"] == "5"


def test_a_copy_does_not_tell_strangers_the_inputs(drawn: Cast) -> None:
    copy = get("live-export", share(drawn), the_file())
    assert copy.status_code == 200
    assert b"a secret wish" not in copy.content


def test_a_link_that_strips_gives_pixels_and_nothing_else(drawn: Cast) -> None:
    link, file = share(drawn, strips_metadata=True), the_file()
    copy = get("live-file", link, file)
    assert copy.status_code == 200
    assert b"Ada" not in copy.content
    assert opened(copy.content).info == {}
    assert opened(copy.content).tobytes() == opened(PICTURE).tobytes()
    assert copy["ETag"] != get("live-file", share(drawn), file)["ETag"]
    assert b"Ada" in get("live-file", share(drawn), file).content


def test_a_link_that_strips_offers_no_copy_with_provenance(drawn: Cast) -> None:
    link, file = share(drawn, strips_metadata=True), the_file()
    text = text_of(link)
    assert "export" not in text
    assert "without metadata" in text
    assert get("live-export", link, file).status_code == 404


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_photo_loses_its_place_and_stands_upright(drawn: Cast, kind: str) -> None:
    file = made(drawn, talkative(kind, halves(), orientation=6))
    stripped = opened(get("live-file", share(drawn, strips_metadata=True), file).content)
    assert (stripped.size, dict(stripped.getexif())) == ((20, 40), {})
    whole = opened(get("live-file", share(drawn), file).content)
    assert (whole.size, 0x8825 in whole.getexif()) == ((40, 20), True)


@pytest.mark.parametrize("data", [svg(), wav(), b"words"], ids=["svg", "wav", "words"])
def test_other_files_are_given_away_without_what_they_say(drawn: Cast, data: bytes) -> None:
    file, link = made(drawn, data), share(drawn, strips_metadata=True)
    assert f'href="{reverse("live-file", args=[link.token, file.pk])}"' in text_of(link)
    assert get("live-file", link, file).status_code == 200


def test_what_cannot_be_stripped_is_not_given_away(drawn: Cast) -> None:
    file, link = made(drawn, b"%PDF-1.7\n%"), share(drawn, strips_metadata=True)
    assert "not given away" in text_of(link)
    assert reverse("live-file", args=[link.token, file.pk]) not in text_of(link)
    assert get("live-file", link, file).status_code == 404
    assert get("live-file", share(drawn), file).status_code == 200


def test_only_a_png_has_a_copy_with_provenance(drawn: Cast) -> None:
    file = made(drawn, plain("JPEG"))
    link = share(drawn)
    assert reverse("live-export", args=[link.token, file.pk]) not in text_of(link)
    assert get("live-export", link, file).status_code == 404


@pytest.mark.parametrize("size", [0, 255, 4096])
def test_there_is_no_picture_of_another_size(drawn: Cast, size: int) -> None:
    assert get("live-thumbnail", share(drawn), the_file(), size).status_code == 404


@pytest.mark.failure("K1")
@pytest.mark.parametrize(("name", "more"), [("live-thumbnail", [256]), ("live-export", [])])
def test_a_link_opens_nothing_of_another_cast_nor_after_its_end(
    drawn: Cast, account: User, name: str, more: list[int]
) -> None:
    """Guards the door of small pictures and of copies, which is that of the files."""
    file = the_file()
    other = share(CastFactory(account=account))
    assert get(name, other, file, *more).status_code == 404
    brought = upload(account, [plain(colour="red")])
    mine = CastFactory(account=account, inputs={"image": str(brought.pk)})
    assert get(name, share(mine), brought, *more).status_code == 404
    link = share(drawn)
    LiveLink.objects.filter(pk=link.pk).update(revoked_at=just_now())
    over = get(name, link, file, *more)
    assert over.status_code == 410
    assert "no-store" in over["Cache-Control"]


def test_missing_bytes_are_not_found(drawn: Cast) -> None:
    Artifact.objects.update(file="00/gone.png", sha256="0" * 64)
    for strips in (False, True):
        assert get("live-file", share(drawn, strips_metadata=strips), the_file()).status_code == 404
    assert get("live-thumbnail", share(drawn), the_file(), 256).status_code == 404
    assert get("live-export", share(drawn), the_file()).status_code == 404
