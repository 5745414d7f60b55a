"""Things that flow: cloth and water."""

import numpy as np

from generations.adapters.local.drawing.colours import Singles, over, solid
from generations.adapters.local.drawing.noise import evened, levelled
from generations.adapters.local.drawing.textures.ground import Ground


def silk(ground: Ground) -> Singles:
    """Draw folds of cloth: noise warped by noise warped by noise, with light on it.

    After I. Quilez, Domain warping, 2002.
    """
    plane, scale = ground.plane, ground.scale
    first = ground.pulled(0.7, 2, 0.2)
    reach = np.float32(0.42 * (0.35 + ground.warp) * scale)
    right, down = (ground.fractal(first, 0.8, 2, 0.35) for _ in range(2))
    folded = plane.x + reach * right, plane.y + reach * down
    height = ground.fractal(folded, 1.0, 2, 0.3)
    across, along = plane.slopes(height * np.float32(0.075 * scale))
    length = np.sqrt(across**2 + along**2 + 1)
    light = (0.5 * across + 0.62 * along + 0.6) / length
    sheen = ((0.62 * across + 0.7 * along + 0.35) / length).clip(0, 1) ** 12
    tone = evened(right + 0.5 * down + 0.25 * height)
    pixels = ground.ramp.at(0.08 + 0.5 * tone + 0.42 * light.clip(-0.3, 1.1))
    pixels *= (0.82 + 0.24 * light.clip(0, 1))[..., None]
    return over(pixels, solid(ground.palette.ramp[-1]), (0.5 * sheen).clip(0, 1))


def water(ground: Ground) -> Singles:
    """Draw the net of light on the ground of shallow water."""
    plane = ground.plane
    places = ground.pulled(1.8, 3, 0.035)
    net = np.zeros_like(plane.x)
    for frequency, weight in ((4.2, 0.6), (6.3, 0.4)):
        net += weight * ground.cells(places, frequency) ** 4
    soft = plane.blurred(net, 0.02)
    depth = evened(ground.fractal((plane.x, plane.y), 0.6, 2))
    pixels = ground.ramp.at(0.16 + 0.34 * depth + 0.25 * levelled(soft))
    light = solid(ground.palette.ramp[-1])
    return over(pixels, light, (0.9 * levelled(net, 45, 99.5) ** 1.4).clip(0, 1))
