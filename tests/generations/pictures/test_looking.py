"""What a file is, by its bytes alone."""

import io
import zipfile
import zlib

import pytest
from PIL import Image

from generations.pictures.looking import FileRefused, look_at
from tests import pictures
from tests.pictures import SVG_ROOT, encoded, exif, halves, plain, png_bomb, svg


def looks(data: bytes) -> tuple[str, str, int | None, int | None]:
    found = look_at(io.BytesIO(data))
    return found.media_type, found.extension, found.width, found.height


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_a_picture_is_known_with_its_size(kind: str) -> None:
    media_type, _, *size = looks(plain(kind, (7, 5)))
    assert (media_type, size) == (f"image/{kind.lower()}", [7, 5])


def test_a_png_that_moves_is_a_png() -> None:
    assert looks(pictures.animation("PNG", 3)) == ("image/png", "png", 8, 8)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_photo_taken_sideways_is_as_wide_as_it_is_seen(kind: str) -> None:
    sideways = encoded(halves((40, 20)), kind, exif=exif(orientation=6))
    assert looks(sideways)[2:] == (20, 40)


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('width="300" height="200"', (300, 200)),
        ('width="3in" height="25.4mm"', (288, 96)),
        ('width="72pt" height="6pc"', (96, 96)),
        ('viewBox="0 0 24 12"', (24, 12)),
        ('viewBox="0,0,24,12" width="100%" height="100%"', (24, 12)),
        ('viewBox="0 0 20 10" width="100"', (100, 50)),
        ('viewBox="0 0 20 10" height="100"', (200, 100)),
        ('viewBox="0 0 80000 40000"', (4096, 2048)),
        ('width="0.2" height="0.2"', (1, 1)),
        ("", (None, None)),
        ('viewBox="0 0 0 10"', (None, None)),
        ('viewBox="nonsense" width="-4" height="inf"', (None, None)),
        ('width="1e999" height="2"', (None, None)),
        ('width="10em" height="2"', (None, None)),
    ],
)
def test_a_drawing_is_as_large_as_it_says(head: str, size: tuple[int | None, int | None]) -> None:
    assert looks(svg(head=head)) == ("image/svg+xml", "svg", *size)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + svg(),
        b"<?xml version='1.0' encoding='UTF-8'?>\n<!-- made by hand -->\n" + svg(),
        svg().decode().encode("utf-16"),
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg" width="40" height="20"/>',
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        b'"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">' + svg(),
    ],
    ids=["byte order mark", "prolog", "utf-16", "prefix", "the doctype of SVG 1.1"],
)
def test_a_drawing_is_known_however_it_begins(data: bytes) -> None:
    assert looks(data) == ("image/svg+xml", "svg", 40, 20)


@pytest.mark.parametrize(
    "data",
    [
        b"<svg onload='alert(1)'>",
        b"<svg xmlns='http://example.org/other'/>",
        b"<html xmlns:svg='http://www.w3.org/2000/svg'><svg:svg/></html>",
        b'<!DOCTYPE html><html><svg xmlns="http://www.w3.org/2000/svg"></svg></html>',
        b'<!DOCTYPE other [<!ENTITY a "aaa">]>' + svg("&a;"),
        f"see: <svg {SVG_ROOT}/>".encode(),
        b"<!-- " + b"x" * 300_000 + b" -->" + svg(),
    ],
    ids=[
        "no namespace",
        "another namespace",
        "a page",
        "a page of today",
        "another document",
        "within words",
        "too late",
    ],
)
def test_what_only_resembles_a_drawing_is_text(data: bytes) -> None:
    assert looks(data) == ("text/plain", "txt", None, None)


@pytest.mark.failure("K5")
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE svg [<!ENTITY secret SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE svg [<!ENTITY % more SYSTEM "http://127.0.0.1/more.dtd"> %more;]>',
        '<!DOCTYPE svg SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE svg PUBLIC "mine" "http://127.0.0.1/mine.dtd">',
    ],
)
def test_a_drawing_that_declares_anything_is_refused(doctype: str) -> None:
    """Guards against entity bombs and external entities: none is ever declared, let alone read."""
    with pytest.raises(FileRefused) as refusal:
        look_at(io.BytesIO(doctype.encode() + svg()))
    assert refusal.value.code == "unsafe_picture"


@pytest.mark.failure("K5")
@pytest.mark.parametrize(
    "data",
    [
        png_bomb(60_000, 60_000),
        png_bomb(9_000, 9_000),
        png_bomb(9_000, 9_000, pictures.png_chunk(b"acTL", b"\0\0\0\2\0\0\0\0")),
        pictures.gif_bomb(60_000, 60_000),
        pictures.webp_bomb(16_000, 16_000),
        svg(head='width="100000" height="100000"'),
    ],
    ids=["png", "png of just too many", "moving png", "gif", "webp", "svg"],
)
def test_a_picture_that_unpacks_to_too_much_is_refused_unopened(data: bytes) -> None:
    """Guards MAX_PIXELS, asked of every kind of picture before anything is unpacked."""
    with pytest.raises(FileRefused) as refusal:
        look_at(io.BytesIO(data))
    assert refusal.value.code == "too_many_pixels"


@pytest.mark.failure("K5")
def test_texts_in_a_picture_are_not_unpacked_without_end() -> None:
    """Guards against a text that is packed a thousandfold: Pillow reads no more than 1 MB of it."""
    said = b"Comment\0\0" + zlib.compress(b"x" * 20_000_000)
    with pytest.raises(FileRefused) as refusal:
        look_at(io.BytesIO(png_bomb(4, 4, pictures.png_chunk(b"zTXt", said))))
    assert refusal.value.code == "broken_picture"


def test_an_archive_behind_a_picture_does_not_change_what_it_is() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("evil.txt", "x")
    assert looks(plain() + archive.getvalue()) == ("image/png", "png", 6, 4)


@pytest.mark.parametrize("text", ["BMW is a car", "GIFTS", "II. Chapter two", "schöne Wörter"])
def test_words_are_words_also_where_a_picture_could_begin_so(text: str) -> None:
    assert looks(text.encode()) == ("text/plain", "txt", None, None)


@pytest.mark.parametrize("data", [plain()[:40], plain("GIF")[:8] + b"\0", plain("JPEG")[:30]])
def test_a_picture_that_is_cut_off_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused) as refusal:
        look_at(io.BytesIO(data))
    assert refusal.value.code == "broken_picture"


def test_a_sound_has_the_name_that_browsers_know() -> None:
    assert looks(pictures.wav()) == ("audio/wav", "wav", None, None)


def test_a_picture_is_looked_at_without_its_pixels(tmp_path: object) -> None:
    noise = encoded(Image.effect_noise((64, 64), 90))
    broken = bytearray(noise)
    middle = noise.index(b"IDAT") + 400
    broken[middle : middle + 4] = b"\0\0\0\0"
    with pytest.raises(FileRefused):
        look_at(io.BytesIO(bytes(broken)))
