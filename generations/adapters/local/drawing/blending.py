"""Laying one picture over another.

The modes are those of W3C's Compositing and Blending Level 1; colours are from 0 to 1, the base's
and then those of what is laid over it.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageOps

from generations.adapters.local.drawing.adjusting import bands
from generations.adapters.local.drawing.colours import Singles
from generations.adapters.local.drawing.pictures import within
from generations.adapters.local.words import BlendMode, Fit

_LUMA = np.array([0.3, 0.59, 0.11], dtype=np.float32)
_TINY = np.float32(1e-5)


def blended(
    base: Image.Image, top: Image.Image, mode: BlendMode, opacity: float, mask: Image.Image | None
) -> Image.Image:
    """Return two pictures in RGBA of one size laid over each other, where the mask (L) is white."""
    result = np.empty((base.height, base.width, 4), np.uint8)
    below, above = np.asarray(base), np.asarray(top)
    cover = None if mask is None else np.asarray(mask)
    for rows in bands(base.height):
        strength = above[rows, :, 3:].astype(np.float32) * np.float32(opacity / 255)
        if cover is not None:
            strength *= cover[rows, :, None] / np.float32(255)
        result[rows] = _composed(below[rows], above[rows, :, :3], strength, mode)
    return Image.fromarray(result, "RGBA")


def fitted(picture: Image.Image, size: tuple[int, int], fit: Fit) -> Image.Image:
    """Return a picture in RGBA brought to a size in pixels."""
    if fit == "stretch":
        return picture.resize(size, Image.Resampling.LANCZOS)
    if fit == "cover":
        return ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
    sheet = Image.new("RGBA", size)
    if fit == "contain":
        small = picture.resize(within(picture.size, size), Image.Resampling.LANCZOS)
        sheet.paste(small, ((size[0] - small.width) // 2, (size[1] - small.height) // 2))
        return sheet
    for left in range(0, size[0], picture.width):
        for top in range(0, size[1], picture.height):
            sheet.paste(picture, (left, top))
    return sheet


def _composed(below: Singles, above: Singles, strength: Singles, mode: BlendMode) -> Singles:
    backdrop = below[..., :3].astype(np.float32) / np.float32(255)
    source = above.astype(np.float32) / np.float32(255)
    opaque = below[..., 3:].astype(np.float32) / np.float32(255)
    mixed = source * (1 - opaque) + MODES[mode](backdrop, source).clip(0, 1) * opaque
    alpha = strength + opaque * (1 - strength)
    colour = (mixed * strength + backdrop * opaque * (1 - strength)) / np.maximum(alpha, _TINY)
    whole: Singles = np.concatenate([colour, alpha], axis=2) * np.float32(255) + np.float32(0.5)
    return whole.clip(0, 255)


def _screen(base: Singles, top: Singles) -> Singles:
    return base + top - base * top


def _hard_light(base: Singles, top: Singles) -> Singles:
    return np.where(top <= 0.5, base * 2 * top, _screen(base, 2 * top - 1))


def _soft_light(base: Singles, top: Singles) -> Singles:
    curve = np.where(base <= 0.25, ((16 * base - 12) * base + 4) * base, np.sqrt(base))
    darker = base - (1 - 2 * top) * base * (1 - base)
    return np.where(top <= 0.5, darker, base + (2 * top - 1) * (curve - base))


def _dodge(base: Singles, top: Singles) -> Singles:
    return np.where(base <= 0, 0, np.minimum(1, base / np.maximum(1 - top, _TINY)))


def _burn(base: Singles, top: Singles) -> Singles:
    return np.where(base >= 1, 1, 1 - np.minimum(1, (1 - base) / np.maximum(top, _TINY)))


def _with_light(colour: Singles, light: Singles) -> Singles:
    """Return colours with another luminosity, kept within what can be shown."""
    shifted = colour + (light - colour @ _LUMA)[..., None]
    level = (shifted @ _LUMA)[..., None]
    low, high = shifted.min(2, keepdims=True), shifted.max(2, keepdims=True)
    shifted = np.where(low < 0, level + (shifted - level) * level / (level - low + _TINY), shifted)
    over = (shifted - level) * (1 - level) / (high - level + _TINY)
    return np.where(high > 1, level + over, shifted)


MODES: dict[BlendMode, Callable[[Singles, Singles], Singles]] = {
    "normal": lambda _, top: top,
    "multiply": lambda base, top: base * top,
    "screen": _screen,
    "overlay": lambda base, top: _hard_light(top, base),
    "soft_light": _soft_light,
    "hard_light": _hard_light,
    "darken": np.minimum,
    "lighten": np.maximum,
    "dodge": _dodge,
    "burn": _burn,
    "difference": lambda base, top: np.abs(base - top),
    "exclusion": lambda base, top: base + top - 2 * base * top,
    "add": lambda base, top: base + top,
    "colour": lambda base, top: _with_light(top, base @ _LUMA),
    "luminosity": lambda base, top: _with_light(base, top @ _LUMA),
}
