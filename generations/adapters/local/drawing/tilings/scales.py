"""Tiles of several sizes."""

from collections.abc import Callable

from generations.adapters.local.drawing.tilings.floor import Floor
from generations.adapters.local.drawing.vectors import Drawing

_DEPTH = 2  # times that a tile may be quartered
_THIRD = 1 / 3


def scales(floor: Floor) -> None:
    """Lay tiles of three sizes whose lines still meet; colours change places with each size.

    After C. Carlson, Multi-Scale Truchet Patterns, Bridges 2018.
    """
    floor.drawing.fill(floor.palette.paper)
    levels: list[list[tuple[float, float, float, int]]] = [[] for _ in range(_DEPTH + 1)]
    for row in range(0, floor.rows, 2):
        for column in range(0, floor.columns, 2):
            _split(floor, (column, row, 2.0), 0, levels)
    for level, tiles in enumerate(levels):
        paints = floor.palette.paper, floor.line
        ground, ink = paints if level % 2 == 0 else paints[::-1]
        for x, y, size, motif in tiles:
            for right in (-floor.columns, 0, floor.columns):
                for below in (-floor.rows, 0, floor.rows):
                    if _is_near(floor, x + right, y + below, size):
                        with floor.drawing.moved(x + right, y + below, scale=size):
                            _tile(floor.drawing, ground, ink, motif)


def _split(
    floor: Floor,
    tile: tuple[float, float, float],
    depth: int,
    levels: list[list[tuple[float, float, float, int]]],
) -> None:
    x, y, size = tile
    if depth < _DEPTH and floor.random.random() < (0.62 if depth == 0 else 0.42):
        half = size / 2
        for across, down in ((0, 0), (half, 0), (0, half), (half, half)):
            _split(floor, (x + across, y + down, half), depth + 1, levels)
        return
    levels[depth].append((x, y, size, int(floor.random.integers(len(_MOTIFS)))))


def _is_near(floor: Floor, x: float, y: float, size: float) -> bool:
    return -2 * size < x < floor.columns + size and -2 * size < y < floor.rows + size


def _tile(drawing: Drawing, ground: str, ink: str, motif: int) -> None:
    """Draw a tile from 0 to 1 with its wings: it reaches beyond its square."""
    drawing.rectangle(0, 0, 1, 1, ground)
    for x in (0, 1):
        for y in (0, 1):
            drawing.circle(x, y, _THIRD, ground)
    for across, down in ((0.5, 0), (0.5, 1), (0, 0.5), (1, 0.5)):
        drawing.circle(across, down, _THIRD / 2, ink)
    _MOTIFS[motif](drawing, ink)


def _arc(drawing: Drawing, ink: str, turn: int) -> None:
    with drawing.moved(0.5, 0.5, turn):
        drawing.path("M0 -.5A.5 .5 0 0 1 -.5 0", "none", stroke=ink, stroke_width=_THIRD)


def _slash(drawing: Drawing, ink: str) -> None:
    _arc(drawing, ink, 0)
    _arc(drawing, ink, 180)


def _backslash(drawing: Drawing, ink: str) -> None:
    _arc(drawing, ink, 90)
    _arc(drawing, ink, 270)


def _upright(drawing: Drawing, ink: str) -> None:
    drawing.rectangle(_THIRD, 0, _THIRD, 1, ink)


def _lying(drawing: Drawing, ink: str) -> None:
    drawing.rectangle(0, _THIRD, 1, _THIRD, ink)


def _plus(drawing: Drawing, ink: str) -> None:
    _upright(drawing, ink)
    _lying(drawing, ink)


def _fork(drawing: Drawing, ink: str) -> None:
    _arc(drawing, ink, 0)
    _arc(drawing, ink, 90)


def _dots(drawing: Drawing, ink: str) -> None:
    """Leave only the wings."""


_MOTIFS: tuple[Callable[[Drawing, str], None], ...] = (
    _slash,
    _backslash,
    _slash,
    _backslash,
    _upright,
    _lying,
    _plus,
    _fork,
    _dots,
)
