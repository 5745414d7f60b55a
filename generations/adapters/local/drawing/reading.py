"""Reading the text in a picture, with the models of RapidOCR (PaddleOCR's, Apache 2.0)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rapidocr_onnxruntime import RapidOCR

from generations.adapters.local.drawing.pictures import within

Bytes = NDArray[np.uint8]

MAX_LINES = 150

_LONGEST, _SHORTEST = 1600, 960  # pixels of the longer side of the picture that is read
_ENLARGED = 3
_NARROWEST = 32  # the library would enlarge a strip without bounds
_HEIGHT = 48  # pixels of a line, as the model reads it
_WIDEST = 80  # heights of a line; the time for a line grows with the square


@dataclass(frozen=True)
class Line:
    """A line of text; its place is in fractions of the picture's width and height."""

    text: str
    confidence: float
    left: float
    top: float
    width: float
    height: float


class Reader:
    """Finds the lines of a picture, then reads them one by one."""

    def __init__(self, picture: Image.Image) -> None:
        """Find the lines of a picture in RGB."""
        cv2.setNumThreads(1)
        self._engine = RapidOCR(
            intra_op_num_threads=1,
            inter_op_num_threads=1,
            use_cls=False,
            det_limit_type="max",
            max_side_len=_WIDEST * _HEIGHT,
        )
        side = min(_LONGEST, max(_SHORTEST, *picture.size), _ENLARGED * max(picture.size))
        self._size = within(picture.size, (side, side))
        self._pixels = _padded(picture.resize(self._size, Image.Resampling.LANCZOS))
        found, _ = self._engine(self._pixels, use_det=True, use_cls=False, use_rec=False)
        self.corners: list[Any] = [np.array(box, dtype=np.float32) for box in found or []]

    def lines(self) -> Iterator[Line]:
        """Yield the lines from the top down, at most ``MAX_LINES`` of them."""
        for corners in self.corners[:MAX_LINES]:
            (crop,) = self._engine.get_crop_img_list(self._pixels, [corners])
            read, _ = self._engine(_bounded(crop), use_det=False, use_cls=False, use_rec=True)
            text, confidence = read[0]
            yield self._line(str(text), float(confidence), corners)

    def _line(self, text: str, confidence: float, corners: Any) -> Line:
        left, top = (corners.min(0) / self._size).clip(0, 1)
        right, bottom = (corners.max(0) / self._size).clip(0, 1)
        sides = (left, top, right - left, bottom - top)
        return Line(text, round(confidence, 4), *(round(float(side), 4) for side in sides))


def _padded(picture: Image.Image) -> Bytes:
    """Return the pixels in the library's order of colours, with room below and to the right."""
    size = (max(picture.width, _NARROWEST), max(picture.height, _NARROWEST))
    canvas = Image.new("RGB", size, "#ffffff")
    canvas.paste(picture)
    return np.ascontiguousarray(np.asarray(canvas)[:, :, ::-1])


def _bounded(crop: Bytes) -> Bytes:
    """Squeeze a line that is longer than any line of text."""
    height, width = crop.shape[:2]
    if width <= _WIDEST * height:
        return crop
    return np.asarray(cv2.resize(crop, (_WIDEST * height, height)), dtype=np.uint8)
