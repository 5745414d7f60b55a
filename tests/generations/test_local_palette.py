"""image.palette: the colours of a picture."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generations.adapters.base import InvalidInput
from tests.generations.calls import draw, expect, picture, png, run


def flag(*stripes: tuple[str, int], mode: str = "RGB") -> bytes:
    """Return a picture of stripes, each of a colour and a width in pixels."""
    image = Image.new(mode, (sum(width for _, width in stripes), 60))
    left = 0
    for colour, width in stripes:
        image.paste(colour, (left, 0, left + width, 60))
        left += width
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def found(file: bytes, **changes: Any) -> dict[str, float]:
    outputs = run("image.palette", {"image": "a"} | changes, files={"a": file})
    return dict(zip(outputs["palette"], outputs["shares"], strict=True))


def test_flat_colours_are_found_with_their_shares_the_largest_first() -> None:
    colours = found(flag(("#0f4c5c", 50), ("#e36414", 30), ("#f4efe4", 20)))
    assert list(colours) == ["#0f4c5c", "#e36414", "#f4efe4"]
    assert list(colours.values()) == pytest.approx([0.5, 0.3, 0.2], abs=0.02)


def test_shares_add_up_to_all() -> None:
    made = draw("image.flow_field", {"seed": 2, "width": 120, "height": 90})
    colours = found(made, count=12)
    assert sum(colours.values()) == pytest.approx(1, abs=0.001)
    assert 3 < len(colours) <= 12
    assert list(colours.values()) == sorted(colours.values(), reverse=True)


def test_a_small_but_striking_colour_is_found() -> None:
    greys = [(f"#{level:02x}{level:02x}{level:02x}", 12) for level in range(90, 170, 10)]
    colours = found(flag(*greys, ("#e01010", 4)), count=4)
    assert any(int(colour[1:3], 16) > 2 * int(colour[3:5], 16) for colour in colours)


def test_colours_that_look_alike_are_one() -> None:
    assert len(found(flag(("#336699", 50), ("#34669a", 50)))) == 1


def test_a_picture_of_one_colour_has_one() -> None:
    assert found(png((30, 30), "#c8553d")) == {"#c8553d": 1.0}
    assert found(png((1, 1), "#c8553d"), count=1) == {"#c8553d": 1.0}


def test_what_is_transparent_does_not_count() -> None:
    colours = found(flag(("#ff0000ff", 30), ("#00ff0000", 70), mode="RGBA"))
    assert list(colours) == ["#ff0000"]
    assert found(flag(("#00ff0000", 9), mode="RGBA")) == {"#00ff00": 1.0}


def test_a_strip_shows_each_colour_as_wide_as_its_share() -> None:
    stripes = flag(("#0f4c5c", 75), ("#f4efe4", 25))
    inputs = {"image": "a", "layout": "strip", "width": 400}
    strip = picture(draw("image.palette", inputs, {"a": stripes}))
    assert strip.size == (400, 100)
    assert strip.getpixel((290, 50)) == (0x0F, 0x4C, 0x5C)
    assert strip.getpixel((310, 50)) == (0xF4, 0xEF, 0xE4)


@pytest.mark.parametrize("size", [(10, 300), (300, 10), (1, 1)])
@pytest.mark.parametrize("width", [200, 1000])
def test_a_card_is_of_the_width_asked_for_whatever_the_picture(
    size: tuple[int, int], width: int
) -> None:
    inputs = {"image": "a", "width": width}
    assert picture(draw("image.palette", inputs, {"a": png(size)})).width == width


def test_a_card_shows_the_picture_and_all_its_colours() -> None:
    file = flag(("#0f4c5c", 50), ("#e36414", 30), ("#2a9d2f", 20))
    card = picture(draw("image.palette", {"image": "a", "width": 400}, {"a": file}))
    lower = np.asarray(card.crop((0, card.height // 2, 400, card.height)))
    shown = {tuple(colour) for colour in lower.reshape(-1, 3).tolist()}
    assert {(0x0F, 0x4C, 0x5C), (0xE3, 0x64, 0x14), (0x2A, 0x9D, 0x2F)} <= shown


def test_a_palette_can_be_drawn_with() -> None:
    made = draw("image.flow_field", {"seed": 2, "width": 120, "height": 90})
    colours = list(found(made))
    inputs = {"seed": 1, "width": 64, "height": 64, "colours": colours}
    assert run("image.noise", inputs)["palette"] == colours


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 13}, {"width": 199}, {"layout": "pie"}])
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    expect(InvalidInput, "image.palette", {"image": "a"} | wrong, files={"a": png()})
