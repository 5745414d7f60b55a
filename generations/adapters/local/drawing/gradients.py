"""Smooth transitions between colours."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from generations.adapters.local.drawing.colours import Ramp, Singles, oklab, over, srgb
from generations.adapters.local.drawing.noise import Noise, evened
from generations.adapters.local.drawing.palettes import rgb
from generations.adapters.local.drawing.plane import Plane
from generations.adapters.local.words import GradientStyle

_SMALL = 384  # pixels of the longer side that a mesh is computed with; it has no detail
_VIVID = np.array([1.0, 1.18, 1.18])  # a mix of many colours is greyer than each
_TURN = 2 * np.pi


@dataclass(frozen=True)
class Gradient:
    """Colours in their order, and how they follow each other.

    ``angle`` is in degrees clockwise from upwards; ``steps`` above 0 makes as many flat bands.
    """

    style: GradientStyle
    colours: tuple[str, ...]
    angle: float
    steps: int


def fill(gradient: Gradient, plane: Plane, random: np.random.Generator) -> Singles:
    """Return the pixels of a gradient that fills a plane."""
    return _STYLES[gradient.style](gradient, plane, random)


def _linear(gradient: Gradient, plane: Plane, _: np.random.Generator) -> Singles:
    right, up = _direction(gradient.angle)
    way = (plane.x - plane.width / 2) * right - (plane.y - plane.height / 2) * up
    reach = (abs(right) * plane.width + abs(up) * plane.height) / 2
    return _banded(gradient, plane, way / (2 * reach) + 0.5)


def _radial(gradient: Gradient, plane: Plane, random: np.random.Generator) -> Singles:
    x, y = (random.uniform(0.35, 0.65, 2) * [plane.width, plane.height]).astype(np.float32)
    away = np.hypot(plane.x - x, plane.y - y)
    return _banded(gradient, plane, 1 - away / away.max())


def _conic(gradient: Gradient, plane: Plane, random: np.random.Generator) -> Singles:
    x, y = (random.uniform(0.4, 0.6, 2) * [plane.width, plane.height]).astype(np.float32)
    turned = np.arctan2(plane.x - x, y - plane.y) / _TURN - gradient.angle / 360
    return _banded(gradient, plane, turned % 1, closed=True)


def _mesh(gradient: Gradient, plane: Plane, random: np.random.Generator) -> Singles:
    """Mix colours that lie about as points, each pixel by how near they are."""
    height, width = plane.x.shape
    factor = min(1.0, _SMALL / max(height, width))
    small = Plane.of(max(2, round(width * factor)), max(2, round(height * factor)))
    x, y = Noise(random, small).warped(small.x, small.y, 0.6, 2, 0.08)
    labs = oklab(np.array([rgb(colour) for colour in gradient.colours])) * _VIVID
    total, mixed = np.zeros_like(x), np.zeros((*x.shape, 3), np.float32)
    for left, top, lab in _scattered(labs, small, random):
        near = 1 / ((x - left) ** 2 + (y - top) ** 2 + np.float32(0.02)) ** 1.5
        total += near
        mixed += near[..., None] * lab
    pixels = srgb(mixed / total[..., None]).astype(np.float32)
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_CUBIC))


def _scattered(
    labs: Singles, plane: Plane, random: np.random.Generator
) -> list[tuple[float, float, Singles]]:
    """Return a point with a colour for each cell of a grid, in their order one way across it."""
    across, down = (3, 3) if plane.width == plane.height else (4, 2)
    if plane.width < plane.height:
        across, down = down, across
    cells = np.stack([np.tile(np.arange(across), down), np.repeat(np.arange(down), across)], 1)
    places = (cells + random.uniform(0.1, 0.9, cells.shape)) / [across, down]
    turn = random.uniform(0, _TURN)
    way = places @ [np.cos(turn), np.sin(turn)] + random.normal(0, 0.22, len(places))
    ranks = np.argsort(np.argsort(way)) / (len(places) - 1)
    numbers = np.rint(ranks * (len(labs) - 1)).astype(int)
    size = [plane.width, plane.height]
    return [
        (left, top, labs[number].astype(np.float32))
        for (left, top), number in zip(places * size, numbers, strict=True)
    ]


def _waves(gradient: Gradient, plane: Plane, random: np.random.Generator) -> Singles:
    """Let the colours flow into each other in slow folds."""
    noise = Noise(random, plane)
    x, y = noise.warped(plane.x, plane.y, 0.45, 2, 0.26)
    right, up = _direction(gradient.angle)
    flow = evened(noise.fractal(x, y, 0.42, 2, 0.3) + 1.1 * (x * right - y * up))
    across, down = plane.slopes(flow)
    light = ((across + down) / np.sqrt(across**2 + down**2 + 6)).clip(-1, 1)
    pixels = _banded(gradient, plane, flow)
    return pixels * (1 + 0.10 * light)[..., None]


def _orb(gradient: Gradient, plane: Plane, random: np.random.Generator) -> Singles:
    """Hang a glowing ball before the last of the colours."""
    x, y = plane.x - plane.width / 2, plane.y - plane.height / 2
    away = np.hypot(x, y)
    right, up = _direction(gradient.angle)
    noise = Noise(random, plane)
    folds = 0.09 * noise.fractal(plane.x, plane.y, 1.1, 2)
    radius = np.float32(0.33)
    inside = (0.5 + (x * right - y * up) / (2.2 * radius) + folds).clip(0, 1)
    round_ = np.sqrt((1 - (away / radius) ** 2).clip(0, 1))
    ball = _banded(gradient, plane, inside * 0.92) * (0.82 + 0.22 * round_)[..., None]
    scale = Ramp.of(gradient.colours)
    ground = np.broadcast_to(scale.one(1.0), (*x.shape, 3))
    glow = np.exp(-((away - radius).clip(0, None) / 0.13)) * (0.55 - 0.45 * (x * right - y * up))
    ground = over(ground, scale.one(0.55), (0.62 * glow).clip(0, 1))
    return over(ground, ball, plane.covered(away - radius))


def _banded(gradient: Gradient, plane: Plane, places: Singles, *, closed: bool = False) -> Singles:
    if gradient.steps:
        last = gradient.steps - (0 if closed else 1)
        places = _stairs(plane, places, gradient.steps).clip(0, last) / max(1, last)
    return Ramp.of(gradient.colours, closed=closed).at(places.astype(np.float32))


def _stairs(plane: Plane, places: Singles, steps: int) -> Singles:
    """Round down to whole steps, with edges one pixel wide."""
    across, down = plane.slopes(places)
    width = (np.hypot(across, down) * np.float32(steps * plane.pixel)).clip(1e-5, 0.5)
    height = places * np.float32(steps)
    whole = np.floor(height)
    stairs: Singles = whole + ((height - whole - 1 + width) / width).clip(0, 1)
    return stairs


def _direction(angle: float) -> tuple[np.float32, np.float32]:
    turn = np.radians(angle)
    return np.float32(np.sin(turn)), np.float32(np.cos(turn))


_STYLES: dict[GradientStyle, Callable[[Gradient, Plane, np.random.Generator], Singles]] = {
    "conic": _conic,
    "linear": _linear,
    "mesh": _mesh,
    "orb": _orb,
    "radial": _radial,
    "waves": _waves,
}
