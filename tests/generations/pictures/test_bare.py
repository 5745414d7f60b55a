"""Files without metadata: the same pixels, and nothing else."""

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from generations.pictures.bare import Unreadable, gif, jpeg, png, riff
from tests.pictures import (
    animation,
    encoded,
    halves,
    opened,
    plain,
    swapped_profile,
    talkative,
    wav,
)

Bare = Callable[[bytes], bytes]
KINDS: list[tuple[str, Bare]] = [
    ("PNG", png.bare),
    ("JPEG", jpeg.bare),
    ("WEBP", riff.bare),
    ("GIF", gif.bare),
]
# What Pillow tells of a file of pixels alone.
STRUCTURE = {
    *("jfif", "jfif_version", "jfif_unit", "jfif_density", "adobe", "adobe_transform"),
    *("version", "background", "loop", "duration", "timestamp", "transparency", "extension"),
    *("progressive", "progression", "default_image", "disposal", "blend", "bbox"),
}


@pytest.mark.parametrize(("kind", "bare"), KINDS)
@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_only_the_pixels_are_left(kind: str, bare: Bare, mode: str) -> None:
    if (kind, mode) == ("JPEG", "P"):
        mode = "CMYK"
    original = talkative(kind, halves().convert(mode))
    copy = bare(original)
    assert b"Ada" in original
    assert b"Ada" not in copy
    assert opened(copy).tobytes() == opened(original).tobytes()
    assert set(opened(copy).info) <= STRUCTURE
    assert not opened(copy).getexif()
    assert bare(copy) == copy


@pytest.mark.parametrize(("kind", "bare"), KINDS)
def test_see_through_pixels_stay_so(kind: str, bare: Bare) -> None:
    if kind == "JPEG":
        return
    picture = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 4, 8))
    copy = bare(encoded(picture, kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert opened(copy).convert("RGBA").getchannel("A").getcolors() == [(32, 0), (32, 255)]


@pytest.mark.parametrize(("kind", "bare"), [pair for pair in KINDS if pair[0] != "JPEG"])
def test_what_moves_still_moves(kind: str, bare: Bare) -> None:
    def frames(data: bytes) -> list[bytes]:
        with Image.open(io.BytesIO(data)) as picture:
            return [frame.convert("RGB").tobytes() for frame in ImageSequence.Iterator(picture)]

    original = animation(kind, 5)
    assert len(frames(original)) == 5
    assert frames(bare(original)) == frames(original)


def test_the_colours_that_a_picture_means_stay() -> None:
    profile = swapped_profile()
    for kind, bare in KINDS[:3]:
        copy = bare(encoded(halves(), kind, icc_profile=profile))
        assert opened(copy).info["icc_profile"] == profile


def test_a_progressive_jpeg_with_restarts_is_kept_whole() -> None:
    noise = Image.effect_noise((64, 48), 80).convert("RGB")
    for options in ({"progressive": True}, {"restart_marker_blocks": 2}, {"optimize": True}):
        original = encoded(noise, "JPEG", comment=b"Ada", **options)
        copy = jpeg.bare(original)
        assert len(original) - len(copy) == len(b"Ada") + 4
        assert opened(copy).tobytes() == opened(original).tobytes()


def test_the_small_picture_within_a_jpeg_is_left_out() -> None:
    whole = plain("JPEG", (16, 16))
    length = int.from_bytes(whole[4:6], "big")
    preview = b"\1\1" + b"Ada"
    head = whole[:4] + (length + 3).to_bytes(2, "big") + whole[6 : 4 + length - 2] + preview
    copy = jpeg.bare(head + whole[4 + length :])
    assert b"Ada" not in copy
    assert copy == jpeg.bare(whole)


def test_a_loop_of_a_gif_stays_and_what_others_put_there_does_not() -> None:
    original = encoded(
        Image.new("L", (4, 4)),
        "GIF",
        save_all=True,
        append_images=[Image.new("L", (4, 4), 9)],
        loop=0,
    )
    added = original.replace(b"\x21\xff\x0b", b"\x21\xff\x0bXMP DataXMP\x03Ada\0\x21\xff\x0b", 1)
    assert b"Ada" not in gif.bare(added)
    assert gif.bare(added) == gif.bare(original)
    assert opened(gif.bare(added)).info["loop"] == 0


def test_a_sound_loses_its_titles_only() -> None:
    assert riff.bare(wav(says=b"INFOIART\4\0\0\0Ada\0")) == wav()


@pytest.mark.parametrize(("kind", "bare"), KINDS)
@pytest.mark.parametrize("cut", [0, 1, 4, 13, 16, 18])
def test_a_file_that_is_cut_off_is_told_of(kind: str, bare: Bare, cut: int) -> None:
    with pytest.raises(Unreadable):
        bare(talkative(kind, halves())[:cut])


@pytest.mark.parametrize("bare", [jpeg.bare, gif.bare])
@given(data=st.data())
def test_no_bytes_make_a_copy_that_says_more(bare: Bare, data: st.DataObject) -> None:
    original = plain("JPEG" if bare is jpeg.bare else "GIF", (16, 16))
    at = data.draw(st.integers(0, len(original)))
    broken = original[:at] + data.draw(st.binary(max_size=9)) + original[at + 4 :]
    try:
        copy = bare(broken)
    except Unreadable:
        return
    assert len(copy) <= len(broken) + 2
    assert bare(copy) == copy


@pytest.mark.parametrize(("kind", "bare"), KINDS)
def test_another_kind_of_file_is_not_taken_for_this(kind: str, bare: Bare) -> None:
    other = plain("BMP")
    with pytest.raises(Unreadable, match="does not begin"):
        bare(other)
