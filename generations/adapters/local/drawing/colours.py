"""Mixing colours the way the eye sees them, and mapping numbers to colours.

Colours are mixed in Oklab (B. Ottosson, A perceptual color space for image processing, 2020).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generations.adapters.local.drawing.palettes import NAMES, PALETTES, Palette, rgb
from generations.adapters.local.words import PaletteName

Singles = NDArray[np.floating[Any]]
"""Fields (height, width) and pixels (height, width, 3) of sRGB from 0 to 255.

They are of single precision wherever they are large.
"""

_TABLE = 1024  # colours in a ramp
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def oklab(pixels: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return lightness 0 to 1, a and b of sRGB colours (…, 3) from 0 to 255."""
    parts = np.asarray(pixels, dtype=float) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    lab: NDArray[np.float64] = np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T
    return lab


def srgb(lab: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the sRGB colours (…, 3) from 0 to 255 of Oklab ones, clipped to what can be shown."""
    lms = (np.asarray(lab, dtype=float) @ np.linalg.inv(_TO_LAB).T) ** 3
    linear = (lms @ np.linalg.inv(_TO_LMS).T).clip(0, 1)
    return 255 * np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def hexadecimal(colour: NDArray[np.floating]) -> str:
    """Write one sRGB colour as ``#rrggbb``."""
    red, green, blue = np.rint(np.asarray(colour)).clip(0, 255).astype(int).tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour with this share, 0 to 1, of the other."""
    start, end = (oklab(np.array(rgb(colour))) for colour in (one, other))
    return hexadecimal(srgb(start + (end - start) * share))


def shaded(colour: str, by: float) -> str:
    """Return a colour made lighter (or darker, below 0) by this much of the way to white."""
    lab = oklab(np.array(rgb(colour)))
    lab[0] = np.clip(lab[0] + by, 0, 1)
    return hexadecimal(srgb(lab))


def chosen(
    random: np.random.Generator,
    name: PaletteName | Literal["any"],
    colours: Sequence[str] | None = None,
) -> Palette:
    """Return the palette of these colours, else of this name, else one that the seed chooses.

    It always draws once, so that the same seed makes the same composition in any palette.
    """
    drawn = NAMES[int(random.integers(len(NAMES)))]
    if colours:
        return Palette.of(colours)
    return PALETTES[drawn if name == "any" else name]


@dataclass(frozen=True)
class Ramp:
    """A smooth scale of colours (n, 3)."""

    table: Singles

    @classmethod
    def of(cls, colours: Sequence[str], *, closed: bool = False) -> Self:
        """Make a scale through colours at equal distances; a closed one ends as it begins."""
        stops = [*colours, colours[0]] if closed else list(colours)
        labs = oklab(np.array([rgb(stop) for stop in stops], dtype=float))
        places = np.linspace(0, len(stops) - 1, _TABLE)
        known = np.arange(len(stops))
        table = np.stack([np.interp(places, known, labs[:, part]) for part in range(3)], axis=1)
        return cls(srgb(table).astype(np.float32))

    def at(self, values: Singles) -> Singles:
        """Return the pixels for values from 0 to 1; what lies outside gets the colour of an end."""
        last = len(self.table) - 1
        places = values.astype(np.float32).clip(0, 1) * np.float32(last)
        below = np.minimum(places.astype(np.int32), last - 1)
        pixels = self.table[below]
        return over(pixels, self.table[below + 1], places - below)

    def one(self, value: float) -> Singles:
        """Return one colour (3,) of the scale."""
        place: Singles = self.table[round(min(max(value, 0), 1) * (len(self.table) - 1))]
        return place


def solid(colour: str) -> Singles:
    """Return one colour as a pixel that spreads over any field."""
    return np.array(rgb(colour), dtype=np.float32)


def over(ground: Singles, colour: Singles, cover: Singles) -> Singles:
    """Lay a colour on pixels; ``cover`` (height, width) says where, 0 to 1."""
    pixels: Singles = (colour - ground) * cover[..., None]
    pixels += ground
    return pixels


def printed(pixels: Singles, random: np.random.Generator, grain: float = 0.0) -> Image.Image:
    """Round pixels to a picture; a little noise hides the steps, ``grain`` (0 to 1) is film's."""
    height, width = pixels.shape[:2]
    noise = random.random((height, width), dtype=np.float32)
    noise += random.random((height, width), dtype=np.float32) - 1
    strength = np.float32(0.7 + 26 * grain)
    rounded = (pixels + (noise * strength)[..., None] + 0.5).clip(0, 255)
    return Image.fromarray(rounded.astype(np.uint8))
