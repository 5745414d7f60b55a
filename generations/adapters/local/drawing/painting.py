"""Painting ribbons on paper."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from generations.adapters.local.drawing.flow import Floats
from generations.adapters.local.drawing.palettes import Palette, rgb
from generations.adapters.local.drawing.ribbons import Ribbon

_QUAD = 3  # points of a line between two colours of its ribbon


def paint(
    ribbons: Sequence[Ribbon],
    palette: Palette,
    size: tuple[int, int],
    unit: float,
    random: np.random.Generator,
) -> Image.Image:
    """Return a picture of this size in pixels.

    It is drawn larger and scaled down, for smooth edges; ``unit`` pixels are the ribbons' 1.
    """
    scale = 4 if max(size) <= 800 else 3 if max(size) <= 1400 else 2
    large = (size[0] * scale, size[1] * scale)
    picture = _paper_with_shadows(ribbons, palette, size, unit).resize(
        large, Image.Resampling.BICUBIC
    )
    pen = ImageDraw.Draw(picture)
    inks = np.array([rgb(ink) for ink in palette.inks], dtype=float)
    for ribbon in ribbons:
        _draw(pen, ribbon, inks, unit * scale, random)
    return _with_grain(picture.resize(size, Image.Resampling.LANCZOS), random)


def _paper_with_shadows(
    ribbons: Sequence[Ribbon], palette: Palette, size: tuple[int, int], unit: float
) -> Image.Image:
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    for ribbon in ribbons:
        pen.polygon(_outline(ribbon, unit, shift=0.004), fill=110)
    paper = Image.new("RGB", size, palette.paper)
    shade = Image.new("RGB", size, tuple(int(part * 0.35) for part in rgb(palette.paper)))
    return Image.composite(shade, paper, mask.filter(ImageFilter.GaussianBlur(unit * 0.005)))


def _outline(ribbon: Ribbon, unit: float, shift: float = 0.0) -> list[float]:
    side = ribbon.normals * ribbon.half_width
    edge = np.concatenate([ribbon.line + side, (ribbon.line - side)[::-1]]) + shift
    outline: list[float] = (edge * unit).ravel().tolist()
    return outline


def _draw(
    pen: ImageDraw.ImageDraw,
    ribbon: Ribbon,
    inks: Floats,
    unit: float,
    random: np.random.Generator,
) -> None:
    base = inks[int(ribbon.tone * len(inks)) % len(inks)]
    lights = base * random.uniform(0.93, 1.07) + random.normal(0, 2, 3)
    towards = lights + (lights.mean() - 118) * random.uniform(-0.14, 0.14) + random.normal(0, 5, 3)
    side = ribbon.normals * ribbon.half_width
    left, right = (ribbon.line + side) * unit, (ribbon.line - side) * unit
    last = len(left) - 1
    for start in range(0, last, _QUAD):
        end = min(start + _QUAD, last)
        part = slice(start, end + 1)
        corners = np.concatenate([left[part], right[part][::-1]]).ravel().tolist()
        colour = lights + (towards - lights) * (start / last)
        red, green, blue = colour.clip(0, 255).astype(int).tolist()
        pen.polygon(corners, fill=(red, green, blue))


def _with_grain(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """Add the faint grain of paper."""
    pixels = np.asarray(picture, dtype=np.float32)
    grain = random.normal(0, 2.2, (*pixels.shape[:2], 1)).astype(np.float32)
    return Image.fromarray((pixels + grain).clip(0, 255).astype(np.uint8))
