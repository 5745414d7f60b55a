"""Places and distances in a graph, in pixels."""

from dataclasses import dataclass

Point = tuple[float, float]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Spacing:
    """Distances in pixels: between boxes of a layer, between layers, and of a passing arrow."""

    between: float
    apart: float
    lane: float


@dataclass(frozen=True)
class Arrangement:
    """The centre of each box, and for each arrow where it passes the layers between its ends."""

    centres: tuple[Point, ...]
    bends: dict[Pair, tuple[Point, ...]]
