"""Cells around points (Voronoi), and the triangles between the points (Delaunay)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from generations.adapters.local.drawing.colours import Singles
from generations.adapters.local.drawing.vectors import Points

MARGIN = 0.12
"""Points lie this far outside of the picture, too, of its longer side: its edge is no border."""

_ROUNDS = 3  # of moving points to the middle of their cells
_REACH = 8  # of the space that is divided, in longer sides


@dataclass(frozen=True)
class Cells:
    """Points (n, 2), and one convex outline (m, 2) around each of them."""

    points: Points
    outlines: tuple[Points, ...]

    @classmethod
    def around(cls, points: Points, size: tuple[float, float]) -> Self:
        """Divide the space around a picture of this size among points."""
        outlines, centres = _divided(points, size).getVoronoiFacetList([])
        return cls(np.asarray(centres, float), tuple(np.asarray(one, float) for one in outlines))

    def middles(self) -> Points:
        """Return the middle of each cell."""
        return np.array([outline.mean(0) for outline in self.outlines])


def strewn(
    random: np.random.Generator,
    count: int,
    size: tuple[float, float],
    density: Singles | None = None,
) -> Points:
    """Return about so many points in a picture, and as densely around it.

    Where the ``density`` (height, width) of the picture is higher, there are more of them.
    """
    around = size[0] * size[1] / ((size[0] + 2 * _rim(size)) * (size[1] + 2 * _rim(size)))
    wide = _spread(random, max(4, round(count / around)), size)
    if density is None:
        return wide
    inside = ((wide >= 0) & (wide < size)).all(1)
    dense = _drawn(random, count, size, density)
    return np.concatenate([wide[~inside], _settled(dense, size, 1)])


def triangles(points: Points, size: tuple[float, float]) -> Points:
    """Return the corners (n, 3, 2) of the triangles between points."""
    corners = np.asarray(_divided(points, size).getTriangleList(), float).reshape(-1, 3, 2)
    rim = 2 * _rim(size)
    near = (corners > -rim).all((1, 2)) & (corners < np.array(size) + rim).all((1, 2))
    found: Points = corners[near]
    return found


def means(shapes: Sequence[Points], picture: Singles, scale: float) -> Singles:
    """Return the mean colour (n, 3) of a picture in each of convex shapes; ``scale`` is its unit.

    A shape that covers no pixel gets the colour nearest to its middle.
    """
    height, width = picture.shape[:2]
    labels = np.full((height, width), len(shapes), np.int32)
    for number, shape in enumerate(shapes):
        cv2.fillConvexPoly(labels, np.rint(shape / scale).astype(np.int32), number)
    flat = labels.ravel()
    counts = np.bincount(flat, minlength=len(shapes) + 1)[:-1]
    sums = [
        np.bincount(flat, picture[..., part].ravel(), len(shapes) + 1)[:-1] for part in range(3)
    ]
    middles = np.rint(np.array([shape.mean(0) for shape in shapes]) / scale).astype(int)
    columns, rows = middles[:, 0].clip(0, width - 1), middles[:, 1].clip(0, height - 1)
    mean = np.stack(sums, 1) / np.maximum(counts, 1)[:, None]
    colours: Singles = np.where(counts[:, None] > 0, mean, picture[rows, columns])
    return colours.astype(np.float32)


def _rim(size: tuple[float, float]) -> float:
    return MARGIN * max(size)


def _spread(random: np.random.Generator, count: int, size: tuple[float, float]) -> Points:
    rim = _rim(size)
    wide = np.array(size) + 2 * rim
    points = random.random((count, 2)) * wide - rim
    return _settled(points, size, _ROUNDS)


def _settled(points: Points, size: tuple[float, float], rounds: int) -> Points:
    """Move points to the middles of their cells (S. Lloyd, 1982), so that they lie evenly."""
    rim = _rim(size)
    low, high = np.array([-rim, -rim]), np.array(size) + rim
    for _ in range(rounds):
        outlines = Cells.around(points, size).outlines
        points = np.array([outline.clip(low, high).mean(0) for outline in outlines])
    return points


def _drawn(
    random: np.random.Generator, count: int, size: tuple[float, float], density: Singles
) -> Points:
    """Draw points in a picture as its density says."""
    height, width = density.shape
    chance = np.cumsum(density.ravel(), dtype=np.float64)
    # Equal steps with a jitter in each leave no holes, as wholly random draws would.
    marks = (np.arange(count) + random.random(count)) / count * chance[-1]
    cells: NDArray[np.int64] = np.searchsorted(chance, marks).clip(0, density.size - 1)
    places = np.stack([cells % width, cells // width], 1) + random.random((count, 2))
    drawn: Points = places / [width, height] * np.array(size)
    return drawn


def _divided(points: Points, size: tuple[float, float]) -> cv2.Subdiv2D:
    reach = int(_REACH * max(size)) + 1
    space = cv2.Subdiv2D((-reach, -reach, 2 * reach, 2 * reach))
    space.insert(np.unique(points.astype(np.float32), axis=0).tolist())
    return space
