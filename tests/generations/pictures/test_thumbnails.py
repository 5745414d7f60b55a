"""Small copies of pictures, made when first asked for by a child that hostile files may kill."""

import base64
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image

from generations.artifacts import store
from generations.models import Artifact
from generations.pictures import rendering
from generations.pictures.derived import HOPELESS_FOR, derived
from generations.pictures.rendering import Busy, NotRendered, render
from generations.pictures.thumbnails import PICTURES, SIZES, Size, size_of, thumbnail
from tests import pictures
from tests.pictures import encoded, exif, halves, opened, plain, png_bomb, svg

pytestmark = pytest.mark.django_db
RED, BLUE, CLEAR = (255, 0, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0)


def small(data: bytes, size: Size = 256) -> Image.Image:
    made = opened(thumbnail(store([data]), size))
    assert made.format == "WEBP"
    return made


def at(picture: Image.Image, x: float, y: float) -> tuple[int, ...]:
    """The pixel at a fraction of width and height, rounded to what lossy files keep."""
    point = int(x * picture.width), int(y * picture.height)
    found = picture.convert("RGBA").getpixel(point)
    assert isinstance(found, tuple)
    return tuple(min(255, round(value / 17) * 17) for value in found)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_every_kind_of_picture_has_one(kind: str) -> None:
    made = small(encoded(halves((800, 400)), kind))
    assert made.size == (256, 128)
    assert (at(made, 0.25, 0.5), at(made, 0.75, 0.5)) == (RED, BLUE)


def test_a_drawing_is_drawn() -> None:
    made = small(svg('<rect width="400" height="900" fill="red"/>', 'viewBox="0 0 800 400"'))
    assert made.size == (256, 128)
    assert (at(made, 0.25, 0.5), at(made, 0.75, 0.5)) == (RED, CLEAR)


def test_the_words_of_a_drawing_are_drawn() -> None:
    made = small(svg('<text y="18" font-size="20">Hi</text>'))
    assert made.getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((6, 4), (6, 4)), ((1000, 2), (256, 1)), ((300, 1500), (51, 256)), ((256, 256), (256, 256))],
)
def test_it_is_never_larger_and_keeps_its_shape(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert small(plain(size=size)).size == expected
    assert size_of(store([plain(size=size)]), 256) == expected


def test_there_are_two_sizes() -> None:
    assert [max(small(plain(size=(900, 30)), size).size) for size in SIZES] == [256, 640]


@pytest.mark.parametrize(
    ("orientation", "top_left"),
    [(1, RED), (2, BLUE), (3, BLUE), (4, RED), (5, RED), (6, RED), (7, BLUE), (8, BLUE)],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_it_stands_upright(kind: str, orientation: int, top_left: tuple[int, ...]) -> None:
    artifact = store([encoded(halves(), kind, exif=exif(orientation))])
    made = opened(thumbnail(artifact, 256))
    assert made.size == (artifact.width, artifact.height)
    assert made.size == ((40, 20) if orientation < 5 else (20, 40))
    assert at(made, 0.1, 0.1) == top_left


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_what_is_see_through_stays_so(kind: str) -> None:
    picture = Image.new("RGBA", (400, 400), CLEAR)
    picture.paste(RED, (0, 0, 200, 400))
    made = small(encoded(picture, kind))
    assert (at(made, 0.2, 0.5), at(made, 0.8, 0.5)[3]) == (RED, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "CMYK"])
def test_whatever_its_colours_are_made_of_it_looks_the_same(mode: str) -> None:
    white: Any = {"LA": (255, 255), "CMYK": (0, 0, 0, 0), "I;16": 65535, "P": 0, "1": 1}.get(
        mode, 255
    )
    picture = Image.new(mode, (30, 30), white)
    if mode == "P":
        picture.putpalette([255, 255, 255])
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert at(small(encoded(picture, kind)), 0.5, 0.5) == (255, 255, 255, 255)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_its_colours_are_those_that_the_profile_means(mode: str) -> None:
    profile = pictures.swapped_profile()
    made = small(encoded(halves((30, 30)).convert(mode), "PNG", icc_profile=profile))
    assert (at(made, 0.2, 0.5), at(made, 0.8, 0.5)) == (BLUE, RED)


def test_a_broken_profile_does_no_harm() -> None:
    made = small(encoded(halves(), "PNG", icc_profile=b"no profile at all"))
    assert at(made, 0.2, 0.5) == RED


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_it_says_nothing_of_what_the_picture_said(kind: str) -> None:
    data = thumbnail(store([pictures.talkative(kind, halves((300, 200)))]), 256)
    assert b"Ada" not in data
    assert not opened(data).getexif()
    assert "icc_profile" not in opened(data).info


def test_it_is_kept_beside_the_picture_and_made_only_once() -> None:
    artifact = store([plain(size=(300, 300), colour="olive")])
    first = thumbnail(artifact, 256)
    storages["artifacts"].delete(artifact.file)
    assert thumbnail(artifact, 256) == first
    with pytest.raises(FileNotFoundError):
        thumbnail(artifact, 640)


def test_many_that_ask_at_once_get_the_same_and_leave_nothing_else() -> None:
    artifact = store([plain(size=(500, 300), colour="peru")])
    made: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: made.append(thumbnail(artifact, 256))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    storage = storages["artifacts"]
    folder = f"thumbnails/1/{artifact.sha256[:2]}/{artifact.sha256[2:4]}"
    assert storage.listdir(folder)[1] == [f"{artifact.sha256}-256.webp"]
    assert storage.listdir("parts") == ([], [])


@pytest.mark.parametrize("data", [b"words", b"\x00\x01", pictures.wav(), b"%PDF-1.7\n"])
def test_what_is_no_picture_has_none(data: bytes) -> None:
    artifact = store([data])
    assert artifact.media_type not in PICTURES
    with pytest.raises(NotRendered, match="no thumbnails"):
        thumbnail(artifact, 256)


def test_what_cannot_be_made_is_tried_again_only_after_a_while() -> None:
    tries = []

    def fail() -> bytes:
        tries.append(1)
        raise NotRendered("It is broken.")

    for _ in range(3):
        with pytest.raises(NotRendered):
            derived("thumbnails/test/hopeless", fail)
    assert len(tries) == 1
    with time_machine.travel(timezone.now() + HOPELESS_FOR + timedelta(minutes=1)):
        assert derived("thumbnails/test/hopeless", lambda: b"made") == b"made"
    assert derived("thumbnails/test/hopeless", fail) == b"made"


def test_who_would_wait_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "PATIENCE_S", 0.01)
    artifact = store([plain(size=(77, 7))])
    with rendering._turn, pytest.raises(Busy, match="try again"):
        thumbnail(artifact, 256)
    assert opened(thumbnail(artifact, 256)).size == (77, 7)


