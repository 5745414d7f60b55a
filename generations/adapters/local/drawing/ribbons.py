"""Ribbons that follow a flow, wide ones first, each as long as the others leave room for."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generations.adapters.local.drawing.flow import Floats, Flow, sideways

ROUNDS = 8
_FEWEST = 0.01  # of the tries, in the round of the widest
_REACH = 100  # steps that a ribbon may go from its start, each way
_STEP = 0.004  # along a line
_CELLS = 250  # per unit, of the grid that knows what is taken: one per step
_GAP = 0.0035
_MARGIN = 0.08  # lines may start so far outside, for ribbons that come in over the edge


@dataclass(frozen=True)
class Ribbon:
    """A line (m, 2) with its normals, half its width, and a place 0 to 1 among the inks.

    All lengths are in a unit that grows with the picture, so that it looks the same in any size.
    """

    line: Floats
    normals: Floats
    half_width: float
    tone: float


@dataclass(frozen=True)
class Style:
    """How ribbons are made.

    ``tries`` ribbons are tried in each of ``ROUNDS`` rounds; half widths fall from the widest to
    the narrowest; ``turbulence`` is that of the flow, 0 to 1.
    """

    tries: int
    widest: float
    narrowest: float
    turbulence: float


def pack(
    random: np.random.Generator, width: float, height: float, style: Style
) -> Iterator[Ribbon]:
    """Yield ribbons that do not touch each other and fill a picture of this size."""
    flow = Flow.draw(random, style.turbulence)
    tones = Flow.draw(random, 0.3)
    taken = Taken(width, height)
    rounds = np.arange(ROUNDS) / (ROUNDS - 1)
    for half_width, tries in zip(
        style.widest * (style.narrowest / style.widest) ** rounds,
        style.tries * _FEWEST ** (1 - rounds),
        strict=True,
    ):
        count = round(tries * width * height)
        reach = np.array([width, height]) + 2 * _MARGIN
        starts = random.random((count, 2)) * reach - _MARGIN
        starts = starts[taken.are_free(starts)]
        lines = flow.lines(starts, _STEP, _REACH)
        normals = sideways(lines)
        half_widths = half_width * random.uniform(0.75, 1.25, len(starts))
        tone = _tones(random, tones, starts)
        for index in range(len(starts)):
            free = taken.free_run(lines[index], normals[index], half_widths[index])
            if free is not None:
                line, normal = lines[index, free], normals[index, free]
                yield Ribbon(line, normal, half_widths[index], tone[index])


def _tones(random: np.random.Generator, flow: Flow, starts: Floats) -> Floats:
    """Give neighbours like tones, with a few strangers among them."""
    waves = np.sin(starts @ flow.vectors[:3].T * 0.8 + flow.phases[:3]).mean(1)
    strange = random.normal(0, 0.11, len(starts))
    strange += (random.random(len(starts)) < 0.15) * random.uniform(-0.5, 0.5, len(starts))
    tones: Floats = (waves * 0.55 + 0.42 + strange) % 1.0
    return tones


class Taken:
    """Which cells of a grid are taken by ribbons."""

    def __init__(self, width: float, height: float) -> None:
        self._edge = 0.2
        shape = (height + 2 * self._edge, width + 2 * self._edge)
        self._cells = np.zeros([int(side * _CELLS) + 1 for side in shape], dtype=bool)

    def are_free(self, points: Floats) -> NDArray[np.bool_]:
        """Tell for each of the points whether its cell is free."""
        cells = ((points + self._edge) * _CELLS).astype(np.int64)
        free: NDArray[np.bool_] = ~self._cells[cells[:, 1], cells[:, 0]]
        return free

    def free_run(self, line: Floats, normals: Floats, half_width: float) -> slice | None:
        """Take and return the free stretch around the middle of a line, if it is long enough."""
        rows, columns, inside = self._cells_of(line, normals, half_width + _GAP)
        free = inside & ~self._cells[rows, columns].any(1)
        middle = len(line) // 2
        if not free[middle]:
            return None
        blocked = np.flatnonzero(~free)
        first = blocked[blocked < middle].max(initial=-1) + 1
        last = blocked[blocked > middle].min(initial=len(line))
        if (last - first) * _STEP < max(6 * half_width, 0.03):
            return None
        run = slice(int(first), int(last))
        rows, columns, _ = self._cells_of(line[run], normals[run], half_width)
        self._cells[rows, columns] = True
        return run

    def _cells_of(
        self, line: Floats, normals: Floats, reach: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return the cells under a ribbon (m, k each), and where along it is inside the grid."""
        across = np.linspace(-reach, reach, 2 + int(2 * reach * _CELLS * 1.25))
        points = line[:, None] + across[:, None] * normals[:, None]
        cells = ((points + self._edge) * _CELLS).astype(np.int64)
        height, width = self._cells.shape
        rows, columns = cells[..., 1], cells[..., 0]
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        return rows.clip(0, height - 1), columns.clip(0, width - 1), inside.all(1)
