"""Tiles with lines that meet at the middles of their sides, or at their corners."""

from collections.abc import Mapping

import numpy as np

from generations.adapters.local.drawing.colours import mixed, shaded
from generations.adapters.local.drawing.tilings.floor import Floor, Parts
from generations.adapters.local.drawing.vectors import Drawing

_ARCS = (("top", "left"), ("right", "bottom")), (("top", "right"), ("left", "bottom"))
_CROSSING = 0.45  # how many tiles of a weave have a crossing
_CROSS = (("top", "bottom"), ("left", "right"))
# Beyond its tile a line goes on a little, or a hair of ground would be seen between the two.
_LINES = {
    ("top", "left"): "M.5 -.03V0A.5 .5 0 0 1 0 .5H-.03",
    ("right", "bottom"): "M1.03 .5H1A.5 .5 0 0 0 .5 1V1.03",
    ("top", "right"): "M.5 -.03V0A.5 .5 0 0 0 1 .5H1.03",
    ("left", "bottom"): "M-.03 .5H0A.5 .5 0 0 1 .5 1V1.03",
    ("top", "bottom"): "M.5 -.03V1.03",
    ("left", "right"): "M-.03 .5H1.03",
}
Line = tuple[str, str]


def arcs(floor: Floor) -> None:
    """Draw ribbons of quarter circles; each ribbon has one ink from end to end."""
    floor.drawing.fill(floor.palette.paper)
    turns = floor.turns(strays=0.27)
    kinds = {place: _ARCS[floor.at(turns, *place)] for place in floor.places()}
    numbers = _loops(floor, kinds)
    inks = floor.inks(max(numbers) + 1)
    edge = mixed(floor.palette.paper, floor.line, 0.9)
    for width, paint in ((0.56, edge), (0.46, ""), (0.08, "light")):
        for place in floor.places():
            for line in kinds[place]:
                ink = inks[numbers[_port(floor, place, line[0])]]
                colour = {"": ink, "light": shaded(ink, 0.09)}.get(paint, paint)
                _drawn(floor.drawing, place, line, (colour, width))


def weave(floor: Floor) -> None:
    """Draw ribbons that pass over and under each other in turn, as in a knot."""
    floor.drawing.fill(floor.palette.paper)
    turns = floor.turns(strays=0.25)
    crossing = (floor.random.random(turns.shape) < _CROSSING).astype(np.int64)
    kinds = {
        place: _CROSS if floor.at(crossing, *place) else _ARCS[floor.at(turns, *place)]
        for place in floor.places()
    }
    numbers = _loops(floor, kinds)
    inks = floor.inks(max(numbers) + 1)
    for is_over in (False, True):
        for part in range(3):
            for place in floor.places():
                for line in kinds[place]:
                    if _is_over(place, line) == is_over:
                        ink = inks[numbers[_port(floor, place, line[0])]]
                        _strand(floor, place, line, ink, part)


def _is_over(place: tuple[int, int], line: Line) -> bool:
    return line in _CROSS and (line[0] == "top") == (sum(place) % 2 == 0)


def _strand(floor: Floor, place: tuple[int, int], line: Line, ink: str, part: int) -> None:
    """Draw the gap beside a strand, then its edge, then its middle."""
    if part == 0:
        if line in _CROSS:
            data = "M.5 .04V.96" if line[0] == "top" else "M.04 .5H.96"
            with floor.drawing.moved(*place):
                floor.drawing.path(data, "none", stroke=floor.palette.paper, stroke_width=0.74)
        return
    width, colour = (0.5, shaded(ink, -0.11)) if part == 1 else (0.34, ink)
    _drawn(floor.drawing, place, line, (colour, width))


def maze(floor: Floor) -> None:
    """Draw a slanting wall on each tile; walls that hang together have one ink."""
    floor.drawing.fill(floor.palette.paper)
    turns = floor.turns()
    parts = Parts(floor.rows * floor.columns)
    for place in floor.places():
        start, end = _ends(place, floor.at(turns, *place))
        parts.join(_corner(floor, start), _corner(floor, end))
    numbers = parts.numbered()
    inks = floor.inks(max(numbers) + 1)
    for width, shade in ((0.34, -0.12), (0.22, 0.0)):
        for place in floor.places():
            start, end = _ends(place, floor.at(turns, *place))
            ink = inks[numbers[_corner(floor, start)]]
            floor.drawing.line([start, end], shaded(ink, shade), width)


def _ends(place: tuple[int, int], turn: int) -> tuple[tuple[int, int], tuple[int, int]]:
    column, row = place
    if turn:
        return (column, row), (column + 1, row + 1)
    return (column + 1, row), (column, row + 1)


def _corner(floor: Floor, corner: tuple[int, int]) -> int:
    return corner[1] % floor.rows * floor.columns + corner[0] % floor.columns


def _drawn(drawing: Drawing, place: tuple[int, int], line: Line, stroke: tuple[str, float]) -> None:
    with drawing.moved(*place):
        drawing.path(_LINES[line], "none", stroke=stroke[0], stroke_width=stroke[1])


def _loops(floor: Floor, kinds: Mapping[tuple[int, int], tuple[Line, ...]]) -> list[int]:
    """Return for each middle of a side the number of the line that goes through it."""
    parts = Parts(2 * floor.rows * floor.columns)
    for place, lines in kinds.items():
        for start, end in lines:
            parts.join(_port(floor, place, start), _port(floor, place, end))
    return parts.numbered()


def _port(floor: Floor, place: tuple[int, int], side: str) -> int:
    """Return the number of a side's middle, which two tiles share."""
    column, row = place
    column = (column + (side == "right")) % floor.columns
    row = (row + (side == "bottom")) % floor.rows
    return 2 * (row * floor.columns + column) + (side in {"left", "right"})
