"""What a texture is made from."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from generations.adapters.local.drawing.colours import Ramp, Singles
from generations.adapters.local.drawing.noise import Noise
from generations.adapters.local.drawing.palettes import Palette
from generations.adapters.local.drawing.plane import Plane


@dataclass(frozen=True)
class Ground:
    """A plane with noise on it; ``scale`` makes all features larger, ``warp`` pulls them about."""

    plane: Plane
    noise: Noise
    random: np.random.Generator
    palette: Palette
    scale: float
    warp: float

    @classmethod
    def of(
        cls, random: np.random.Generator, plane: Plane, palette: Palette, scale: float, warp: float
    ) -> Self:
        """Make a ground with noise of its own."""
        return cls(plane, Noise(random, plane), random, palette, scale, warp)

    @property
    def ramp(self) -> Ramp:
        """The palette's colours from dark to light."""
        return Ramp.of(self.palette.ramp)

    def pulled(self, frequency: float, octaves: int, by: float) -> tuple[Singles, Singles]:
        """Return the plane's coordinates, warped as much as the ground is."""
        plane = self.plane
        reach = by * self.warp * 2 * self.scale
        return self.noise.warped(plane.x, plane.y, frequency / self.scale, octaves, reach)

    def fractal(
        self, places: tuple[Singles, Singles], frequency: float, octaves: int, gain: float = 0.5
    ) -> Singles:
        """Return fractal noise at these places, in the ground's scale."""
        return self.noise.fractal(*places, frequency / self.scale, octaves, gain)

    def ridged(
        self, places: tuple[Singles, Singles], frequency: float, octaves: int, gain: float = 0.5
    ) -> Singles:
        """Return ridges at these places, in the ground's scale."""
        return self.noise.ridged(*places, frequency / self.scale, octaves, gain)

    def cells(self, places: tuple[Singles, Singles], frequency: float) -> Singles:
        """Return how near the border of a cell each place is, 0 in its middle and 1 on it."""
        return self.noise.cells(*places, frequency / self.scale)


def smooth(field: Singles, low: float, high: float) -> Singles:
    """Return 0 below ``low``, 1 above ``high``, and a soft step between."""
    part = ((field - np.float32(low)) / np.float32(high - low)).clip(0, 1)
    step: Singles = part * part * (3 - 2 * part)
    return step
