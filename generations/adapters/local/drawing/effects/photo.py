"""A picture that effects are applied to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generations.adapters.local.drawing.colours import Singles
from generations.adapters.local.drawing.plane import Plane

_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


@dataclass(frozen=True)
class Photo:
    """Pixels, and how an effect is wanted: how strong, 0 to 1, and how coarse, 1 as usual."""

    pixels: Singles
    plane: Plane
    random: np.random.Generator
    strength: float
    size: float
    colours: tuple[str, ...]

    @property
    def grey(self) -> Singles:
        """How light each pixel is, 0 to 1."""
        return grey(self.pixels)

    def colours_or(self, usual: Sequence[str]) -> tuple[str, ...]:
        """Return the colours asked for, or the usual ones of an effect."""
        return self.colours or tuple(usual)

    def mixed_with(self, changed: Singles, share: float) -> Singles:
        """Return the pixels with a share, 0 to 1, of changed ones."""
        mixed: Singles = self.pixels + (changed - self.pixels) * np.float32(share)
        return mixed


def grey(pixels: Singles) -> Singles:
    """Return how light pixels are, 0 to 1."""
    light: Singles = pixels @ _LUMA / np.float32(255)
    return light
