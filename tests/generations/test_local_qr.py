"""QR codes: every one that is given out can be read."""

import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from generations.adapters.base import InvalidInput
from tests.generations.calls import draw, expect, picture, png

ADDRESS = "https://example.org/lighthouse"


def read(image: Image.Image) -> str:
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(np.asarray(image.convert("L")))
    return text


def emblem() -> bytes:
    file, image = io.BytesIO(), Image.new("RGBA", (90, 60), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((5, 5, 85, 55), fill="#e36414")
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"size": 66},
        {"size": 133},
        {"size": 2048, "error": "high"},
        {"dark": "#0f4c5c", "light": "#f4efe4", "quiet_zone": 1},
        {"modules": "dots"},
        {"modules": "dots", "size": 70, "dark": "#9a031e"},
        {"emblem": "e"},
        {"emblem": "e", "modules": "dots", "size": 300},
    ],
)
def test_a_code_says_its_text_in_every_look(options: dict[str, Any]) -> None:
    inputs = {"text": "https://example.org", **options}
    image = picture(draw("image.qr", inputs, {"e": emblem()}))
    assert image.size == (options.get("size", 512),) * 2
    assert read(image) == "https://example.org"


@pytest.mark.parametrize("text", ["x", "日本語 🎨 ñ", "line\nline", "0123456789" * 30, "s " * 400])
def test_any_text_can_be_said(text: str) -> None:
    assert read(picture(draw("image.qr", {"text": text, "size": 800}))) == text


def test_a_code_is_sharp_in_two_colours() -> None:
    inputs = {"text": ADDRESS, "size": 301, "dark": "#0f4c5c", "light": "#f4efe4"}
    image = picture(draw("image.qr", inputs))
    assert {colour for _, colour in image.getcolors() or []} == {(15, 76, 92), (244, 239, 228)}
    dark = np.asarray(image.convert("L")) < 128
    runs = np.diff(np.flatnonzero(np.diff(dark[dark.any(axis=1).argmax()].astype(int))))
    assert all(run % runs.min() == 0 for run in runs)


def test_an_emblem_is_in_the_middle() -> None:
    image = picture(draw("image.qr", {"text": ADDRESS, "emblem": "e"}, {"e": emblem()}))
    assert image.getpixel((256, 256)) == (227, 100, 20)


def test_an_emblem_that_hides_too_much_is_refused() -> None:
    inputs = {"text": "x" * 100, "emblem": "e", "error": "low"}
    error = expect(InvalidInput, "image.qr", inputs, files={"e": png((50, 50), "#000000")})
    assert "read again" in error.message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dark": "#888888", "light": "#999999"}, "much darker"),
        ({"dark": "#ffffff", "light": "#000000"}, "much darker"),
        ({"dark": "#000000", "light": "#444444"}, "much darker"),
        ({"dark": "#ffee00"}, "much darker"),
        ({"text": "x" * 500, "size": 100}, "at least"),
        ({"text": "x" * 2000, "size": 2048, "error": "high"}, "too long"),
        ({"text": ""}, "text"),
        ({"text": "x" * 2901}, "text"),
        ({"size": 2049}, "size"),
        ({"dark": "red"}, "dark"),
    ],
)
def test_a_code_that_nobody_could_read_is_refused(options: dict[str, Any], words: str) -> None:
    assert words in expect(InvalidInput, "image.qr", {"text": ADDRESS} | options).message
