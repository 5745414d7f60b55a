"""A quilt of circles, quarters and triangles."""

from collections.abc import Callable

import numpy as np

from generations.adapters.local.drawing.compositions.sheet import Sheet
from generations.adapters.local.drawing.vectors import Drawing

_CELLS = 4  # along the shorter side
_LARGE = 0.42  # how often four cells make one


def bauhaus(sheet: Sheet) -> None:
    """Lay a grid of cells, some of them twice as large, with a motif in each."""
    drawing, paper = sheet.drawing, sheet.palette.paper
    drawing.fill(paper)
    across = max(2, round(_CELLS * sheet.amount * sheet.width / 100))
    down = max(2, round(across * sheet.height / sheet.width))
    cell = max(sheet.width / across, sheet.height / down)
    left, top = (sheet.width - across * cell) / 2, (sheet.height - down * cell) / 2
    for column, row, size in _cells(sheet, across, down):
        with drawing.moved(left + column * cell, top + row * cell, scale=size * cell):
            _motif(sheet)


def _cells(sheet: Sheet, across: int, down: int) -> list[tuple[int, int, int]]:
    """Return left, top and size of squares that cover the grid."""
    free = np.ones((down, across), dtype=bool)
    cells = []
    for row in range(down):
        for column in range(across):
            if not free[row, column]:
                continue
            block = free[row : row + 2, column : column + 2]
            size = 2 if block.size == 4 and block.all() and sheet.chance(_LARGE) else 1
            free[row : row + size, column : column + size] = False
            cells.append((column, row, size))
    return cells


def _motif(sheet: Sheet) -> None:
    """Draw one motif in the square from 0 to 1, turned by quarters."""
    drawing = sheet.drawing
    ground = sheet.palette.paper if sheet.chance(0.4) else sheet.ink()
    drawing.rectangle(-0.002, -0.002, 1.004, 1.004, ground)
    first = sheet.ink(ground)
    second = sheet.ink(ground, first)
    motif = _MOTIFS[sheet.pick(len(_MOTIFS))]
    with drawing.moved(0.5, 0.5, 90 * sheet.pick(4)), drawing.moved(-0.5, -0.5):
        motif(drawing, first, second)


def _quarter(radius: float) -> str:
    return f"M0 0H{radius:.3f}A{radius:.3f} {radius:.3f} 0 0 1 0 {radius:.3f}Z"


def _quarters(drawing: Drawing, first: str, second: str) -> None:
    for radius, paint in ((1, first), (0.68, second), (0.36, first)):
        drawing.path(_quarter(radius), paint)


def _disc(drawing: Drawing, first: str, second: str) -> None:
    drawing.circle(0.5, 0.5, 0.5, first)
    drawing.path("M0 .5A.5 .5 0 0 1 1 .5Z", second)


def _rings(drawing: Drawing, first: str, second: str) -> None:
    for radius, paint in ((0.5, first), (0.34, second), (0.17, first)):
        drawing.circle(0.5, 0.5, radius, paint)


def _leaf(drawing: Drawing, first: str, second: str) -> None:
    drawing.path("M0 0A1 1 0 0 1 1 1A1 1 0 0 1 0 0Z", first)
    drawing.circle(0.5, 0.5, 0.15, second)


def _halves(drawing: Drawing, first: str, second: str) -> None:
    drawing.path("M0 0A.5 .5 0 0 0 1 0Z", first)
    drawing.path("M0 .5A.5 .5 0 0 0 1 .5Z", second)


def _corners(drawing: Drawing, first: str, second: str) -> None:
    drawing.path("M0 0H1L0 1Z", first)
    drawing.path("M1 1V.5L.5 1Z", second)


def _stripes(drawing: Drawing, first: str, second: str) -> None:
    for number in range(3):
        drawing.rectangle(0, number / 3, 1, 1 / 6, first)
    drawing.path("M.5 1A.5 .5 0 0 1 1 .5V1Z", second)


def _dots(drawing: Drawing, first: str, second: str) -> None:
    for number in range(9):
        paint = second if number == 4 else first
        drawing.circle((number % 3 + 0.5) / 3, (number // 3 + 0.5) / 3, 0.105, paint)


def _arch(drawing: Drawing, first: str, second: str) -> None:
    drawing.path("M0 1V.5A.5 .5 0 0 1 1 .5V1Z", first)
    drawing.path("M.25 1V.5A.25 .25 0 0 1 .75 .5V1Z", second)


def _petals(drawing: Drawing, first: str, second: str) -> None:
    for turn in range(4):
        with drawing.moved(0.5, 0.5, 90 * turn):
            drawing.path("M0 0A.5 .5 0 0 1 .5 .5A.5 .5 0 0 1 0 0Z", second if turn % 2 else first)


def _steps(drawing: Drawing, first: str, second: str) -> None:
    drawing.path("M0 1V.67H.33V.33H.67V0H1V1Z", first)
    drawing.circle(0.24, 0.24, 0.16, second)


def _eye(drawing: Drawing, first: str, second: str) -> None:
    drawing.path("M0 .5A.62 .62 0 0 1 1 .5A.62 .62 0 0 1 0 .5Z", first)
    drawing.circle(0.5, 0.5, 0.16, second)


_MOTIFS: tuple[Callable[[Drawing, str, str], None], ...] = (
    _quarters,
    _quarters,
    _disc,
    _rings,
    _leaf,
    _leaf,
    _halves,
    _corners,
    _stripes,
    _dots,
    _arch,
    _petals,
    _steps,
    _eye,
)
