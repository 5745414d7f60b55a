"""image.filter: effects that are applied to a picture."""

import io
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image

from generations.adapters.base import InvalidInput
from generations.adapters.local.drawing.effects import EFFECTS, SEE_THROUGH
from generations.adapters.local.words import FilterName
from tests.generations.calls import draw, expect, picture, png

NAMES = get_args(FilterName)


def scene(mode: str = "RGB") -> bytes:
    """Return a small picture with soft and sharp tones, in colour."""
    x, y = np.meshgrid(np.linspace(0, 1, 96), np.linspace(0, 1, 72))
    pixels = np.stack([255 * x, 255 * y, 255 * (1 - x)], axis=2)
    pixels[20:50, 30:60] = [240, 200, 40]
    image = Image.fromarray(pixels.astype(np.uint8)).convert(mode)
    if mode == "RGBA":
        image.paste((0, 0, 0, 0), (0, 0, 20, 20))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def filtered(name: str, file: bytes | None = None, **changes: Any) -> np.ndarray:
    inputs = {"image": "a", "filter": name, **changes}
    return np.asarray(picture(draw("image.filter", inputs, {"a": file or scene()})), dtype=float)


BEFORE = np.asarray(picture(scene()), dtype=float)


def test_every_effect_has_a_name() -> None:
    assert set(NAMES) == set(EFFECTS)


@pytest.mark.parametrize("name", NAMES)
def test_every_effect_changes_a_picture_and_keeps_its_size(name: str) -> None:
    after = filtered(name, strength=1)
    assert after.shape == BEFORE.shape
    assert np.abs(after - BEFORE).mean() > 1.5


@pytest.mark.parametrize("name", NAMES)
def test_every_effect_takes_a_picture_of_any_shape(name: str) -> None:
    for size in ((1, 1), (2, 130), (300, 3)):
        for coarse in (0.25, 4):
            after = filtered(name, png(size), size=coarse, strength=1)
            assert after.shape[:2] == size[::-1]


@pytest.mark.parametrize("name", NAMES)
def test_a_plain_picture_has_no_contrast_to_fail_on(name: str) -> None:
    for colour in ("#000000", "#ffffff"):
        assert filtered(name, png((24, 24), colour)).shape == (24, 24, 3)


@pytest.mark.parametrize("name", ["blur", "glow", "grain", "sharpen", "vignette"])
def test_at_strength_0_nothing_changes(name: str) -> None:
    assert np.abs(filtered(name, strength=0) - BEFORE).max() <= 2


@pytest.mark.parametrize("name", ["edges", "engraving", "halftone", "pencil", "risograph"])
def test_a_print_in_black_on_white_has_no_colour(name: str) -> None:
    after = filtered(name, colours=["#ffffff", "#000000"])
    assert np.ptp(after, axis=2).max() <= 2
    assert after.std() > 20


@pytest.mark.parametrize("name", ["pixelate", "posterize"])
def test_only_the_colours_asked_for_are_left(name: str) -> None:
    colours = [(0x20, 0x30, 0x50), (0xD0, 0x60, 0x40), (0xF0, 0xE8, 0xD0)]
    after = filtered(name, colours=["#{:02x}{:02x}{:02x}".format(*one) for one in colours])
    away = np.abs(after[:, :, None] - np.array(colours)).max(axis=3).min(axis=2)
    assert away.max() <= 2
    assert len(np.unique(after.reshape(-1, 3).round(-1), axis=0)) > 1


def test_a_duotone_goes_from_the_first_colour_to_the_last() -> None:
    after = filtered("duotone", strength=1, colours=["#000000", "#ff0000"])
    assert after[..., 1:].max() <= 2
    assert np.corrcoef(after[..., 0].ravel(), BEFORE.mean(axis=2).ravel())[0, 1] > 0.6


def test_a_blurred_picture_is_smoother_and_a_sharpened_one_is_not() -> None:
    def roughness(pixels: np.ndarray) -> float:
        return float((np.diff(pixels, axis=1) ** 2).mean())

    assert roughness(filtered("blur")) < roughness(BEFORE) < roughness(filtered("sharpen"))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_transparent_stays_so_where_that_makes_sense(name: str) -> None:
    inputs = {"image": "a", "filter": name}
    with Image.open(io.BytesIO(draw("image.filter", inputs, {"a": scene("RGBA")}))) as image:
        if name in SEE_THROUGH:
            assert image.mode == "RGBA"
            assert image.getchannel("A").getpixel((5, 5)) == 0
        else:
            assert image.mode == "RGB"


def test_a_large_picture_is_scaled_down() -> None:
    assert filtered("vignette", png((2400, 30))).shape == (26, 2048, 3)


@pytest.mark.parametrize(
    "wrong",
    [{"filter": "sepia"}, {"strength": 2}, {"size": 5}, {"colours": ["#ffffff"]}, {"seed": -1}],
)
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    inputs = {"image": "a", "filter": "blur"} | wrong
    expect(InvalidInput, "image.filter", inputs, files={"a": scene()})
