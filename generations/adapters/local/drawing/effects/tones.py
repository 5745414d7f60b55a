"""Effects on tones and colours."""

import cv2
import numpy as np

from generations.adapters.local.drawing.colours import Ramp, Singles, oklab, srgb
from generations.adapters.local.drawing.dominant import HUES, clustered, nearest
from generations.adapters.local.drawing.effects.photo import Photo
from generations.adapters.local.drawing.noise import levelled
from generations.adapters.local.drawing.palettes import rgb

_DUSK = "#1b1540", "#7b2d73", "#ef6a55", "#ffe9c4"
_SAMPLES = 6000


def duotone(photo: Photo) -> Singles:
    """Map dark to light to the colours, two or more, from the first to the last."""
    tones = levelled(photo.grey, 0.5, 99.5)
    toned = Ramp.of(photo.colours_or(_DUSK)).at(tones)
    return photo.mixed_with(toned, 0.25 + 0.75 * photo.strength)


def grain(photo: Photo) -> Singles:
    """Add the grain of film, most of it in the middle tones."""
    height, width = photo.grey.shape
    noise = photo.random.standard_normal((height, width), dtype=np.float32)
    fine = photo.plane.blurred(noise, 0.0011 * photo.size)
    fine /= np.float32(max(float(fine.std()), 1e-6))
    middle = 0.4 + 2.4 * photo.grey * (1 - photo.grey)
    return photo.pixels + (fine * middle * np.float32(34 * photo.strength))[..., None]


def posterize(photo: Photo) -> Singles:
    """Reduce to few flat colours, those of the picture or those asked for, as a screen print."""
    smooth = photo.pixels
    for _ in range(2):
        smooth = np.asarray(cv2.bilateralFilter(smooth, 7, 38, 5 * photo.size), np.float32)
    labs = (oklab(smooth) * HUES).astype(np.float32)
    flat = labs.reshape(-1, 3)
    if photo.colours:
        known = oklab(np.array([rgb(colour) for colour in photo.colours])) * HUES
        wanted = known.astype(np.float32)
    else:
        picked = flat[photo.random.permutation(len(flat))[:_SAMPLES]]
        wanted = clustered(picked, round(14 - 10 * photo.strength), photo.random)
    numbers = nearest(flat, wanted).reshape(labs.shape[:2]).astype(np.uint8)
    radius = max(1, round(0.003 * photo.size / photo.plane.pixel))
    even = cv2.medianBlur(numbers, 2 * min(radius, 7) + 1)
    flat_colours: Singles = srgb(wanted / HUES).astype(np.float32)
    return flat_colours[np.asarray(even)]
