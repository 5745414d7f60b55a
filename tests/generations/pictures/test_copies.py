"""Copies for strangers: what is seen of a file, already upright, and nothing it says."""

import pytest
from PIL import Image

from generations.artifacts import store
from generations.pictures.copies import bare_copy, media_type_of
from generations.pictures.rendering import NotRendered
from tests.pictures import (
    encoded,
    exif,
    halves,
    opened,
    plain,
    svg,
    swapped_profile,
    talkative,
    wav,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_that_stands_upright_is_copied_without_being_made_anew(kind: str) -> None:
    original = talkative(kind, halves())
    copy = bare_copy(store([original]))
    assert b"Ada" not in copy
    assert opened(copy).format == kind
    assert opened(copy).tobytes() == opened(original).tobytes()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_picture_that_was_taken_sideways_is_turned(kind: str) -> None:
    copy = bare_copy(store([talkative(kind, halves(), orientation=6)]))
    assert b"Ada" not in copy
    made = opened(copy)
    assert (made.format, made.size) == (kind, (20, 40))
    assert not made.getexif()
    assert set(made.info) & {"exif", "xmp", "comment", "Author"} == set()
    expected = halves().transpose(Image.Transpose.ROTATE_270)
    worst = 6 if kind == "JPEG" else 0
    pairs = zip(made.convert("RGB").tobytes(), expected.tobytes(), strict=True)
    assert max(abs(a - b) for a, b in pairs) <= worst


def test_a_turned_picture_keeps_the_colours_that_it_means() -> None:
    profile = swapped_profile()
    for kind in ("PNG", "JPEG", "WEBP"):
        data = encoded(halves(), kind, exif=exif(6), icc_profile=profile)
        assert opened(bare_copy(store([data]))).info["icc_profile"] == profile


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "AVIF"])
def test_what_is_seldom_shown_in_pages_becomes_a_png(kind: str) -> None:
    original = encoded(halves(), kind, exif=exif(1))
    artifact = store([original])
    copy = opened(bare_copy(artifact))
    assert media_type_of(artifact) == "image/png"
    assert (copy.format, copy.info) == ("PNG", {})
    assert copy.convert("RGB").tobytes() == opened(original).convert("RGB").tobytes()


def test_a_drawing_loses_what_it_says_and_what_acts() -> None:
    data = svg('<title>Ada</title><script>Ada()</script><rect width="9" onclick="Ada()"/>')
    copy = bare_copy(store([data]))
    assert b"Ada" not in copy
    assert b'<rect width="9">' in copy


def test_a_sound_loses_its_titles_and_words_stay() -> None:
    assert bare_copy(store([wav(says=b"INFOIART\4\0\0\0Ada\0")])) == wav()
    assert bare_copy(store([b"by Ada"])) == b"by Ada"


@pytest.mark.parametrize("data", [b"%PDF-1.7\n%Ada", b"\x00\x01Ada", b"PK\x03\x04Ada"])
def test_of_what_nobody_can_free_there_is_no_copy(data: bytes) -> None:
    artifact = store([data])
    assert media_type_of(artifact) is None
    with pytest.raises(NotRendered, match="cannot be freed"):
        bare_copy(artifact)


def test_of_a_broken_drawing_there_is_no_copy() -> None:
    with pytest.raises(NotRendered, match="cannot be read"):
        bare_copy(store([svg("<g>")]))


def test_the_stored_file_stays_as_it_was() -> None:
    original = talkative("PNG", halves(), orientation=3)
    artifact = store([original])
    assert bare_copy(artifact) != original
    assert store([original]) == artifact
    assert plain() != original
