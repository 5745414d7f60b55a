"""image.truchet: tiles turned by chance."""

from typing import Any, get_args

import numpy as np
import pytest

from generations.adapters.base import InvalidInput
from generations.adapters.local.words import TruchetStyle
from tests.generations.calls import draw, expect, picture, run

STYLES = get_args(TruchetStyle)
SMALL = {"seed": 4, "width": 144, "height": 96, "texture": 0}


def drawn(**changes: Any) -> np.ndarray:
    return np.asarray(picture(draw("image.truchet", SMALL | changes)), dtype=float)


def steps(pixels: np.ndarray, axis: int) -> np.ndarray:
    """Return how much each line differs from the one before; the first: from the last."""
    found: np.ndarray = np.abs(pixels - np.roll(pixels, 1, axis)).mean(axis=(1 - axis, 2))
    return found


@pytest.mark.parametrize("tiles", [2, 20])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_laid_with_few_tiles_or_many(style: str, tiles: int) -> None:
    pixels = drawn(style=style, tiles=tiles)
    assert pixels.shape == (96, 144, 3)
    assert pixels.std() > 8


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("style", STYLES)
def test_a_seamless_floor_goes_on_at_its_other_edges(style: str, seed: int) -> None:
    """What lies across an edge differs no more than neighbours inside of the picture do."""
    pixels = drawn(style=style, seed=seed, tiles=5, seamless=True)
    for axis in (0, 1):
        across, *inside = steps(pixels, axis)
        assert across <= max(inside)


def test_a_floor_that_is_not_seamless_is_cut_anywhere() -> None:
    pixels = drawn(style="smith", tiles=5, width=150, height=110)
    across, *inside = steps(pixels, 1)
    assert across > max(inside)


@pytest.mark.parametrize("size", [(64, 64), (400, 64), (64, 400)])
@pytest.mark.parametrize("seamless", [False, True])
def test_extreme_shapes_are_laid(size: tuple[int, int], seamless: bool) -> None:  # noqa: FBT001
    for style in STYLES:
        inputs = {"seed": 9, "style": style, "width": size[0], "height": size[1], "tiles": 3}
        assert picture(draw("image.truchet", inputs | {"seamless": seamless})).size == size


@pytest.mark.parametrize("style", STYLES)
def test_a_ribbon_has_the_colours_asked_for(style: str) -> None:
    inputs = SMALL | {"style": style, "colours": ["#ffffff", "#000000"]}
    assert run("image.truchet", inputs)["palette"] == ["#ffffff", "#000000"]
    assert np.ptp(drawn(style=style, colours=["#ffffff", "#000000"]), axis=2).max() <= 2


@pytest.mark.parametrize("wrong", [{"tiles": 1}, {"tiles": 49}, {"style": "chess"}])
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    expect(InvalidInput, "image.truchet", SMALL | wrong)
