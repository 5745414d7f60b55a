"""Effects of brushes and pencils."""

import cv2
import numpy as np

from generations.adapters.local.drawing.colours import Singles, over, solid
from generations.adapters.local.drawing.effects.photo import Photo, grey
from generations.adapters.local.drawing.noise import Noise, levelled
from generations.adapters.local.drawing.plane import Plane

_SECTORS = 8
_PAPER = "#f6f2e9"
_GRAPHITE = "#33323a"


def oil(photo: Photo) -> Singles:
    """Paint with flat strokes that end at edges.

    After G. Papari, N. Petkov and P. Campisi, Artistic Edge and Corner Enhancing Smoothing, 2007.
    """
    plane = photo.plane
    radius = (0.003 + 0.009 * photo.strength) * photo.size
    painted = _smoothed(photo.pixels, plane, radius)
    painted = _smoothed(painted, plane, radius * 0.6)
    middle = grey(painted)[..., None] * 255
    vivid = middle + (painted - middle) * np.float32(1.18)
    relief = grey(painted) * np.float32(0.03) + _bristles(photo, painted) * np.float32(0.0007)
    across, down = plane.slopes(relief)
    light = 1 + (0.16 * (across + down)).clip(-0.22, 0.22)
    painted_: Singles = vivid * light[..., None]
    return painted_


def _smoothed(pixels: Singles, plane: Plane, radius: float) -> Singles:
    """Give each pixel the mean of that side of it where there is least contrast."""
    light = grey(pixels)
    soft = plane.blurred(pixels, radius * 0.5)
    mean = plane.blurred(light, radius * 0.5)
    spread = (plane.blurred(light**2, radius * 0.5) - mean**2).clip(0, None)
    weight = 1 / (1 + 255 * np.sqrt(spread)) ** 5
    total, mixed = np.full_like(light, 1e-12), np.zeros_like(pixels)
    for sector in range(_SECTORS):
        turn = 2 * np.pi * sector / _SECTORS
        way = radius * np.cos(turn), radius * np.sin(turn)
        share = plane.shifted(weight, *way)
        total += share
        mixed += share[..., None] * plane.shifted(soft, *way)
    mixed /= total[..., None]
    return mixed


def _bristles(photo: Photo, painted: Singles) -> Singles:
    """Return fine furrows that follow the shapes of a picture."""
    plane = photo.plane
    across, down = plane.slopes(plane.blurred(grey(painted), 0.012 * photo.size))
    turn = np.arctan2(down, across)
    along = -np.sin(turn), np.cos(turn)
    noise = photo.random.standard_normal(plane.x.shape, dtype=np.float32)
    rows, columns = np.indices(noise.shape, dtype=np.float32)
    furrows = np.zeros_like(noise)
    for step in np.linspace(-1, 1, 9):
        reach = np.float32(step * 0.011 * photo.size / plane.pixel)
        furrows += cv2.remap(
            noise,
            columns + along[0] * reach,
            rows + along[1] * reach,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )
    return plane.blurred(furrows, 0.0012 * photo.size)


def pencil(photo: Photo) -> Singles:
    """Draw outlines and hatching with a pencil; the colours are those of paper and pencil."""
    plane = photo.plane
    colours = photo.colours_or((_PAPER, _GRAPHITE))
    tone = levelled(plane.blurred(photo.grey, 0.002), 0.5, 99)
    soft = plane.blurred(1 - tone, 0.008 * photo.size)
    lines = (1 - (tone + 0.002) / (1.002 - soft)).clip(0, 1) * 2.1
    dark = 1 - tone
    shade = np.zeros_like(tone)
    for angle, start in ((-52, 0.24), (-38, 0.5), (38, 0.72)):
        stroke = _strokes(photo, angle)
        shade = np.maximum(shade, stroke * ((dark - start) / 0.34).clip(0, 1))
    tooth = photo.random.random(tone.shape, dtype=np.float32)
    cover = (lines + 0.82 * photo.strength * shade + 0.12 * dark).clip(0, 1)
    cover *= 0.72 + 0.42 * tooth
    return over(solid(colours[0]), solid(colours[-1]), cover.clip(0, 0.96))


def _strokes(photo: Photo, angle: float) -> Singles:
    """Return the strength of parallel pencil strokes at an angle in degrees."""
    plane, turn = photo.plane, np.radians(angle)
    along = plane.x * np.float32(np.cos(turn)) + plane.y * np.float32(np.sin(turn))
    aside = plane.y * np.float32(np.cos(turn)) - plane.x * np.float32(np.sin(turn))
    noise = Noise(photo.random, plane)
    strokes = noise.fractal(along * np.float32(7), aside * np.float32(95), 1 / photo.size, 2)
    return levelled(strokes, 12, 94)


def edges(photo: Photo) -> Singles:
    """Draw in ink what stands out; the colours are those of paper and ink.

    After H. Winnemöller, XDoG: Advanced Image Stylization, 2011.
    """
    plane = photo.plane
    colours = photo.colours_or(("#f5f0e4", "#17161b"))
    width = 0.0026 * photo.size
    tone = levelled(photo.grey, 0.5, 99.5)
    near, far = plane.blurred(tone, width), plane.blurred(tone, width * 1.6)
    sharp = near + np.float32(19) * (near - far)
    edge = np.float32(0.18 + 0.45 * photo.strength)
    ink = 0.5 - 0.5 * np.tanh(np.float32(11) * (sharp - edge))
    return over(solid(colours[0]), solid(colours[-1]), ink.clip(0, 1))
