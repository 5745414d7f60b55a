"""image.gradient: colours that pass into each other."""

from typing import Any, get_args

import numpy as np
import pytest

from generations.adapters.base import InvalidInput
from generations.adapters.local.words import GradientStyle
from tests.generations.calls import draw, expect, picture, run

SMALL = {"seed": 2, "width": 128, "height": 64}
PLAIN = {"style": "linear", "grain": 0, "angle": 90, "colours": ["#102030", "#e0d0c0"]}


def drawn(**changes: Any) -> np.ndarray:
    return np.asarray(picture(draw("image.gradient", SMALL | changes)), dtype=float)


@pytest.mark.parametrize("size", [(64, 64), (400, 64), (64, 400)])
@pytest.mark.parametrize("style", get_args(GradientStyle))
def test_every_style_fills_every_shape(style: str, size: tuple[int, int]) -> None:
    pixels = drawn(style=style, width=size[0], height=size[1], angle=45)
    assert pixels.shape[:2] == size[::-1]
    assert pixels.std() > 8


def test_a_linear_gradient_goes_from_the_first_colour_to_the_last() -> None:
    pixels = drawn(**PLAIN)
    assert np.abs(pixels[:, 0].mean(axis=0) - [0x10, 0x20, 0x30]).max() < 3
    assert np.abs(pixels[:, -1].mean(axis=0) - [0xE0, 0xD0, 0xC0]).max() < 3
    assert (np.diff(pixels[:, :, 0].mean(axis=0)) > 0).all()


@pytest.mark.parametrize(("angle", "start"), [(0, "bottom"), (90, "left"), (180, "top")])
def test_the_angle_is_clockwise_from_upwards(angle: float, start: str) -> None:
    pixels = drawn(**PLAIN | {"angle": angle}).mean(axis=2)
    edges = {"left": pixels[:, 0], "top": pixels[0], "bottom": pixels[-1], "right": pixels[:, -1]}
    assert min(edges, key=lambda edge: edges[edge].mean()) == start


def test_a_gradient_between_near_colours_has_no_bands() -> None:
    """Eight steps of grey over 512 columns: their means still rise from column to column."""
    near = PLAIN | {"colours": ["#404040", "#484848"], "width": 512, "height": 256}
    means = drawn(**near).mean(axis=(0, 2))
    straight = np.linspace(0x40, 0x48, 512)
    assert np.abs(means - straight).max() < 0.35


def test_steps_make_as_many_flat_bands() -> None:
    columns = drawn(**PLAIN | {"steps": 5})[:, :, 0].mean(axis=0)
    levels, counts = np.unique(np.round(columns / 4), return_counts=True)
    assert (counts > 10).sum() == 5
    assert list(np.diff(levels[counts > 10]) > 5) == [True] * 4


def test_grain_roughens() -> None:
    assert drawn(**PLAIN | {"grain": 1})[:, 64].std() > 4 * drawn(**PLAIN)[:, 64].std()


def test_the_colours_are_told_in_their_order() -> None:
    assert run("image.gradient", SMALL | PLAIN)["palette"] == ["#102030", "#e0d0c0"]
    named = run("image.gradient", SMALL | {"palette": "lagoon"})["palette"]
    assert named[0] == "#0a2e38"


@pytest.mark.parametrize(
    "wrong", [{"angle": 361}, {"steps": 33}, {"grain": 2}, {"style": "spiral"}, {"width": 2049}]
)
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    expect(InvalidInput, "image.gradient", SMALL | wrong)
