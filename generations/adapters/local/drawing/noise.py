"""Smooth random fields: sums of simplex noise that may repeat at the edges of a picture."""

import numpy as np
from numpy.typing import NDArray
from pyfastnoiselite.pyfastnoiselite import FastNoiseLite, NoiseType

from generations.adapters.local.drawing.colours import Singles
from generations.adapters.local.drawing.plane import Plane

_BAND = 0.35  # of the period, in which one copy fades into the next
_SPREAD = 0.5  # standard deviation of simplex noise, about
_SAMPLES = 40_000


class Noise:
    """A source of fields on one plane; each field that is asked for is another one."""

    def __init__(self, random: np.random.Generator, plane: Plane) -> None:
        self._random = random
        self._plane = plane

    def fractal(
        self, x: Singles, y: Singles, frequency: float, octaves: int, gain: float = 0.5
    ) -> Singles:
        """Return a sum of octaves, of mean 0 and deviation 1, about; frequency is per unit."""
        places, total = self._places(x, y), np.zeros_like(x)
        for octave in range(octaves):
            layer = places.sampled(_Layer(self._random, frequency * 2**octave))
            total += np.float32(gain**octave) * layer
        return total / np.float32(_SPREAD * np.sqrt(sum(gain ** (2 * n) for n in range(octaves))))

    def ridged(
        self, x: Singles, y: Singles, frequency: float, octaves: int, gain: float = 0.5
    ) -> Singles:
        """Return a sum of sharp ridges, 0 to 1, about."""
        places, total = self._places(x, y), np.zeros_like(x)
        for octave in range(octaves):
            layer = places.sampled(_Layer(self._random, frequency * 2**octave))
            total += np.float32(gain**octave) * (1 - np.abs(layer)) ** 2
        return total / np.float32(sum(gain**n for n in range(octaves)))

    def warped(
        self, x: Singles, y: Singles, frequency: float, octaves: int, by: float
    ) -> tuple[Singles, Singles]:
        """Return the coordinates pulled about by this much, in units."""
        pull = np.float32(by)
        right = self.fractal(x, y, frequency, octaves)
        down = self.fractal(x, y, frequency, octaves)
        return x + pull * right, y + pull * down

    def cells(self, x: Singles, y: Singles, frequency: float) -> Singles:
        """Return how near the border of a cell each place is: 0 in its middle, 1 on the border.

        The cells belong to one random point in each square of a grid, which repeats where the
        plane does (S. Worley, A Cellular Texture Basis Function, 1996).
        """
        columns = max(1, round(self._plane.width * frequency))
        rows = max(1, round(self._plane.height * frequency))
        points = self._random.random((rows, columns, 2)).astype(np.float32)
        across = x * np.float32(columns / self._plane.width)
        down = y * np.float32(rows / self._plane.height)
        left, top = np.floor(across).astype(np.int32), np.floor(down).astype(np.int32)
        nearest = np.full_like(x, 9)
        second = np.full_like(x, 9)
        for row in range(-1, 2):
            for column in range(-1, 2):
                point = points[(top + row) % rows, (left + column) % columns]
                right = left + column + point[..., 0] - across
                below = top + row + point[..., 1] - down
                distance = np.hypot(right, below)
                second = np.minimum(second, np.maximum(nearest, distance))
                nearest = np.minimum(nearest, distance)
        return nearest / second

    def _places(self, x: Singles, y: Singles) -> "_Places":
        if self._plane.wraps:
            return _Tile(x, y, self._plane.width, self._plane.height)
        return _Places(x, y)


class _Layer:
    """One simplex noise; its origin, where all of them are 0, lies anywhere."""

    def __init__(self, random: np.random.Generator, frequency: float) -> None:
        self._source = FastNoiseLite(seed=int(random.integers(2**31 - 1)))
        self._source.noise_type = NoiseType.NoiseType_OpenSimplex2
        self._source.frequency = frequency
        self._origin = (random.uniform(7, 70, 2) / frequency).astype(np.float32)

    def at(self, x: Singles, y: Singles) -> Singles:
        places = np.empty((2, x.size), dtype=np.float32)
        np.add(x.ravel(), self._origin[0], out=places[0])
        np.add(y.ravel(), self._origin[1], out=places[1])
        values: Singles = self._source.gen_from_coords(places).reshape(x.shape)
        return values


class _Places:
    """Where a layer of noise is asked for."""

    def __init__(self, x: Singles, y: Singles) -> None:
        self.x, self.y = x, y

    def sampled(self, layer: _Layer) -> Singles:
        return layer.at(self.x, self.y)


class _Tile(_Places):
    """Places on a tile: near its far edges the noise fades into the one before the near edges.

    Dividing by the length of the weights keeps the contrast where copies overlap (E. Heitz and
    F. Neyret, High-Performance By-Example Noise using a Histogram-Preserving Blending Operator,
    2018).
    """

    def __init__(self, x: Singles, y: Singles, width: float, height: float) -> None:
        super().__init__(x % np.float32(width), y % np.float32(height))
        right, down = _fade(self.x / np.float32(width)), _fade(self.y / np.float32(height))
        length = np.hypot(1 - right, right) * np.hypot(1 - down, down)
        self._weight = (1 - right) * (1 - down) / length
        self._copies = [
            (where, self.x[where] - left, self.y[where] - top, weight[where] / length[where])
            for left, top, weight in (
                (np.float32(width), np.float32(0), right * (1 - down)),
                (np.float32(0), np.float32(height), (1 - right) * down),
                (np.float32(width), np.float32(height), right * down),
            )
            if (where := weight > 0).any()
        ]

    def sampled(self, layer: _Layer) -> Singles:
        total: Singles = self._weight * layer.at(self.x, self.y)
        for where, x, y, weight in self._copies:
            total[where] += weight * layer.at(x, y)
        return total


def _fade(place: Singles) -> Singles:
    """Return the weight of the copy to come: 0, and from where the band begins on up to 1."""
    part = ((place - np.float32(1 - _BAND)) / np.float32(_BAND)).clip(0, 1)
    weight: Singles = part * part * (3 - 2 * part)
    return weight


def levelled(field: Singles, low: float = 1.0, high: float = 99.0) -> Singles:
    """Stretch a field so that these percentiles of it become 0 and 1; what is beyond is cut."""
    step = max(1, int(np.sqrt(field.size / _SAMPLES)))
    bottom, top = np.percentile(field[::step, ::step], [low, high])
    return ((field - np.float32(bottom)) / np.float32(max(top - bottom, 1e-6))).clip(0, 1)


def evened(field: Singles) -> Singles:
    """Return the rank of each value, 0 to 1, so that every tone takes the same room."""
    step = max(1, int(np.sqrt(field.size / _SAMPLES)))
    known = np.sort(field[::step, ::step], axis=None)
    ranks = np.linspace(0, 1, 257)
    marks = known[(ranks * (len(known) - 1)).astype(int)]
    even: NDArray[np.float32] = np.interp(field, marks, ranks).astype(np.float32)
    return even
