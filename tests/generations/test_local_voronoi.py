"""image.voronoi: pictures made of pieces."""

import io
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image

from generations.adapters.base import InvalidInput
from generations.adapters.local.words import VoronoiStyle
from tests.generations.calls import draw, expect, picture, png, run

STYLES = get_args(VoronoiStyle)
SMALL = {"seed": 4, "width": 128, "height": 96}


def halves() -> bytes:
    """Return a picture that is red on its left and blue on its right."""
    image = Image.new("RGB", (160, 120), "#d02020")
    image.paste("#2030d0", (80, 0, 160, 120))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("cells", [5, 800])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_made_of_few_pieces_or_many(style: str, cells: int) -> None:
    image = picture(draw("image.voronoi", SMALL | {"style": style, "cells": cells}))
    assert image.size == (128, 96)
    assert len(image.getcolors(1 << 24) or []) > 100


@pytest.mark.parametrize("size", [(64, 64), (400, 64), (64, 400)])
@pytest.mark.parametrize("style", STYLES)
def test_extreme_shapes_are_drawn(style: str, size: tuple[int, int]) -> None:
    inputs = {"seed": 9, "style": style, "width": size[0], "height": size[1], "cells": 40}
    assert picture(draw("image.voronoi", inputs)).size == size


@pytest.mark.parametrize("style", ["glass", "low_poly", "pebbles"])
def test_pieces_take_their_colours_from_a_picture(style: str) -> None:
    inputs = {"seed": 1, "style": style, "image": "a", "cells": 60}
    pixels = np.asarray(picture(draw("image.voronoi", inputs, {"a": halves()})), dtype=float)
    assert pixels.shape[:2] == (120, 160)
    left, right = pixels[:, :60].mean(axis=(0, 1)), pixels[:, 100:].mean(axis=(0, 1))
    assert left[0] > 2 * left[2]
    assert right[2] > 2 * right[0]


def test_a_mended_picture_is_still_itself_between_the_gold() -> None:
    inputs = {"seed": 1, "style": "kintsugi", "image": "a", "cells": 8}
    pixels = np.asarray(picture(draw("image.voronoi", inputs, {"a": halves()})), dtype=float)
    before = np.asarray(picture(halves()), dtype=float)
    same = (np.abs(pixels - before).max(axis=2) < 6).mean()
    assert 0.5 < same < 0.99


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("size", [(1, 1), (2, 300), (2100, 20)])
def test_a_picture_of_any_size_is_taken_and_scaled_down(style: str, size: tuple[int, int]) -> None:
    inputs = {"seed": 1, "style": style, "image": "a", "cells": 30}
    outputs = run("image.voronoi", inputs, files={"a": png(size)})
    assert outputs["width"] == min(size[0], 2048)


@pytest.mark.parametrize("wrong", [{"cells": 4}, {"cells": 3001}, {"style": "lace"}])
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    expect(InvalidInput, "image.voronoi", SMALL | wrong)
