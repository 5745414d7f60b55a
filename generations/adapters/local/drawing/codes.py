"""QR codes, drawn sharp."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw

from generations.adapters.local.drawing.pictures import within

Modules = Literal["square", "dots"]
Matrix = Sequence[Sequence[int]]

_EMBLEM = 0.24  # of the code's side: what the highest error level can do without
_DOT = 0.88  # of a module's side
_FINDER = 7  # modules of a corner mark's side
_FINE = 4  # round edges are drawn so many times larger


@dataclass(frozen=True)
class Look:
    """How a code is drawn: side in pixels, quiet zone in modules, colours as ``#rrggbb``."""

    side: int
    quiet_zone: int
    dark: str
    light: str
    modules: Modules


def smallest_side(matrix: Matrix, look: Look) -> int:
    """Return the side in pixels that a code needs: two for each module."""
    return 2 * (len(matrix) + 2 * look.quiet_zone)


def draw(matrix: Matrix, look: Look, emblem: Image.Image | None) -> Image.Image:
    """Draw the modules, each of the same whole number of pixels, in the middle of a picture.

    ``matrix`` is square, without a quiet zone, and a dark module is truthy.
    """
    count = len(matrix)
    step = look.side // (count + 2 * look.quiet_zone)
    code = _coloured(_mask(matrix, step, look.modules), look)
    if emblem is not None:
        _lay(emblem, code, step, look)
    picture = Image.new("RGB", (look.side, look.side), look.light)
    start = (look.side - count * step) // 2
    picture.paste(code, (start, start))
    return picture


def _mask(matrix: Matrix, step: int, modules: Modules) -> Image.Image:
    dark = np.array([[255 if module else 0 for module in row] for row in matrix], dtype=np.uint8)
    if modules == "dots":
        return _dotted(dark, step)
    side = len(dark) * step
    return Image.fromarray(dark).resize((side, side), Image.Resampling.NEAREST)


def _dotted(dark: np.ndarray, step: int) -> Image.Image:
    """Draw dots for all but the corner marks, which stay as they are known."""
    dot = Image.new("L", (step * _FINE, step * _FINE), 0)
    inset = step * _FINE * (1 - _DOT) / 2
    box = (inset, inset, step * _FINE - 1 - inset, step * _FINE - 1 - inset)
    ImageDraw.Draw(dot).ellipse(box, fill=255)
    dots = np.kron(dark // 255, np.asarray(dot.resize((step, step), Image.Resampling.LANCZOS)))
    squares, edge = np.kron(dark, np.ones((step, step), dtype=np.uint8)), _FINDER * step
    for rows, columns in (
        (slice(None, edge), slice(None, edge)),
        (slice(None, edge), slice(-edge, None)),
        (slice(-edge, None), slice(None, edge)),
    ):
        dots[rows, columns] = squares[rows, columns]
    return Image.fromarray(dots.astype(np.uint8))


def _coloured(mask: Image.Image, look: Look) -> Image.Image:
    code = Image.new("RGB", mask.size, look.light)
    code.paste(look.dark, (0, 0), mask)
    return code


def _lay(emblem: Image.Image, code: Image.Image, step: int, look: Look) -> None:
    """Put an emblem in the middle, on a plate that covers whole modules."""
    across = round(code.width / step * _EMBLEM) | 1
    side = across * step
    start = (code.width - side) // 2
    code.paste(look.light, (start, start, start + side, start + side))
    room = max(1, side - step)
    small = emblem.resize(within(emblem.size, (room, room)), Image.Resampling.LANCZOS)
    place = (start + (side - small.width) // 2, start + (side - small.height) // 2)
    code.paste(small, place, small)
