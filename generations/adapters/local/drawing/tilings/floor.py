"""The floor that tiles are laid on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from generations.adapters.local.drawing.palettes import Palette, luminance
from generations.adapters.local.drawing.vectors import Drawing


@dataclass(frozen=True)
class Floor:
    """A drawing in which a tile is the square from (column, row) to (column + 1, row + 1).

    Both counts are even, and the tiles repeat beyond them. A picture that need not be a tile
    itself cuts the last ones off, so that they stay square.
    """

    drawing: Drawing
    columns: int
    rows: int
    random: np.random.Generator
    palette: Palette

    @classmethod
    def of(
        cls,
        size: tuple[int, int],
        tiles: int,
        random: np.random.Generator,
        palette: Palette,
        *,
        seamless: bool,
    ) -> Self:
        """Make a floor with so many tiles along the shorter side of a picture, or one more."""
        tile = min(size) / tiles
        columns, rows = (max(2, 2 * round(side / tile / 2)) for side in size)
        view = (float(columns), float(rows))
        if not seamless:
            view = (size[0] / tile, size[1] / tile)
            columns, rows = (2 * int(np.ceil(side / 2)) for side in view)
        return cls(Drawing(size, view), columns, rows, random, palette)

    def places(self) -> Iterator[tuple[int, int]]:
        """Yield column and row of every tile that can be seen, also of those beyond the edges."""
        for row in range(-1, self.rows + 1):
            for column in range(-1, self.columns + 1):
                yield column, row

    def turns(self, strays: float = 0.5) -> NDArray[np.int64]:
        """Return 0 or 1 for each tile, (rows, columns).

        Without strays they change in turn, so that lines close into the smallest rings; the more
        strays, the longer the lines.
        """
        rows, columns = np.indices((self.rows, self.columns))
        stray = self.random.random((self.rows, self.columns)) < strays
        turns: NDArray[np.int64] = (rows + columns + stray) % 2
        return turns

    def at(self, values: NDArray[np.int64], column: int, row: int) -> int:
        """Return the value of a tile, also of one beyond the edges."""
        return int(values[row % self.rows, column % self.columns])

    @property
    def line(self) -> str:
        """The colour among paper and inks that contrasts most with the paper."""
        paper = luminance(self.palette.paper)
        return max(self.palette.inks, key=lambda ink: abs(luminance(ink) - paper))

    def inks(self, count: int, besides: tuple[str, ...] = ()) -> list[str]:
        """Return an ink for each of so many parts, common ones more often."""
        inks = [ink for ink in dict.fromkeys(self.palette.inks) if ink not in besides]
        inks = inks or [self.line]
        weights = 0.8 ** np.arange(len(inks))
        drawn = self.random.choice(len(inks), size=count, p=weights / weights.sum())
        return [inks[index] for index in drawn]


class Parts:
    """Which of many things hang together (union and find)."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def join(self, one: int, other: int) -> None:
        """Say that two things hang together."""
        self._above[self._top(one)] = self._top(other)

    def numbered(self) -> list[int]:
        """Return for each thing the number of the part that it is in."""
        tops = [self._top(one) for one in range(len(self._above))]
        numbers = {top: number for number, top in enumerate(dict.fromkeys(tops))}
        return [numbers[top] for top in tops]

    def _top(self, one: int) -> int:
        while self._above[one] != one:
            self._above[one] = self._above[self._above[one]]
            one = self._above[one]
        return one
