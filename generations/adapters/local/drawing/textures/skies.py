"""Clouds by day, and far away at night."""

import numpy as np

from generations.adapters.local.drawing.colours import Singles, over, solid
from generations.adapters.local.drawing.noise import evened, levelled
from generations.adapters.local.drawing.textures.ground import Ground, smooth

_STARS = 420  # per square unit
_GIANTS = 7


def clouds(ground: Ground) -> Singles:
    """Draw heaped clouds, lit from the upper left."""
    plane, ramp = ground.plane, ground.ramp
    places = ground.pulled(1.6, 3, 0.03)
    puffs = ground.ridged(places, 2.6, 6, 0.52)
    heap = levelled(ground.fractal(places, 0.9, 6, 0.45) - 3.0 * puffs)
    sky = ramp.at(0.30 + 0.22 * evened(ground.fractal((plane.x, plane.y), 0.5, 2)))
    density = smooth(heap, 0.42, 0.62)
    towards = plane.shifted(plane.blurred(heap, 0.012), 0.03, 0.045)
    far = plane.shifted(plane.blurred(heap, 0.03), 0.07, 0.10)
    light = (0.76 + 1.3 * (heap - towards) + 0.8 * (heap - far)).clip(0, 1)
    return over(sky, ramp.at(0.42 + 0.58 * light), density)


def nebula(ground: Ground) -> Singles:
    """Draw glowing gas, dust before it, and stars."""
    ramp, places = ground.ramp, ground.pulled(1.0, 4, 0.16)
    mist = levelled(ground.fractal(places, 0.7, 6, 0.52), 8, 99.8)
    core = levelled(ground.fractal(places, 1.0, 5, 0.5), 45, 99.8)
    wisps = levelled(ground.ridged(places, 1.2, 6, 0.6), 30, 99.8)
    hue = evened(ground.fractal(places, 0.6, 3))
    tone = 0.22 + 0.4 * hue + 0.45 * core * (0.4 + 0.6 * mist)
    strength = 0.25 * mist + 0.75 * mist**2 * (0.35 + 0.9 * wisps**2) + 0.5 * core**2
    dust = levelled(ground.ridged(places, 0.9, 6, 0.55), 40, 99.7)
    strength *= 1 - 0.8 * dust**2
    night = solid(ground.palette.ramp[0]) * np.float32(0.35)
    sky = over(night, ramp.at(tone) * np.float32(1.15), (1.5 * strength).clip(0, 1))
    return over(sky, solid("#fffcf6"), _stars(ground).clip(0, 1))


def _stars(ground: Ground) -> Singles:
    """Return the light of stars: many faint ones, a few with a halo."""
    plane = ground.plane
    light = np.zeros_like(plane.x)
    count = round(_STARS * plane.width * plane.height)
    for sigma, share, most in ((0.0011, 1.0, 0.9), (0.0019, 0.12, 1.0), (0.0032, 0.02, 1.0)):
        _sprinkle(ground, light, round(count * share), sigma, most)
    halo = np.zeros_like(light)
    _sprinkle(ground, halo, _GIANTS, 0.0045, 1.0)
    glow = plane.blurred(halo, 0.018)
    return light + halo + glow * np.float32(0.4 / max(float(glow.max()), 1e-6))


def _sprinkle(ground: Ground, light: Singles, count: int, sigma: float, most: float) -> None:
    """Add round spots of light at random places; ``sigma`` in units."""
    plane, random = ground.plane, ground.random
    height, width = light.shape
    size = max(sigma / plane.pixel, 0.5)
    reach = int(np.ceil(3 * size))
    offsets = np.arange(-reach, reach + 1)
    xs, ys = random.random(count) * width, random.random(count) * height
    power = most * random.random(count) ** 2.2 * min(1.0, (sigma / plane.pixel / 0.5))
    for x, y, bright in zip(xs, ys, power, strict=True):
        columns, rows = int(x) + offsets, int(y) + offsets
        spot = np.exp(-((columns + 0.5 - x) ** 2)[None] / (2 * size**2)) * np.exp(
            -((rows + 0.5 - y) ** 2)[:, None] / (2 * size**2)
        )
        if plane.wraps:
            light[np.ix_(rows % height, columns % width)] += (spot * bright).astype(np.float32)
            continue
        inside = (rows >= 0) & (rows < height), (columns >= 0) & (columns < width)
        light[np.ix_(rows[inside[0]], columns[inside[1]])] += (
            spot[np.ix_(*inside)] * bright
        ).astype(np.float32)
