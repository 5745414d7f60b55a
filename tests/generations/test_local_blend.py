"""image.blend: one picture laid over another."""

import io
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image

from generations.adapters.base import InvalidInput
from generations.adapters.local.drawing.blending import MODES
from generations.adapters.local.words import BlendMode
from tests.generations.calls import draw, expect, picture, png

BASE, TOP = "#6496c8", "#3264fa"  # 100, 150, 200 and 50, 100, 250
FILES = {"a": png((8, 6), BASE), "b": png((8, 6), TOP)}


def blended(files: dict[str, bytes] | None = None, **changes: Any) -> Image.Image:
    inputs = {"image": "a", "top": "b"} | changes
    return picture(draw("image.blend", inputs, FILES | (files or {})))


# Worked out by hand from the formulas of W3C's Compositing and Blending Level 1.
EXPECTED = {
    "normal": (50, 100, 250),
    "multiply": (20, 59, 196),
    "screen": (130, 191, 254),
    "overlay": (39, 127, 253),
    "soft_light": (63, 137, 225),
    "hard_light": (39, 118, 253),
    "darken": (50, 100, 200),
    "lighten": (100, 150, 250),
    "dodge": (124, 247, 255),
    "burn": (0, 0, 199),
    "difference": (50, 50, 50),
    "exclusion": (111, 132, 58),
    "add": (150, 250, 255),
}


def test_every_mode_is_known_and_tried() -> None:
    assert set(MODES) == set(get_args(BlendMode)) == {*EXPECTED, "colour", "luminosity"}


@pytest.mark.parametrize("mode", EXPECTED)
def test_a_mode_mixes_colours_as_its_formula_says(mode: str) -> None:
    mixed = np.array(blended(mode=mode).getpixel((3, 3)))
    assert np.abs(mixed - EXPECTED[mode]).max() <= 1


def test_colour_keeps_the_light_and_luminosity_the_colour() -> None:
    def light(colour: Any) -> float:
        return float(np.array(colour) @ [0.3, 0.59, 0.11])

    coloured = blended(mode="colour").getpixel((3, 3))
    assert light(coloured) == pytest.approx(light((100, 150, 200)), abs=2)
    lit = np.array(blended(mode="luminosity").getpixel((3, 3)))
    assert light(lit) == pytest.approx(light((50, 100, 250)), abs=2)
    assert (np.diff(lit) > 0).all()


def test_opacity_mixes() -> None:
    assert blended(opacity=0).getpixel((3, 3)) == (100, 150, 200)
    assert blended(opacity=0.5).getpixel((3, 3)) == (75, 125, 225)


def test_a_mask_lets_the_upper_picture_show_where_it_is_white() -> None:
    mask = Image.new("RGB", (8, 6), "#000000")
    mask.paste("#ffffff", (4, 0, 8, 6))
    file = io.BytesIO()
    mask.save(file, "PNG")
    image = blended({"m": file.getvalue()}, mask="m")
    assert image.getpixel((1, 3)) == (100, 150, 200)
    assert image.getpixel((6, 3)) == (50, 100, 250)


def test_what_is_transparent_lets_the_lower_picture_show() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (8, 6), (255, 255, 255, 0)).save(file, "PNG")
    assert blended({"b": file.getvalue()}, mode="multiply").getpixel((3, 3)) == (100, 150, 200)
    made = draw("image.blend", {"image": "b", "top": "a"}, FILES | {"b": file.getvalue()})
    assert picture(made).getpixel((3, 3)) == (100, 150, 200)


@pytest.mark.parametrize(
    ("fit", "corner", "middle"),
    [
        ("cover", (50, 100, 250), (50, 100, 250)),
        ("stretch", (50, 100, 250), (50, 100, 250)),
        ("tile", (50, 100, 250), (50, 100, 250)),
        ("contain", (100, 150, 200), (50, 100, 250)),
    ],
)
def test_the_upper_picture_is_brought_to_size(
    fit: str, corner: tuple[int, int, int], middle: tuple[int, int, int]
) -> None:
    image = blended({"a": png((60, 20), BASE), "b": png((5, 5), TOP)}, fit=fit)
    assert image.size == (60, 20)
    assert (image.getpixel((1, 1)), image.getpixel((30, 10))) == (corner, middle)


@pytest.mark.parametrize("mode", MODES)
def test_black_and_white_are_mixed_without_a_fault(mode: str) -> None:
    for below in ("#000000", "#ffffff"):
        for above in ("#000000", "#ffffff"):
            files = {"a": png((3, 3), below), "b": png((3, 3), above)}
            assert blended(files, mode=mode).getpixel((1, 1)) in {(0, 0, 0), (255, 255, 255)}


@pytest.mark.parametrize("wrong", [{"mode": "xor"}, {"opacity": 1.1}, {"fit": "none"}])
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    expect(InvalidInput, "image.blend", {"image": "a", "top": "b"} | wrong, files=FILES)