class Listener:
    """A web server that notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Noting(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_error(404)

        self._server = HTTPServer(("127.0.0.1", 0), Noting)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Listener":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class TestHostile:
    """What is meant to hurt ends as a picture that is not there, and the next one is made."""

    @pytest.fixture(autouse=True)
    def _the_next_one_is_made(self) -> Iterator[None]:
        render("picture.thumbnail", store([plain(size=(9, 9))]), is_svg=False, size=8)
        yield
        made = render("picture.thumbnail", store([plain(size=(9, 9))]), is_svg=False, size=8)
        assert opened(made).size == (8, 8)

    def not_drawn(self, data: bytes) -> str:
        with pytest.raises(NotRendered) as reason:
            render("picture.thumbnail", store([data]), seconds=2, is_svg=True, size=256)
        return str(reason.value)

    @pytest.mark.failure("K5")
    def test_a_drawing_that_takes_for_ever_is_ended(self) -> None:
        """Guards the time that drawing may take."""
        blur = '<filter id="f"><feGaussianBlur stdDeviation="9000"/></filter>'
        endless = '<rect width="40" height="20" filter="url(#f)"/>' * 9000
        assert self.not_drawn(svg(blur + endless)) == "It takes too long to draw."

    @pytest.mark.failure("K5")
    def test_a_drawing_that_asks_for_too_much_memory_is_ended(self) -> None:
        """Guards the memory that drawing may take, by a picture within the drawing."""
        bomb = base64.b64encode(png_bomb(60_000, 60_000)).decode()
        reason = self.not_drawn(svg(f'<image href="data:image/png;base64,{bomb}"/>'))
        assert reason == "It asks for more than it may have."

    @pytest.mark.failure("K5")
    def test_a_drawing_that_repeats_itself_without_end_is_ended(self) -> None:
        """Guards against the billion laughs that need no entities: uses of uses of uses."""
        ten = '<use href="#g{}"/>' * 10
        uses = "".join(f'<g id="g{n + 1}">{ten.replace("{}", str(n))}</g>' for n in range(9))
        laughs = f'<defs><g id="g0"><rect width="1" height="1"/></g>{uses}</defs>'
        assert self.not_drawn(svg(f'{laughs}<use href="#g9"/>'))

    @pytest.mark.failure("K5")
    def test_a_drawing_too_deep_to_read_is_refused(self) -> None:
        """Guards against a depth that would exhaust the stack of whoever reads it."""
        deep = svg("<g>" * 100_000 + "</g>" * 100_000)
        assert "within each other" in self.not_drawn(deep)

    @pytest.mark.failure("K5")
    def test_an_enormous_drawing_costs_as_much_as_any_other(self) -> None:
        """Guards against canvases as large as a drawing says it is: only what is shown is drawn."""
        head = 'viewBox="0 0 4000000000 2000000000"'
        made = small(svg('<rect width="100%" height="100%" fill="red"/>', head))
        assert (made.size, at(made, 0.5, 0.5)) == ((256, 128), RED)

    @pytest.mark.failure("K5")
    @pytest.mark.parametrize(
        "way",
        [
            '<image href="{}" width="40" height="20"/>',
            '<image xlink:href="{}" width="40" height="20"/>',
            '<filter id="f"><feImage href="{}"/></filter><path d="M0 0H40V20H0" filter="url(#f)"/>',
            '<rect width="40" height="20" fill="url({})"/>',
            "<style>@import url({});</style>",
        ],
    )
    def test_a_drawing_shows_no_file_of_ours_and_calls_nobody(
        self, tmp_path: Path, way: str
    ) -> None:
        """Guards against references out of the drawing; the one within it shows that they work."""
        secret = tmp_path / "secret.png"
        secret.write_bytes(plain(size=(40, 20), colour="lime"))
        inside = base64.b64encode(plain(size=(4, 4), colour="red")).decode()
        own = f'<image href="data:image/png;base64,{inside}" width="4" height="4"/>'
        with Listener() as listener:
            for place in (str(secret), secret.as_uri(), f"{listener.url}/secret.png"):
                made = small(svg(way.replace("{}", place) + own))
                assert at(made, 0.05, 0.1) == RED
                assert made.convert("RGB").getchannel("G").getextrema() == (0, 0)
        assert listener.asked == []

    @pytest.mark.failure("K5")
    @pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
    def test_of_a_thousand_frames_only_the_first_is_unpacked(self, kind: str) -> None:
        """Guards against pictures that are small but many: a thumbnail does not move."""
        data = pictures.animation(kind, 1000)
        made = opened(render("picture.thumbnail", store([data]), seconds=5, is_svg=False, size=8))
        assert (made.size, at(made, 0.5, 0.5)) == ((8, 8), (0, 0, 0, 255))
        assert getattr(made, "n_frames", 1) == 1

    @pytest.mark.failure("K5")
    def test_pixels_are_counted_again_where_they_are_unpacked(self) -> None:
        """Guards MAX_PIXELS in the child, should a file ever have been stored without it."""
        artifact = store([plain(size=(5, 3))])
        bomb = png_bomb(60_000, 60_000)
        name = storages["artifacts"].save("bombs/bomb.png", ContentFile(bomb))
        with pytest.raises(NotRendered, match="pixels"):
            render(
                "picture.thumbnail",
                Artifact(pk=artifact.pk, file=name, media_type="image/png"),
                is_svg=False,
                size=256,
            )

    def test_a_picture_whose_pixels_are_missing_has_no_thumbnail(self) -> None:
        with pytest.raises(NotRendered, match="cannot be read"):
            thumbnail(store([png_bomb(400, 400)]), 256)

    def test_nothing_of_it_stays_in_temporary_folders(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        small(plain(size=(301, 3)))
        assert "asks for more" in self.not_drawn(
            svg(
                '<image href="data:image/png;base64,'
                + base64.b64encode(png_bomb(60_001, 60_000)).decode()
                + '"/>'
            )
        )
        assert list(tmp_path.iterdir()) == []


def test_the_child_knows_no_django_and_no_settings() -> None:
    package = "generations.pictures.renderers"
    script = f"import sys, {package}.thumbnail, {package}.upright; print('django' in sys.modules)"
    command = [sys.executable, "-c", script]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"False\n"
