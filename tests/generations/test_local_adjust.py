"""image.adjust: light, colours and frame of a picture."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generations.adapters.base import InvalidInput
from tests.generations.calls import draw, expect, picture, png


def scene(**saving: Any) -> bytes:
    """Return a picture 40 by 20 whose left is dark red and whose right is light blue."""
    image = Image.new("RGB", (40, 20), "#805050")
    image.paste("#90a0e0", (20, 0, 40, 20))
    file = io.BytesIO()
    image.save(file, **{"format": "PNG"} | saving)
    return file.getvalue()


def adjusted(file: bytes | None = None, **changes: Any) -> np.ndarray:
    made = draw("image.adjust", {"image": "a"} | changes, {"a": file or scene()})
    return np.asarray(picture(made), dtype=float)


BEFORE = np.asarray(picture(scene()), dtype=float)


def test_nothing_asked_changes_nothing() -> None:
    assert (adjusted() == BEFORE).all()


@pytest.mark.parametrize(("name", "value"), [("brightness", 0.3), ("gamma", 2), ("warmth", 1)])
def test_light_goes_up_and_down(name: str, value: float) -> None:
    up: dict[str, Any] = {name: value}
    down: dict[str, Any] = {name: 1 / value if name == "gamma" else -value}
    red = slice(0, 1) if name == "warmth" else slice(0, 3)
    more, less = adjusted(**up), adjusted(**down)
    assert less[..., red].mean() < BEFORE[..., red].mean() < more[..., red].mean()


def test_contrast_goes_up_and_down() -> None:
    assert adjusted(contrast=-0.5).std() < BEFORE.std() < adjusted(contrast=0.5).std()
    assert np.ptp(adjusted(contrast=-1)) <= 1


def test_without_saturation_all_is_grey_and_as_light_as_before() -> None:
    grey = adjusted(saturation=-1)
    assert np.ptp(grey, axis=2).max() <= 1
    assert np.ptp(adjusted(saturation=1), axis=2).mean() > np.ptp(BEFORE, axis=2).mean()


def test_hues_turn_and_come_back() -> None:
    turned = adjusted(hue=180)
    assert turned[5, 5].argmax() != BEFORE[5, 5].argmax()
    there = draw("image.adjust", {"image": "a", "hue": 40}, {"a": scene()})
    assert np.abs(adjusted(there, hue=-40) - BEFORE).max() <= 3


def test_autocontrast_goes_from_black_to_white() -> None:
    stretched = adjusted(autocontrast=True).mean(axis=2)
    assert stretched.min() < BEFORE.mean(axis=2).min()
    assert stretched.max() > BEFORE.mean(axis=2).max()


@pytest.mark.parametrize(
    ("crop", "size"),
    [("1:1", (20, 20)), ("16:9", (36, 20)), ("9999:1", (40, 1)), ("1:40", (1, 20))],
)
def test_the_middle_is_cropped_to_proportions(crop: str, size: tuple[int, int]) -> None:
    cropped = adjusted(crop=crop)
    assert cropped.shape[:2] == size[::-1]


def test_a_quarter_turn_is_clockwise_and_exact() -> None:
    turned = adjusted(rotate=90)
    assert turned.shape[:2] == (40, 20)
    assert (turned[0] == BEFORE[0, 0]).all()
    assert (turned[-1] == BEFORE[0, -1]).all()
    assert (adjusted(rotate=-270) == turned).all()
    assert (adjusted(rotate=360) == BEFORE).all()


def test_a_slanted_turn_opens_transparent_corners() -> None:
    made = draw("image.adjust", {"image": "a", "rotate": 30}, {"a": scene()})
    with Image.open(io.BytesIO(made)) as image:
        assert image.mode == "RGBA"
        assert image.width > 40
        opaque = image.getchannel("A")
        assert opaque.getpixel((0, 0)) == 0
        assert opaque.getpixel((image.width // 2, image.height // 2)) == 255


def test_pictures_are_mirrored() -> None:
    assert (adjusted(flip="horizontal") == BEFORE[:, ::-1]).all()
    assert (adjusted(flip="vertical") == BEFORE[::-1]).all()
    assert (adjusted(flip="both") == BEFORE[::-1, ::-1]).all()


def test_a_photo_is_turned_upright_first() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert adjusted(scene(exif=exif)).shape[:2] == (40, 20)


def test_what_is_transparent_stays_so() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (8, 8), (200, 100, 50, 90)).save(file, "PNG")
    changes = {"image": "a", "hue": 90, "autocontrast": True, "contrast": 0.4, "crop": "1:2"}
    with Image.open(io.BytesIO(draw("image.adjust", changes, {"a": file.getvalue()}))) as image:
        assert (image.mode, image.size, image.getchannel("A").getpixel((2, 2))) == (
            "RGBA",
            (4, 8),
            90,
        )


def test_a_large_picture_that_is_turned_stays_within_bounds() -> None:
    made = draw("image.adjust", {"image": "a", "rotate": 45}, {"a": png((4096, 400))})
    assert max(picture(made).size) <= 4096


@pytest.mark.parametrize(
    "wrong",
    [
        {"crop": "16x9"},
        {"crop": "0:1"},
        {"crop": "16:9\n"},
        {"crop": "99999:1"},
        {"brightness": 2},
        {"gamma": 0},
        {"hue": 181},
        {"rotate": 400},
        {"flip": "diagonal"},
    ],
)
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    expect(InvalidInput, "image.adjust", {"image": "a"} | wrong, files={"a": scene()})
