"""From pictures to shapes."""

import io
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import resvg_py
from PIL import Image, ImageDraw

from generations.adapters.base import InvalidInput
from tests.generations.calls import MemoryCall, execute, expect, local, picture, png

SVG = "{http://www.w3.org/2000/svg}"


def trace(content: bytes, **options: Any) -> tuple[bytes, dict[str, Any]]:
    call = MemoryCall({"image": "a", **options}, files={"a": content})
    outputs = dict(execute(local(), "image.to_svg", call).outputs)
    (kept,) = call.kept
    assert (kept.id, kept.media_type) == (outputs["svg"], "image/svg+xml")
    return call.files[kept.id], outputs


def shown(svg: bytes) -> Image.Image:
    return picture(bytes(resvg_py.svg_to_bytes(svg_string=svg.decode(), background="#ffffff")))


def saved(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def scene() -> Image.Image:
    image = Image.new("RGB", (240, 160), "#f4efe4")
    pen = ImageDraw.Draw(image)
    pen.ellipse((20, 20, 120, 120), fill="#e36414")
    pen.rectangle((140, 40, 220, 140), fill="#0f4c5c")
    return image


def noise(side: int) -> bytes:
    random = np.random.default_rng(1)
    return saved(Image.fromarray(random.integers(0, 256, (side, side, 3), dtype=np.uint8)))


def test_a_traced_picture_looks_like_the_picture() -> None:
    svg, outputs = trace(saved(scene()))
    assert (outputs["width"], outputs["height"]) == (240, 160)
    assert 3 <= outputs["paths"] <= 12
    difference = np.abs(np.asarray(shown(svg), int) - np.asarray(scene(), int))
    assert difference.mean() < 4


@pytest.mark.failure("K5")
@pytest.mark.parametrize("options", [{}, {"detail": "high"}, {"ink": "#112233"}, {"colours": 2}])
def test_a_file_holds_nothing_but_shapes(options: dict[str, Any]) -> None:
    """The guard: the document is written around the paths, and nothing is taken from the input."""
    svg, outputs = trace(saved(scene()), **options)
    root = ET.fromstring(svg)  # noqa: S314 - ours
    assert root.tag == f"{SVG}svg"
    assert set(root.attrib) == {"width", "height", "viewBox"}
    assert {element.tag for element in root} == {f"{SVG}path"}
    assert {name for element in root for name in element.attrib} <= {"d", "fill", "transform"}
    assert len(list(root.iter())) == outputs["paths"] + 1
    for word in (b"script", b"foreignObject", b"href", b"style", b"<!", b"<?", b"on"):
        assert word not in svg


def test_one_ink_draws_what_is_dark_on_nothing() -> None:
    svg, _ = trace(saved(scene()), ink="#aa0011")
    fills = {element.get("fill") for element in ET.fromstring(svg)}  # noqa: S314 - ours
    assert fills == {"#aa0011"}
    image = shown(svg)
    assert image.getpixel((180, 90)) == (170, 0, 17)
    assert image.getpixel((5, 5)) == (255, 255, 255)


def test_fewer_colours_make_fewer_shapes() -> None:
    content = saved(scene().resize((480, 320)))
    svg, _ = trace(content, colours=2)
    fills = {element.get("fill") for element in ET.fromstring(svg)}  # noqa: S314 - ours
    assert len(fills) <= 2


def test_what_is_transparent_is_left_out() -> None:
    image = Image.new("RGBA", (120, 80), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((20, 10, 100, 70), fill="#e36414")
    svg, outputs = trace(saved(image))
    assert outputs["paths"] == 1
    assert shown(svg).getpixel((2, 2)) == (255, 255, 255)
    empty, outputs = trace(saved(Image.new("RGBA", (20, 20), (0, 0, 0, 0))))
    assert outputs["paths"] == 0
    assert shown(empty).size == (20, 20)


@pytest.mark.failure("K5")
def test_a_picture_of_endless_detail_gives_a_file_of_a_bounded_size() -> None:
    """The guard: what has more edges than MAX_EDGES is traced more coarsely."""
    svg, outputs = trace(noise(500), detail="high", colours=64)
    assert len(svg) < 5 * 2**20
    assert outputs["paths"] > 100
    assert outputs["width"] == 500


@pytest.mark.parametrize("size", [(1, 1), (3000, 2), (2, 3000)])
def test_pictures_of_any_shape_are_traced(size: tuple[int, int]) -> None:
    _, outputs = trace(png(size))
    assert (outputs["width"], outputs["height"]) == size


def test_the_same_picture_gives_the_same_bytes() -> None:
    first, again = (trace(saved(scene()), detail="low")[0] for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    "wrong", [{"colours": 1}, {"colours": 65}, {"colours": 3, "ink": "#000000"}]
)
def test_a_wrong_number_of_colours_is_refused(wrong: dict[str, Any]) -> None:
    expect(InvalidInput, "image.to_svg", {"image": "a", **wrong}, files={"a": png()})
