"""Small cheerful shapes strewn about."""

from collections.abc import Callable

import numpy as np

from generations.adapters.local.drawing.compositions.sheet import Sheet
from generations.adapters.local.drawing.vectors import blob, curved, straight

_TRIES = 1500
_SIZES = 9.0, 6.2, 4.2, 2.4, 1.4  # radii, large ones first


def confetti(sheet: Sheet) -> None:
    """Strew shapes that do not touch, over the edges too, so that it can be laid as a tile."""
    sheet.drawing.fill(sheet.palette.paper)
    for x, y, radius in _places(sheet):
        ink = sheet.ink(sheet.palette.paper)
        shape = _SMALL if radius < 2 else _SHAPES[sheet.pick(len(_SHAPES))]
        turn, seed = sheet.between(0, 360), sheet.pick(2**31)
        for across in (-sheet.width, 0.0, sheet.width):
            for down in (-sheet.height, 0.0, sheet.height):
                if _is_seen(sheet, x + across, y + down, radius):
                    random = np.random.default_rng(seed)
                    with sheet.drawing.moved(x + across, y + down, turn, radius):
                        shape(sheet, ink, random)


def _is_seen(sheet: Sheet, x: float, y: float, radius: float) -> bool:
    reach = radius * 1.5
    return -reach < x < sheet.width + reach and -reach < y < sheet.height + reach


def _places(sheet: Sheet) -> list[tuple[float, float, float]]:
    """Return places with a radius each that lie apart, also across the edges."""
    size = np.array([sheet.width, sheet.height])
    placed = np.empty((0, 3))
    for usual in _SIZES:
        radius = usual / sheet.amount**0.5
        tries = round(_TRIES * sheet.amount * size.prod() / 1e4 / len(_SIZES))
        tries = min(tries, round(0.12 * size.prod() / radius**2)) if radius > 2 else tries
        for x, y in sheet.random.random((tries, 2)) * size:
            away = np.abs(placed[:, :2] - [x, y])
            away = np.minimum(away, size - away)
            if (np.hypot(*away.T) > 1.12 * (placed[:, 2] + radius) + 0.8).all():
                placed = np.vstack([placed, [x, y, radius]])
    return [(float(x), float(y), float(radius)) for x, y, radius in placed]


def _dot(sheet: Sheet, ink: str, _: np.random.Generator) -> None:
    sheet.drawing.circle(0, 0, 0.8, ink)


def _ring(sheet: Sheet, ink: str, _: np.random.Generator) -> None:
    sheet.drawing.circle(0, 0, 0.68, "none", stroke=ink, stroke_width=0.3)


def _half(sheet: Sheet, ink: str, _: np.random.Generator) -> None:
    sheet.drawing.path("M-1 -.35A1 1 0 0 0 1 -.35Z", ink)


def _triangle(sheet: Sheet, ink: str, _: np.random.Generator) -> None:
    sheet.drawing.polygon(
        [(0, -0.9), (0.85, 0.6), (-0.85, 0.6)],
        ink,
        stroke=ink,
        stroke_width=0.2,
        stroke_linejoin="round",
    )


def _squiggle(sheet: Sheet, ink: str, _: np.random.Generator) -> None:
    across = np.linspace(-1, 1, 9)
    wave = np.stack([across, 0.3 * np.where(np.arange(9) % 2, 1, -1)], 1)
    sheet.drawing.path(curved(wave), "none", stroke=ink, stroke_width=0.24, stroke_linecap="round")


def _zigzag(sheet: Sheet, ink: str, _: np.random.Generator) -> None:
    across = np.linspace(-1, 1, 6)
    wave = np.stack([across, 0.3 * np.where(np.arange(6) % 2, 1, -1)], 1)
    sheet.drawing.path(
        straight(wave), "none", stroke=ink, stroke_width=0.24, stroke_linejoin="miter"
    )


def _cross(sheet: Sheet, ink: str, _: np.random.Generator) -> None:
    sheet.drawing.path("M-.8 0H.8M0 -.8V.8", "none", stroke=ink, stroke_width=0.34)


def _chip(sheet: Sheet, ink: str, random: np.random.Generator) -> None:
    sheet.drawing.path(blob(random, 0.9, 6, 0.22), ink)


def _pill(sheet: Sheet, ink: str, _: np.random.Generator) -> None:
    sheet.drawing.rectangle(-0.95, -0.3, 1.9, 0.6, ink, rx=0.3)


def _bars(sheet: Sheet, ink: str, _: np.random.Generator) -> None:
    for place in (-0.6, 0, 0.6):
        sheet.drawing.rectangle(-0.8, place - 0.14, 1.6, 0.28, ink, rx=0.14)


def _arch(sheet: Sheet, ink: str, _: np.random.Generator) -> None:
    for radius in (0.85, 0.42):
        data = f"M{-radius} .4A{radius} {radius} 0 0 1 {radius} .4"
        sheet.drawing.path(data, "none", stroke=ink, stroke_width=0.24)


_SMALL = _dot
_SHAPES: tuple[Callable[[Sheet, str, np.random.Generator], None], ...] = (
    _dot,
    _ring,
    _half,
    _half,
    _triangle,
    _squiggle,
    _squiggle,
    _zigzag,
    _cross,
    _chip,
    _pill,
    _bars,
    _arch,
)
