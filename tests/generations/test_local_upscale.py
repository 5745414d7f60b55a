"""Real-ESRGAN on the processor; `python -m tests.install` brings the libraries it needs."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generations.adapters.base import InvalidInput
from generations.adapters.local.libraries import missing_libraries
from tests.generations.calls import draw, expect, picture, png


def blob(mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (40, 30), "#f4efe4")
    ImageDraw.Draw(image).ellipse((8, 5, 32, 25), fill="#0f4c5c")
    return image


def saved(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_drawing_becomes_larger_and_stays_itself(scale: int) -> None:
    large = picture(draw("image.upscale", {"image": "a", "scale": scale}, {"a": saved(blob())}))
    assert large.size == (40 * scale, 30 * scale)
    difference = np.abs(np.asarray(large.resize((40, 30)), int) - np.asarray(blob(), int))
    assert difference.mean() < 12


def test_a_photo_is_made_four_times_as_large_within_the_memory_of_the_tool() -> None:
    inputs = {"image": "a", "scale": 4, "style": "photo"}
    small = blob().resize((16, 12))
    assert picture(draw("image.upscale", inputs, {"a": saved(small)})).size == (64, 48)


def test_an_edge_is_sharper_than_by_scaling() -> None:
    small = Image.new("RGB", (48, 48), "#ffffff")
    ImageDraw.Draw(small).polygon([(4, 44), (24, 4), (44, 44)], fill="#202020")
    made = picture(draw("image.upscale", {"image": "a", "scale": 4}, {"a": saved(small)}))
    scaled = small.resize((192, 192), Image.Resampling.LANCZOS)

    def between(image: Image.Image) -> int:
        grey = np.asarray(image.convert("L"))
        return int(((grey > 64) & (grey < 192)).sum())

    assert between(made) < between(scaled)


def test_what_is_transparent_stays_transparent() -> None:
    image = blob("RGBA")
    image.putalpha(Image.new("L", image.size, 90))
    content = draw("image.upscale", {"image": "a"}, {"a": saved(image)})
    with Image.open(io.BytesIO(content)) as large:
        assert large.getchannel("A").getextrema() == (90, 90)


@pytest.mark.failure("K5")
@pytest.mark.parametrize(
    ("options", "size", "words"),
    [
        ({"style": "photo", "scale": 4}, (257, 257), "65536"),
        ({"style": "drawing", "scale": 2}, (1025, 1025), "1048576"),
        ({"style": "photo", "scale": 2}, (8, 8), "`scale` 4"),
        ({"scale": 5}, (8, 8), "scale"),
    ],
)
def test_what_would_take_too_long_is_refused(
    options: dict[str, Any], size: tuple[int, int], words: str
) -> None:
    """The guard: the pixels of each style are bounded."""
    inputs = {"image": "a", **options}
    assert words in expect(InvalidInput, "image.upscale", inputs, files={"a": png(size)}).message


def test_a_library_that_is_not_there_is_told() -> None:
    assert missing_libraries(["libc.so.6", "libsurely-not-there.so.9"]) == [
        "libsurely-not-there.so.9"
    ]
