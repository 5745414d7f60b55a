"""image.noise: textures, and tiles that go on at their other edges."""

from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image

from generations.adapters.base import InvalidInput
from generations.adapters.local.words import NoiseStyle
from tests.generations.calls import draw, expect, picture, run

STYLES = get_args(NoiseStyle)
SMALL = {"seed": 5, "width": 96, "height": 80}


def drawn(**changes: Any) -> np.ndarray:
    return np.asarray(picture(draw("image.noise", SMALL | changes)), dtype=float)


def steps(pixels: np.ndarray, axis: int) -> np.ndarray:
    """Return how much each line differs from the one before; the first: from the last."""
    found: np.ndarray = np.abs(pixels - np.roll(pixels, 1, axis)).mean(axis=(1 - axis, 2))
    return found


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_rich_and_of_the_size_asked_for(style: str) -> None:
    pixels = drawn(style=style)
    assert pixels.shape == (80, 96, 3)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 300
    assert pixels.std() > 8


@pytest.mark.parametrize("style", STYLES)
def test_a_seamless_texture_goes_on_at_its_other_edges(style: str) -> None:
    """What lies across an edge differs no more than neighbours inside of the picture do."""
    pixels = drawn(style=style, seamless=True, scale=2)
    for axis in (0, 1):
        across, *inside = steps(pixels, axis)
        assert across <= max(inside)


def test_a_texture_that_is_not_seamless_has_an_edge() -> None:
    pixels = drawn(style="silk", scale=2)
    for axis in (0, 1):
        across, *inside = steps(pixels, axis)
        assert across > 2 * np.median(inside)


@pytest.mark.parametrize("size", [(64, 64), (512, 64), (64, 512)])
@pytest.mark.parametrize("style", STYLES)
def test_extreme_shapes_are_drawn(style: str, size: tuple[int, int]) -> None:
    shape = {"seed": 2**53 - 1, "width": size[0], "height": size[1]}
    extremes = {"scale": 0.25, "warp": 1, "seamless": True} if size[0] > 64 else {"scale": 4}
    assert picture(draw("image.noise", shape | extremes | {"style": style})).size == size


def test_a_texture_is_the_same_composition_in_every_size() -> None:
    def seen(seed: int, side: int) -> np.ndarray:
        file = draw("image.noise", {"seed": seed, "width": side, "height": side, "style": "silk"})
        small = picture(file).resize((16, 16), Image.Resampling.BOX)
        return np.asarray(small, dtype=float)

    alike, other = seen(3, 96) - seen(3, 256), seen(3, 96) - seen(4, 96)
    assert np.abs(alike).mean() * 4 < np.abs(other).mean()


@pytest.mark.parametrize("style", [style for style in STYLES if style != "marble"])
def test_a_texture_keeps_to_the_colours_asked_for(style: str) -> None:
    """All but marble, which has veins of gold."""
    outputs = run("image.noise", SMALL | {"style": style, "colours": ["#FFFFFF", "#000000"]})
    assert outputs["palette"] == ["#ffffff", "#000000"]
    pixels = drawn(style=style, colours=["#ffffff", "#000000"])
    assert np.ptp(pixels, axis=2).max() <= 12


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 4096},
        {"height": 63},
        {"scale": 0.1},
        {"warp": 1.1},
        {"style": "fog"},
        {"palette": "mauve"},
        {"colours": ["#ffffff"]},
        {"colours": ["#fff", "#000"]},
        {"colours": ["#ffffff"] * 11},
    ],
)
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    expect(InvalidInput, "image.noise", SMALL | wrong)
