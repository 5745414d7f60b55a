"""A smooth flow without sources or sinks, and the lines that follow it.

The velocity is the curl of a potential (R. Bridson et al., Curl-Noise for Procedural Fluid Flow,
2007); the potential is a sum of plane waves, so that it is known exactly everywhere.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Flow:
    """Plane waves (``vectors``, ``phases``, ``weights``) and a drift that all lines share."""

    vectors: Floats
    phases: Floats
    weights: Floats
    drift: Floats

    @classmethod
    def draw(cls, random: np.random.Generator, turbulence: float, waves: int = 10) -> Self:
        """Draw a flow: at turbulence 0 nearly straight, at 1 full of eddies."""
        directions = random.uniform(0, 2 * np.pi, waves)
        frequencies = random.uniform(1.5, 3.0 + 6.0 * turbulence, waves)
        vectors = frequencies[:, None] * np.stack([np.cos(directions), np.sin(directions)], 1)
        heading = random.uniform(0, 2 * np.pi)
        drift = (1.6 - 1.4 * turbulence) * np.array([np.cos(heading), np.sin(heading)])
        weights = random.uniform(0.5, 1.0, waves) / frequencies
        return cls(vectors, random.uniform(0, 2 * np.pi, waves), weights, drift)

    def directions(self, points: Floats) -> Floats:
        """Return the unit direction of the flow at each of the points (n, 2)."""
        slopes = np.cos(points @ self.vectors.T + self.phases) * self.weights
        gradient = slopes @ self.vectors
        velocity = np.stack([gradient[:, 1], -gradient[:, 0]], 1) + self.drift
        return velocity / (np.hypot(velocity[:, 0], velocity[:, 1])[:, None] + 1e-9)

    def lines(self, starts: Floats, step: float, steps: int) -> Floats:
        """Follow the flow both ways from each start; returns (n, 2 * steps + 1, 2)."""
        ahead = self._follow(starts, step, steps)
        behind = self._follow(starts, -step, steps)
        return np.concatenate([behind[:0:-1], ahead]).transpose(1, 0, 2)

    def _follow(self, starts: Floats, step: float, steps: int) -> Floats:
        line = np.empty((steps + 1, *starts.shape))
        line[0] = starts
        for index in range(steps):
            here = line[index]
            middle = here + step / 2 * self.directions(here)
            line[index + 1] = here + step * self.directions(middle)
        return line


def sideways(lines: Floats) -> Floats:
    """Return the unit normals of lines (n, m, 2)."""
    tangents = np.gradient(lines, axis=1)
    lengths = np.hypot(tangents[..., 0], tangents[..., 1])[..., None] + 1e-12
    return np.stack([-tangents[..., 1], tangents[..., 0]], -1) / lengths
