"""Reading the text in pictures."""

import io

import pytest
from PIL import Image

from generations.adapters.base import InvalidInput
from tests.generations.calls import draw, expect, png, run


def poster() -> bytes:
    inputs = {
        "image": "a",
        "text": "Lighthouse 42",
        "subtitle": "HARBOUR",
        "position": "below",
        "font": "manrope",
    }
    return draw("image.caption", inputs, {"a": png((360, 120), "#0f4c5c")})


def test_the_lines_of_a_poster_are_read_with_their_places() -> None:
    outputs = run("image.read_text", {"image": "a"}, files={"a": poster()})
    assert outputs["text"] == "Lighthouse 42\nHARBOUR"
    title, subtitle = outputs["lines"]
    assert title["confidence"] > 0.9
    assert title["top"] < subtitle["top"]
    assert title["height"] > subtitle["height"]
    assert 0.5 < title["top"] < title["top"] + title["height"] < 1
    assert outputs["complete"] is True
    assert outputs == run("image.read_text", {"image": "a"}, files={"a": poster()})


def test_a_picture_without_text_has_none() -> None:
    outputs = run("image.read_text", {"image": "a"}, files={"a": png((50, 50))})
    assert outputs == {"text": "", "lines": [], "complete": True}


def test_uncertain_lines_are_left_out() -> None:
    inputs = {"image": "a", "min_confidence": 1.0}
    assert run("image.read_text", inputs, files={"a": poster()})["lines"] == []
    expect(InvalidInput, "image.read_text", {"image": "a", "min_confidence": 1.1})


@pytest.mark.failure("K5")
@pytest.mark.parametrize("size", [(1, 1), (4096, 1), (1, 4096)])
def test_pictures_of_any_shape_are_read_within_bounds(size: tuple[int, int]) -> None:
    """The guard: the longer side is bounded before, and a strip is padded instead of enlarged."""
    file = io.BytesIO()
    Image.new("L", size, 200).save(file, "PNG")
    assert run("image.read_text", {"image": "a"}, files={"a": file.getvalue()})["text"] == ""
