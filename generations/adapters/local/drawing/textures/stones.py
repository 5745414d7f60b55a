"""Cut and polished stones."""

import numpy as np

from generations.adapters.local.drawing.colours import Ramp, Singles, over, solid
from generations.adapters.local.drawing.noise import evened, levelled
from generations.adapters.local.drawing.palettes import rgb
from generations.adapters.local.drawing.textures.ground import Ground, smooth

_TABLE = 4096
_GOLD = "#c9a227", "#f3dc8e"


def marble(ground: Ground) -> Singles:
    """Draw marble with veins, and a few thin ones of gold."""
    plane = ground.plane
    places = ground.pulled(0.9, 5, 0.16)
    dark = ground.palette.is_dark
    low, high = (0.02, 0.42) if dark else (0.72, 1.0)
    stone = evened(ground.fractal(places, 0.9, 6, 0.55))
    pixels = ground.ramp.at(low + (high - low) * stone)
    vein = solid(ground.palette.ramp[-2 if dark else 1])
    strength = levelled(ground.fractal((plane.x, plane.y), 1.1, 3))
    for frequency, width, cover in ((0.55, 0.055, 0.5), (1.1, 0.03, 0.42), (2.3, 0.02, 0.3)):
        ridge = np.abs(ground.fractal(places, frequency, 5, 0.5))
        near = np.exp(-((ridge / np.float32(width)) ** 0.8)) + 0.35 * np.exp(-ridge / (width * 7))
        pixels = over(pixels, vein, (cover * near * (0.25 + strength)).clip(0, 1))
    return _gilded(ground, pixels, places)


def _gilded(ground: Ground, pixels: Singles, places: tuple[Singles, Singles]) -> Singles:
    plane = ground.plane
    seam = ground.fractal(places, 0.5, 3, 0.3)
    width = 0.0035 + 0.006 * levelled(ground.fractal((plane.x, plane.y), 2.2, 3))
    across, down = plane.slopes(seam)
    away = np.abs(seam - np.float32(0.1)) / (np.hypot(across, down) + np.float32(1e-3))
    cover = plane.covered(away - width / 2)
    shine = smooth(ground.fractal(places, 5, 3), -1.0, 1.2)
    gold = Ramp.of(["#7d5a17", *_GOLD]).at(shine)
    return over(pixels, gold, cover * 0.95)


def agate(ground: Ground) -> Singles:
    """Draw the bands of an agate around crystals."""
    plane = ground.plane
    places = ground.pulled(1.1, 2, 0.07)
    rough = ground.fractal((plane.x, plane.y), 7, 2) * np.float32(0.012)
    depth = evened(ground.fractal(places, 0.7, 2, 0.28) + rough)
    across, down = plane.slopes(depth)
    spread = (np.hypot(across, down) * np.float32(plane.pixel)).clip(1e-4, 0.5)
    return _Bands(ground).at(depth, spread)


class _Bands:
    """Bands of random colours over 0 to 1, summed up so that the mean of any stretch is known."""

    def __init__(self, ground: Ground) -> None:
        random, ramp = ground.random, ground.ramp
        tones = np.empty(_TABLE, np.float32)
        place, tone = 0, random.random()
        while place < _TABLE:
            wide = random.random() < 0.2
            length = int(
                _TABLE * (random.uniform(0.03, 0.09) if wide else random.uniform(0.003, 0.02))
            )
            aim = random.random() if random.random() < 0.4 else tone + random.normal(0, 0.16)
            tone = float(np.clip(aim, 0, 1))
            drift = random.normal(0, 0.05)
            piece = tones[place : place + length]
            piece[:] = tone + drift * np.linspace(0, 1, len(piece))
            place += length
        colours = ramp.at(tones)
        accent = np.array(
            rgb(ground.palette.inks[min(4, len(ground.palette.inks) - 1)]), np.float32
        )
        for _ in range(3):
            start = int(random.integers(_TABLE - 60))
            colours[start : start + int(random.integers(12, 60))] = accent
        self._sums = np.vstack([np.zeros((1, 3)), np.cumsum(colours, axis=0, dtype=np.float64)])

    def at(self, depth: Singles, spread: Singles) -> Singles:
        """Return the mean colour of what lies within a spread around a depth."""
        low = ((depth - spread / 2) * _TABLE).clip(0, _TABLE - 1)
        high = np.maximum(((depth + spread / 2) * _TABLE).clip(1, _TABLE), low + 1).clip(1, _TABLE)
        total = self._sum(high) - self._sum(low)
        pixels: Singles = (total / (high - low)[..., None]).astype(np.float32)
        return pixels

    def _sum(self, place: Singles) -> Singles:
        below = np.minimum(place.astype(np.int32), _TABLE - 1)
        part = (place - below)[..., None]
        sums: Singles = self._sums[below] + (self._sums[below + 1] - self._sums[below]) * part
        return sums
