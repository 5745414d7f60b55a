"""Tiles whose parts are filled."""

import numpy as np

from generations.adapters.local.drawing.palettes import luminance
from generations.adapters.local.drawing.tilings.floor import Floor, Parts

_HAIR = 0.02  # by which a part reaches into the next tile, so that no ground shows between


def smith(floor: Floor) -> None:
    """Fill what lies between quarter circles, as lakes and islands with a shore.

    After C. S. Smith, The Tiling Patterns of Sebastien Truchet, 1987.
    """
    turns = floor.turns(strays=0.3)
    colours = _region_colours(floor, turns)
    for column, row in floor.places():
        turn = floor.at(turns, column, row)
        own, *_ = _corners(floor, column, row, turn)
        with floor.drawing.moved(column, row):
            floor.drawing.rectangle(-_HAIR, -_HAIR, 1 + 2 * _HAIR, 1 + 2 * _HAIR, colours[own])
    for is_shore in (False, True):
        for column, row in floor.places():
            turn = floor.at(turns, column, row)
            _, *corners = _corners(floor, column, row, turn)
            with floor.drawing.moved(column, row):
                for corner, (arc, rest) in zip(corners, _QUARTERS[turn], strict=True):
                    if is_shore:
                        floor.drawing.path(arc, "none", stroke=floor.line, **_SHORE)
                    else:
                        floor.drawing.path(f"{arc}{rest}", colours[corner])


_SHORE: dict[str, str | float] = {"stroke_width": 0.075, "stroke_linecap": "round"}
# An arc, and the way around its corner, which reaches into the next tiles.
_QUARTERS = (
    (("M.5 0A.5 .5 0 0 1 0 .5", "H-.05V-.05H.5Z"), ("M1 .5A.5 .5 0 0 0 .5 1", "V1.05H1.05V.5Z")),
    (("M.5 0A.5 .5 0 0 0 1 .5", "H1.05V-.05H.5Z"), ("M0 .5A.5 .5 0 0 1 .5 1", "V1.05H-.05V.5Z")),
)


def _corners(floor: Floor, column: int, row: int, turn: int) -> tuple[int, int, int]:
    """Return a corner in the middle part of a tile, and those of its two quarters."""
    corners = [
        (row + down) % floor.rows * floor.columns + (column + right) % floor.columns
        for down in (0, 1)
        for right in (0, 1)
    ]
    if turn == 0:
        return corners[1], corners[0], corners[3]
    return corners[0], corners[1], corners[2]


def _region_colours(floor: Floor, turns: np.ndarray) -> list[str]:
    """Return the colour at each corner: land has inks, water the paper and one ink of its own."""
    parts = Parts(floor.rows * floor.columns)
    for column, row in floor.places():
        corners = [
            (row + down) % floor.rows * floor.columns + (column + right) % floor.columns
            for down in (0, 1)
            for right in (0, 1)
        ]
        pair = (
            (corners[1], corners[2])
            if floor.at(turns, column, row) == 0
            else (corners[0], corners[3])
        )
        parts.join(*pair)
    numbers = parts.numbered()
    land = floor.inks(max(numbers) + 1, besides=(floor.line,))
    water = floor.palette.paper
    return [
        water if (corner // floor.columns + corner % floor.columns) % 2 else land[number]
        for corner, number in enumerate(numbers)
    ]


def triangles(floor: Floor) -> None:
    """Lay halved squares in blocks that are mirrored, as on a quilt."""
    floor.drawing.fill(floor.palette.paper)
    block = _half(floor, floor.rows), _half(floor, floor.columns)
    turns = floor.random.integers(4, size=block)
    inks = sorted(floor.palette.colours, key=luminance)
    first = floor.random.integers(len(inks), size=block)
    second = (first + floor.random.integers(1, len(inks), size=block)) % len(inks)
    for is_ground in (True, False):
        for column, row in floor.places():
            across, right = _mirrored(column, block[1])
            down, below = _mirrored(row, block[0])
            number = (first if is_ground else second)[down, across]
            corners = _SQUARE if is_ground else _TURNED[turns[down, across]]
            shape = [(1 - x if right else x, 1 - y if below else y) for x, y in corners]
            with floor.drawing.moved(column, row):
                paint = inks[number]
                floor.drawing.polygon(shape, paint, stroke=paint, stroke_width=_HAIR)


_SQUARE = [(0, 0), (1, 0), (1, 1), (0, 1)]
_TURNED = (
    [(0, 0), (1, 0), (0, 1)],
    [(0, 0), (1, 0), (1, 1)],
    [(1, 0), (1, 1), (0, 1)],
    [(0, 0), (1, 1), (0, 1)],
)


def _half(floor: Floor, tiles: int) -> int:
    """Return how many tiles one half of a block has, so that whole blocks fit."""
    fitting = [half for half in (2, 3, 4, 5) if tiles // 2 % half == 0] or [1]
    return fitting[int(floor.random.integers(min(2, len(fitting))))]


def _mirrored(place: int, half: int) -> tuple[int, bool]:
    """Return the place in a block of a mirrored row, and whether it is in the mirrored half."""
    inside = place % (2 * half)
    return (inside, False) if inside < half else (2 * half - 1 - inside, True)
