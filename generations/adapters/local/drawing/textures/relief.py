"""Heights: a map, its contour lines, and layers of cut paper."""

import numpy as np

from generations.adapters.local.drawing.colours import Singles, over, solid
from generations.adapters.local.drawing.noise import evened
from generations.adapters.local.drawing.palettes import Palette, luminance
from generations.adapters.local.drawing.textures.ground import Ground

_LEVELS = 14  # contour lines
_SEA = 0.4  # how much of a map is water
_SHEETS = 7  # of cut paper


def terrain(ground: Ground) -> Singles:
    """Draw a map: shaded hills, water that gets deeper in steps, contour lines."""
    plane, ramp = ground.plane, ground.ramp
    places = ground.pulled(1.3, 3, 0.035)
    ridges = ground.ridged(places, 1.9, 6, 0.48)
    raw = ground.fractal(places, 0.95, 7, 0.44) + 2.4 * (ridges - np.float32(0.45))
    heights = evened(raw)
    wet = plane.covered((heights - np.float32(_SEA)) / _steepness(ground, heights))
    land = ((heights - _SEA) / (1 - _SEA)).clip(0, 1)
    depth = ((_SEA - heights) / _SEA).clip(0, 1)
    relief = plane.blurred(raw, 0.003) * np.float32(0.034 * ground.scale)
    light = _lit(ground, relief)
    hills = ramp.at(0.46 + 0.44 * land)
    hills = over(hills, solid(ground.palette.ramp[0]), (0.62 * (1 - light)).clip(0, 0.6))
    hills = over(hills, solid(ground.palette.ramp[-1]), (0.75 * (light - 1)).clip(0, 0.6))
    pixels = over(hills, ramp.at(0.36 - 0.30 * _stepped(depth, 5)), wet)
    dark = solid(ground.palette.ramp[0])
    for level in np.linspace(_SEA, 1, 9)[1:]:
        pixels = over(pixels, dark, 0.22 * plane.line(heights, level, 0.0022))
    return over(pixels, dark, 0.7 * plane.line(heights, _SEA, 0.0045))


def contours(ground: Ground) -> Singles:
    """Draw contour lines on tinted paper, every fifth of them stronger."""
    plane, palette = ground.plane, ground.palette
    heights = evened(ground.fractal(ground.pulled(0.8, 2, 0.09), 1.0, 4, 0.36))
    line, strong, tint = _inks(palette)
    pixels = over(
        solid(palette.paper) + np.zeros((*heights.shape, 1), np.float32),
        solid(tint),
        0.30 * _stepped(heights, _LEVELS // 2),
    )
    for number, level in enumerate(np.arange(1, 2 * _LEVELS) / (2 * _LEVELS)):
        main = number % 5 == 2
        width = 0.0062 if main else 0.0028
        pixels = over(
            pixels, solid(strong if main else line), 0.92 * plane.line(heights, level, width)
        )
    return pixels


def papercut(ground: Ground) -> Singles:
    """Lay sheets of paper on each other, each cut along a height, with their shadows."""
    plane = ground.plane
    heights = evened(ground.fractal(ground.pulled(0.9, 2, 0.12), 0.85, 3, 0.42))
    steepness = _steepness(ground, heights)
    tones = np.linspace(0.04, 0.97, _SHEETS)
    fibre = ground.fractal((plane.x, plane.y), 90 * ground.scale, 2)
    pixels = np.zeros((*heights.shape, 3), np.float32)
    for number, tone in enumerate(tones):
        sheet = ground.ramp.one(float(tone)) + 1.6 * fibre[..., None]
        level = number / _SHEETS
        cover = np.ones_like(heights)
        if number:
            cover = plane.covered((np.float32(level) - heights) / steepness)
            shade = plane.blurred(plane.shifted(cover, 0.010, 0.016), 0.016)
            pixels *= (1 - 0.52 * shade * (1 - cover))[..., None]
        rim = 9 * (cover - plane.shifted(cover, 0.003, 0.004)).clip(0, 1)
        pixels = over(pixels, sheet + rim[..., None], cover)
    return pixels


def _steepness(ground: Ground, heights: Singles) -> Singles:
    across, down = ground.plane.slopes(heights)
    steepness: Singles = np.hypot(across, down) + np.float32(0.05)
    return steepness


def _lit(ground: Ground, heights: Singles) -> Singles:
    """Return the light on a relief, 1 on the level, from the upper left."""
    across, down = ground.plane.slopes(heights)
    length = np.sqrt(across**2 + down**2 + 1)
    light: Singles = (1 + 0.75 * across + 0.75 * down) / length
    return light.clip(0, 2)


def _stepped(field: Singles, steps: int) -> Singles:
    return (np.floor(field * steps) / (steps - 1)).clip(0, 1).astype(np.float32)


def _inks(palette: Palette) -> tuple[str, str, str]:
    """Return the colours of lines, of strong lines and of the tint, by how they contrast."""
    paper = luminance(palette.paper)
    order = sorted(palette.inks, key=lambda ink: abs(luminance(ink) - paper))
    return order[-2 if len(order) > 2 else -1], order[-1], order[len(order) // 2]
