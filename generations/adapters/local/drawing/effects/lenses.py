"""What lenses do."""

import numpy as np

from generations.adapters.local.drawing.colours import Singles
from generations.adapters.local.drawing.effects.photo import Photo


def blur(photo: Photo) -> Singles:
    """Blur like a lens out of focus."""
    return photo.plane.blurred(photo.pixels, 0.035 * photo.strength * photo.size)


def sharpen(photo: Photo) -> Singles:
    """Raise the contrast along edges (an unsharp mask)."""
    radius = max(0.0025 * photo.size, photo.plane.pixel)
    soft = photo.plane.blurred(photo.pixels, radius)
    return photo.pixels + (photo.pixels - soft) * np.float32(2.4 * photo.strength)


def glow(photo: Photo) -> Singles:
    """Let what is light shine over what is around it."""
    light = photo.pixels * (photo.grey.clip(0.25, 1) ** 1.4)[..., None]
    halo = photo.plane.blurred(light, 0.022 * photo.size)
    wide = photo.plane.blurred(light, 0.07 * photo.size)
    added = (0.62 * halo + 0.5 * wide) * np.float32(photo.strength)
    return 255 - (255 - photo.pixels) * (1 - added.clip(0, 255) / 255)


def vignette(photo: Photo) -> Singles:
    """Darken the corners."""
    plane = photo.plane
    across = (plane.x / np.float32(plane.width) - 0.5) * 2
    down = (plane.y / np.float32(plane.height) - 0.5) * 2
    away = np.hypot(across, down) / np.float32(np.sqrt(2))
    dark = ((away - 0.32) / 0.68).clip(0, 1) ** 1.7
    light: Singles = 1 - np.float32(0.95 * photo.strength) * dark
    return photo.pixels * light[..., None]
