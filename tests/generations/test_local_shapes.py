"""image.shapes: compositions of flat shapes."""

from collections import Counter
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image

from generations.adapters.base import InvalidInput
from generations.adapters.local.words import ShapesStyle
from tests.generations.calls import draw, expect, picture, run

STYLES = get_args(ShapesStyle)
SMALL = {"seed": 3, "width": 128, "height": 96}


def common(image: Image.Image, count: int) -> list[str]:
    """Return the most common colours."""
    pixels = np.asarray(image).reshape(-1, 3)
    colours = Counter(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in pixels.tolist())
    return [colour for colour, _ in colours.most_common(count)]


@pytest.mark.parametrize("amount", [0.5, 2])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_composed_little_or_much(style: str, amount: float) -> None:
    image = picture(draw("image.shapes", SMALL | {"style": style, "amount": amount}))
    assert image.size == (128, 96)
    assert len(image.getcolors(1 << 24) or []) > 50


@pytest.mark.parametrize("size", [(64, 64), (400, 64), (64, 400)])
@pytest.mark.parametrize("style", STYLES)
def test_extreme_shapes_are_drawn(style: str, size: tuple[int, int]) -> None:
    inputs = {"seed": 9, "style": style, "width": size[0], "height": size[1]}
    assert picture(draw("image.shapes", inputs)).size == size


@pytest.mark.parametrize("style", ["bauhaus", "confetti", "botanical"])
def test_flat_shapes_are_painted_in_the_palette(style: str) -> None:
    inputs = {"seed": 3, "style": style, "width": 256, "height": 256, "texture": 0}
    file = draw("image.shapes", inputs | {"palette": "riso"})
    told = run("image.shapes", inputs | {"palette": "riso"})["palette"]
    assert set(common(picture(file), 3)) & set(told)
    if style != "botanical":
        assert set(common(picture(file), 4)) <= set(told)


@pytest.mark.parametrize("style", STYLES)
def test_two_colours_are_enough(style: str) -> None:
    inputs = SMALL | {"style": style, "colours": ["#ffffff", "#1133aa"]}
    assert run("image.shapes", inputs)["palette"] == ["#ffffff", "#1133aa"]


@pytest.mark.parametrize("style", STYLES)
def test_colours_that_are_all_alike_are_drawn_with(style: str) -> None:
    assert draw("image.shapes", SMALL | {"style": style, "colours": ["#123456", "#123456"]})


def test_texture_roughens_the_paper() -> None:
    plain = picture(draw("image.shapes", SMALL | {"style": "bauhaus", "texture": 0}))
    rough = picture(draw("image.shapes", SMALL | {"style": "bauhaus", "texture": 1}))
    assert len(rough.getcolors(1 << 24) or []) > 4 * len(plain.getcolors(1 << 24) or [])


def test_confetti_goes_on_at_its_other_edges() -> None:
    """A strip cut from both sides of an edge holds whole shapes: both sides show the same ones."""
    inputs = {"seed": 1, "style": "confetti", "width": 200, "height": 200, "texture": 0}
    image = picture(draw("image.shapes", inputs))
    pairs = [(image.getpixel((0, y)), image.getpixel((199, y))) for y in range(200)]
    assert sum(one == other for one, other in pairs) > 170
    assert len({one for one, _ in pairs}) > 1


@pytest.mark.parametrize("wrong", [{"amount": 3}, {"texture": -1}, {"style": "cubist"}])
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    expect(InvalidInput, "image.shapes", SMALL | wrong)
