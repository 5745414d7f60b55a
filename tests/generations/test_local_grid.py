"""Contact sheets."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generations.adapters.base import InvalidInput
from tests.generations.calls import draw, expect, picture, png

FILES = {
    "red": png((80, 40), "#ff0000"),
    "blue": png((40, 80), "#0000ff"),
    "green": png((50, 50), "#00ff00"),
}
CELLS: dict[str, Any] = {"cell_width": 40, "cell_height": 40, "gap": 10, "margin": 20}
RED, BLUE, GREEN, WHITE = (255, 0, 0), (0, 0, 255), (0, 255, 0), (255, 255, 255)


def sheet(images: list[str | None], **options: Any) -> Image.Image:
    return picture(draw("image.grid", {"images": images, **CELLS, **options}, FILES))


def test_pictures_lie_in_their_cells_by_rows() -> None:
    image = sheet(["red", "blue", "green"], columns=2)
    assert image.size == (2 * 40 + 10 + 40, 2 * 40 + 10 + 40)
    middles = [(40, 40), (90, 40), (40, 90), (90, 90)]
    assert [image.getpixel(at) for at in middles] == [RED, BLUE, GREEN, WHITE]


def test_null_leaves_a_cell_empty_and_the_others_where_they_were() -> None:
    image = sheet(["red", None, "green"], columns=3)
    assert [image.getpixel((at, 40)) for at in (40, 90, 140)] == [RED, WHITE, GREEN]
    assert sheet([None, None]).getcolors() == [(130 * 80, WHITE)]


def test_a_picture_fills_its_cell_or_is_shown_whole() -> None:
    filled, whole = sheet(["red"], fit="cover"), sheet(["red"], fit="contain")
    assert filled.getpixel((40, 22)) == RED
    assert whole.getpixel((40, 22)) == WHITE
    assert whole.getpixel((40, 40)) == RED


def test_corners_are_rounded() -> None:
    image = sheet(["red"], corners=12, background="#000000")
    assert image.getpixel((20, 20)) == (0, 0, 0)
    assert image.getpixel((40, 20)) == RED


def test_labels_stand_under_their_cells() -> None:
    options: dict[str, Any] = {"cell_width": 120, "cell_height": 120, "columns": 2}
    plain = sheet(["red", "blue", None], **options)
    labelled = sheet(["red", "blue", None], labels=["Sea", None, "empty"], **options)
    assert labelled.width == plain.width
    assert labelled.height > plain.height
    pixels = np.asarray(labelled, int)
    under = pixels[140 : 140 + (labelled.height - plain.height) // 2]
    dark = (under.sum(axis=2) < 200).any(axis=0)
    assert dark[20:140].any()
    assert not dark[150:270].any()


@pytest.mark.parametrize("text", ["W" * 100, "two\nlines", "日本語 🎨", " ", "a " * 50, 0, 2.5])
def test_any_label_fits(text: str | float) -> None:
    image = sheet(["red"], labels=[text], cell_width=64, cell_height=64)
    assert image.width == 64 + 40


def test_labels_can_be_read_on_a_dark_sheet() -> None:
    image = sheet([None], labels=["MMMM"], background="#10151f", cell_width=200, cell_height=60)
    assert np.asarray(image, int).sum(axis=2).max() > 600


def test_as_many_columns_as_make_it_about_square() -> None:
    assert sheet(["red"] * 9).size == (3 * 40 + 20 + 40,) * 2
    wide = sheet(["red"] * 8, cell_width=20, cell_height=80, gap=0, margin=0)
    assert wide.size == (6 * 20, 2 * 80)


def test_a_hundred_large_cells_stay_within_bounds() -> None:
    image = sheet(["green"] * 100, cell_width=1024, cell_height=1024, labels=["x"] * 100)
    assert 3900 < max(image.size) <= 4096


def test_transparent_parts_show_the_sheet() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(file, "PNG")
    inputs = {"images": ["clear"], **CELLS, "background": "#ff0000"}
    image = picture(draw("image.grid", inputs, {"clear": file.getvalue()}))
    assert image.getcolors() == [(80 * 80, RED)]


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"images": []}, "images"),
        ({"images": ["red"] * 101}, "images"),
        ({"images": ["red"], "labels": ["a", "b"]}, "2 labels for 1"),
        ({"images": ["theirs"]}, "theirs"),
        ({"images": ["red"], "columns": 0}, "columns"),
        ({"images": ["red"], "cell_width": 2000}, "cell_width"),
        ({"images": ["red"], "labels": ["x" * 101]}, "labels"),
    ],
)
def test_sheets_that_cannot_be_are_refused(inputs: dict[str, Any], words: str) -> None:
    assert words in expect(InvalidInput, "image.grid", inputs, files=FILES).message
