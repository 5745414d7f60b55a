"""The plane that fields are computed on: a coordinate for each pixel."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np

from generations.adapters.local.drawing.colours import Singles

_FINE = 4.0  # pixels; a wider blur looks the same from a smaller picture


@dataclass(frozen=True)
class Plane:
    """Coordinates x and y (height, width), the same for a composition in every size.

    The unit is the shorter side, or a third of the longer one where that is more; ``pixel`` is the
    size of one. A plane that ``wraps`` goes on at its other edge.
    """

    x: Singles
    y: Singles
    pixel: float
    wraps: bool

    @classmethod
    def of(cls, width: int, height: int, *, wraps: bool = False) -> Self:
        """Make the plane of a picture of this size in pixels."""
        pixel = 1 / max(min(width, height), max(width, height) / 3)
        across = (np.arange(width, dtype=np.float32) + 0.5) * np.float32(pixel)
        down = (np.arange(height, dtype=np.float32) + 0.5) * np.float32(pixel)
        x, y = np.meshgrid(across, down)
        return cls(x, y, pixel, wraps)

    @property
    def width(self) -> float:
        """Of the picture, in units."""
        return int(self.x.shape[1]) * self.pixel

    @property
    def height(self) -> float:
        """Of the picture, in units."""
        return int(self.x.shape[0]) * self.pixel

    def slopes(self, field: Singles) -> tuple[Singles, Singles]:
        """Return how much a field rises per unit, to the right and downwards."""
        wide = self._padded(field, 1)
        step = np.float32(2 * self.pixel)
        return (
            (wide[1:-1, 2:] - wide[1:-1, :-2]) / step,
            (wide[2:, 1:-1] - wide[:-2, 1:-1]) / step,
        )

    def blurred(self, field: Singles, radius: float) -> Singles:
        """Return a field blurred by a Gaussian of this standard deviation, in units."""
        sigma = max(radius / self.pixel, 0.05)
        rim = min(round(3 * sigma) + 1, *field.shape[:2])
        soft = _blurred(self._padded(field, rim), sigma)
        return np.asarray(soft[rim:-rim, rim:-rim], dtype=np.float32)

    def shifted(self, field: Singles, right: float, down: float) -> Singles:
        """Return a field moved by whole pixels nearest to this way, in units."""
        across, along = round(right / self.pixel), round(down / self.pixel)
        rim = max(abs(across), abs(along), 1)
        moved = np.roll(self._padded(field, rim), (along, across), axis=(0, 1))
        return moved[rim:-rim, rim:-rim]

    def line(self, field: Singles, level: float, width: float) -> Singles:
        """Return where the line of this width in units runs at a level of a field, 0 to 1."""
        across, down = self.slopes(field)
        steepness = np.hypot(across, down) + np.float32(1e-4)
        away = np.abs(field - np.float32(level)) / steepness
        return self.covered(away - np.float32(width / 2))

    def covered(self, outside: Singles) -> Singles:
        """Return how much of each pixel lies inside, for distances from an outline in units."""
        return (0.5 - outside / np.float32(self.pixel)).clip(0, 1)

    def _padded(self, field: Singles, rim: int) -> Singles:
        around = [(rim, rim), (rim, rim), (0, 0)][: field.ndim]
        return np.pad(field, around, mode="wrap" if self.wraps else "edge")


def _blurred(field: Singles, sigma: float) -> Singles:
    if sigma <= _FINE:
        return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma), dtype=np.float32)
    height, width = field.shape[:2]
    factor = _FINE / sigma
    small = (max(1, round(width * factor)), max(1, round(height * factor)))
    soft = cv2.GaussianBlur(cv2.resize(field, small, interpolation=cv2.INTER_AREA), (0, 0), _FINE)
    return np.asarray(cv2.resize(soft, (width, height)), dtype=np.float32)
