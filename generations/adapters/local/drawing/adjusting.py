"""Changing the light, the colours and the frame of a picture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from generations.adapters.local.drawing.colours import Singles, oklab, srgb
from generations.adapters.local.drawing.pictures import MAX_SIDE
from generations.adapters.local.words import Flip

_BAND = 256  # rows that are worked on at once, for little memory
_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
_QUARTERS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Light:
    """Changes of light and colour; 0 (of gamma 1) leaves everything as it is.

    ``brightness``, ``contrast``, ``saturation`` and ``warmth`` are from -1 to 1, ``hue`` is in
    degrees; a ``gamma`` above 1 makes middle tones lighter.
    """

    brightness: float
    contrast: float
    gamma: float
    saturation: float
    hue: float
    warmth: float

    def applied(self, pixels: Singles) -> Singles:
        """Return changed pixels, both from 0 to 1."""
        lit = pixels ** np.float32(1 / self.gamma) + np.float32(0.5 * self.brightness)
        slope = np.float32((1 + self.contrast) / (1.0001 - self.contrast))
        lit = (lit - np.float32(0.5)) * slope + np.float32(0.5)
        lit = lit.clip(0, 1) * _tint(self.warmth)
        light = (lit @ _LUMA)[..., None]
        vivid: Singles = light + (lit - light) * np.float32(1 + self.saturation)
        return _with_hue(vivid.clip(0, 1), self.hue) if self.hue else vivid.clip(0, 1)


UNCHANGED = Light(brightness=0, contrast=0, gamma=1, saturation=0, hue=0, warmth=0)


def _tint(warmth: float) -> Singles:
    return np.array([1 + 0.22 * warmth, 1, 1 - 0.22 * warmth], dtype=np.float32)


def _with_hue(pixels: Singles, degrees: float) -> Singles:
    """Turn all hues, which leaves colours as light and as strong as they look."""
    labs = oklab(pixels * 255)
    turn = np.radians(degrees)
    a, b = labs[..., 1].copy(), labs[..., 2].copy()
    labs[..., 1] = a * np.cos(turn) - b * np.sin(turn)
    labs[..., 2] = a * np.sin(turn) + b * np.cos(turn)
    turned: Singles = (srgb(labs) / 255).astype(np.float32)
    return turned


def relit(picture: Image.Image, light: Light) -> Image.Image:
    """Return a picture in RGBA with its light and colours changed."""
    return mapped(picture, light.applied)


def mapped(picture: Image.Image, change: Callable[[Singles], Singles]) -> Image.Image:
    """Apply a change to the colours, from 0 to 1, of a picture in RGBA, some rows at a time."""
    pixels = np.array(picture)
    for rows in bands(len(pixels)):
        part = pixels[rows, :, :3].astype(np.float32) / np.float32(255)
        pixels[rows, :, :3] = (change(part) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    return Image.fromarray(pixels, "RGBA")


def bands(height: int) -> Iterator[slice]:
    """Yield the rows of a picture, some at a time."""
    for top in range(0, height, _BAND):
        yield slice(top, min(top + _BAND, height))


def cropped(picture: Image.Image, ratio: str) -> Image.Image:
    """Return the largest middle part of these proportions, ``width:height``."""
    across, down = (int(part) for part in ratio.split(":"))
    width = min(picture.width, max(1, round(picture.height * across / down)))
    height = min(picture.height, max(1, round(picture.width * down / across)))
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    """Return a picture turned clockwise; corners that this opens are transparent."""
    degrees %= 360
    if degrees in _QUARTERS:
        return picture.transpose(_QUARTERS[int(degrees)])
    if not degrees:
        return picture
    turned_ = picture.rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
    turned_.thumbnail((MAX_SIDE, MAX_SIDE))
    return turned_


def flipped(picture: Image.Image, way: Flip) -> Image.Image:
    """Return a picture mirrored."""
    if way in {"horizontal", "both"}:
        picture = ImageOps.mirror(picture)
    return ImageOps.flip(picture) if way in {"vertical", "both"} else picture


def stretched(picture: Image.Image) -> Image.Image:
    """Return a picture in RGBA whose tones go from black to white."""
    rgb = ImageOps.autocontrast(picture.convert("RGB"), cutoff=0.5, preserve_tone=True)
    rgb.putalpha(picture.getchannel("A"))
    return rgb
