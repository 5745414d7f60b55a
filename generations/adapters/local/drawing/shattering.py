"""Pictures made of pieces: stained glass, pebbles, triangles, mended pottery."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from generations.adapters.local.drawing.cells import Cells, means, strewn, triangles
from generations.adapters.local.drawing.colours import (
    Ramp,
    Singles,
    hexadecimal,
    oklab,
    over,
    solid,
    srgb,
)
from generations.adapters.local.drawing.noise import Noise, evened, levelled
from generations.adapters.local.drawing.palettes import Palette
from generations.adapters.local.drawing.plane import Plane
from generations.adapters.local.drawing.relief import depth, domed, light_on
from generations.adapters.local.drawing.vectors import Drawing, Points
from generations.adapters.local.words import VoronoiStyle

_UNIT = 100  # units of a drawing in one of its plane
_SAMPLE = 512  # pixels of the longer side that colours are read from
_GOLD = "#6f4c12", "#b98a2c", "#e9c86a", "#fff3c4"


@dataclass(frozen=True)
class Shards:
    """What pieces are made from; ``source`` holds the pixels that they take their colours from."""

    plane: Plane
    random: np.random.Generator
    palette: Palette
    source: Singles
    count: int
    is_photo: bool

    @property
    def size(self) -> tuple[float, float]:
        """Of the picture, in the units of a drawing."""
        return self.plane.width * _UNIT, self.plane.height * _UNIT

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height of the picture."""
        height, width = self.plane.x.shape
        return width, height

    @property
    def piece(self) -> float:
        """How wide a piece is, about, in the plane's units."""
        return float(np.sqrt(self.plane.width * self.plane.height / self.count))

    def points(self) -> Points:
        """Strew the points that pieces lie around, more where the source has detail."""
        density = _detail(self.source) if self.is_photo else None
        return strewn(self.random, self.count, self.size, density)

    def colours(self, shapes: Sequence[Points]) -> Singles:
        """Return the colour of each shape."""
        return means(shapes, self.source, self.size[0] / self.source.shape[1])


def imagined(plane: Plane, random: np.random.Generator, palette: Palette) -> Singles:
    """Return pixels to take colours from where there is no picture: a sun over folds of colour."""
    height, width = plane.x.shape
    factor = min(1.0, _SAMPLE / max(width, height))
    small = Plane.of(max(1, round(width * factor)), max(1, round(height * factor)))
    noise = Noise(random, small)
    x, y = noise.warped(small.x, small.y, 0.6, 3, 0.12)
    turn = random.uniform(0, 2 * np.pi)
    across = x * np.float32(np.cos(turn)) + y * np.float32(np.sin(turn))
    field = evened(noise.fractal(x, y, 0.8, 3) + 1.6 * across)
    pixels = Ramp.of(palette.ramp).at(0.08 + 0.86 * field)
    left, top = random.uniform(0.25, 0.75, 2) * [small.width, small.height]
    disc = np.hypot(small.x - left, small.y - top) < random.uniform(0.13, 0.2)
    return over(pixels, solid(palette.inks[min(4, len(palette.inks) - 1)]), disc.astype(np.float32))


def sampled(picture: Image.Image) -> Singles:
    """Return the pixels of a picture, small enough to read colours from."""
    small = picture.convert("RGB")
    small.thumbnail((_SAMPLE, _SAMPLE))
    return np.asarray(small, dtype=np.float32)


def shatter(style: VoronoiStyle, shards: Shards, picture: Image.Image | None) -> Singles:
    """Return the pixels of a picture made of pieces."""
    if style == "kintsugi":
        return _kintsugi(shards, picture)
    return _STYLES[style](shards)


def _detail(source: Singles) -> Singles:
    """Return how much happens around each pixel of a picture."""
    grey = cv2.GaussianBlur(source.mean(axis=2), (0, 0), 1.2)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    edges = cv2.GaussianBlur(np.hypot(across, down), (0, 0), 2.0)
    most = max(float(np.percentile(edges, 98)), 1e-3)
    detail: Singles = np.float32(0.16) + (edges / most).clip(0, 1)
    return detail


def _low_poly(shards: Shards) -> Singles:
    drawing = Drawing.of(*shards.pixels)
    shapes = triangles(shards.points(), shards.size)
    labs = oklab(shards.colours(list(shapes)))
    labs[:, 0] += shards.random.normal(0, 0.016 if shards.is_photo else 0.03, len(labs))
    for shape, colour in zip(shapes, srgb(labs), strict=True):
        paint = hexadecimal(colour)
        drawing.polygon(shape, paint, stroke=paint, stroke_width=0.12, stroke_linejoin="round")
    return np.asarray(drawing.rendered().convert("RGB"), dtype=np.float32)


def _glass(shards: Shards) -> Singles:
    random = shards.random
    outlines = Cells.around(shards.points(), shards.size).outlines
    labs = oklab(shards.colours(outlines)) * [1.0, 1.22, 1.22]
    labs[:, 0] = 0.16 + 0.84 * labs[:, 0] + random.normal(0, 0.035, len(labs))
    panes, lead = Drawing.of(*shards.pixels), Drawing.of(*shards.pixels)
    came = min(1.5, 13 * shards.piece) * (0.42 if shards.is_photo else 0.8)
    lead.fill("#000000")
    for outline, colour in zip(outlines, srgb(labs), strict=True):
        paint = hexadecimal(colour)
        panes.polygon(outline, paint, stroke=paint, stroke_width=0.3)
        lead.polygon(outline, "none", stroke="#ffffff", stroke_width=came, stroke_linejoin="round")
    return _leaded(shards, _rgb(panes), _mask(lead), came / _UNIT)


def _leaded(shards: Shards, panes: Singles, lead: Singles, came: float) -> Singles:
    """Let light through panes, and lay the lead between them over it."""
    plane, noise = shards.plane, Noise(shards.random, shards.plane)
    x, y = noise.warped(plane.x, plane.y, 2.2, 2, 0.03)
    streaks = noise.fractal(x * 2.2, y * 9, 1.1, 4) * np.float32(0.055)
    seeds = levelled(noise.fractal(plane.x, plane.y, 26, 2), 90, 99.9) * np.float32(0.10)
    inside = depth(1 - lead, plane) / np.float32(0.32 * shards.piece)
    away = np.hypot(plane.x - plane.width * 0.46, plane.y - plane.height * 0.4)
    sun = 1.1 - 0.26 * (away / np.float32(np.hypot(plane.width, plane.height) / 2)) ** 2
    light = (0.72 + 0.34 * inside.clip(0, 1) ** 0.7 + streaks + seeds) * sun
    pixels = panes * light[..., None]
    shine, gloss = light_on(domed(lead, plane, came / 2) * np.float32(1.3), plane)
    metal = solid("#2a2a2e") * shine.clip(0.3, 1.9)[..., None] + 120 * gloss[..., None]
    return over(pixels, metal, lead)


def _pebbles(shards: Shards) -> Singles:
    plane, random, noise = shards.plane, shards.random, Noise(shards.random, shards.plane)
    outlines = Cells.around(shards.points(), shards.size).outlines
    labs = oklab(shards.colours(outlines)) * [1.0, 0.86, 0.86]
    labs[:, 0] = 0.10 + 0.86 * labs[:, 0] + random.normal(0, 0.06, len(labs))
    stones, mask = Drawing.of(*shards.pixels), Drawing.of(*shards.pixels)
    mask.fill("#000000")
    snug = (0.9, 0.95) if shards.is_photo else (0.82, 0.91)
    for outline, colour in zip(outlines, srgb(labs), strict=True):
        data = _rounded(outline, random.uniform(*snug))
        stones.path(data, hexadecimal(colour), stroke=hexadecimal(colour), stroke_width=0.6)
        mask.path(data, "#ffffff")
    shape = _mask(mask)
    grain = noise.fractal(plane.x, plane.y, 38, 3) * np.float32(5.5)
    veins = np.exp(-np.abs(noise.fractal(plane.x, plane.y, 3.2, 4)) / np.float32(0.05))
    speckled = (
        _rgb(stones)
        + (grain + 16 * veins * levelled(noise.fractal(plane.x, plane.y, 1, 2)))[..., None]
    )
    height = domed(shape, plane, 0.44 * shards.piece)
    light, gloss = light_on(height * np.float32(0.72), plane)
    lit = speckled * light.clip(0.25, 1.32)[..., None] + 46 * gloss[..., None]
    shade = plane.blurred(
        plane.shifted(shape, 0.05 * shards.piece, 0.08 * shards.piece), 0.07 * shards.piece
    )
    sand = solid(shards.palette.ramp[0]) * np.float32(0.55) + 14 + grain[..., None]
    return over(sand * (1 - 0.6 * shade)[..., None], lit, shape)


def _kintsugi(shards: Shards, picture: Image.Image | None) -> Singles:
    """Mend a picture, or glazed pottery, with gold."""
    plane, random = shards.plane, shards.random
    glaze = _glazed(shards) if picture is None else np.asarray(picture.convert("RGB"), np.float32)
    cells = Cells.around(strewn(random, shards.count, shards.size, _blow(shards)), shards.size)
    seams = Drawing.of(*shards.pixels)
    seams.fill("#000000")
    wide = min(1.1, 7 * shards.piece)
    for start, end in _borders(cells):
        line = _cracked(random, start, end)
        seams.line(line, "#ffffff", wide * random.uniform(0.55, 1.25))
    mask = _mask(seams)
    light, gloss = light_on(domed(mask, plane, wide / _UNIT / 2), plane)
    ripple = Noise(random, plane).fractal(plane.x, plane.y, 9, 3) * np.float32(0.09)
    gold = Ramp.of(_GOLD).at(0.12 + 0.46 * light + ripple) + 60 * gloss[..., None]
    shade = plane.blurred(plane.shifted(mask, 0.003, 0.005), 0.006)
    return over(glaze * (1 - 0.5 * shade)[..., None], gold, mask)


def _blow(shards: Shards) -> Singles:
    """Return how near each pixel is to where it was hit; pieces are smaller there."""
    plane, random = shards.plane, shards.random
    left, top = random.uniform(0.25, 0.75, 2) * [plane.width, plane.height]
    near: Singles = 1 / (np.hypot(plane.x - left, plane.y - top) + np.float32(0.22)) ** 2
    return near.astype(np.float32)


def _glazed(shards: Shards) -> Singles:
    plane, noise = shards.plane, Noise(shards.random, shards.plane)
    x, y = noise.warped(plane.x, plane.y, 0.7, 3, 0.14)
    tone = evened(noise.fractal(x, y, 0.7, 4, 0.45) + 0.8 * plane.y)
    speckles = levelled(noise.fractal(plane.x, plane.y, 48, 2), 97.5, 99.9)
    glaze = Ramp.of(shards.palette.ramp[:4]).at(0.06 + 0.84 * tone**1.2)
    return over(glaze, solid(shards.palette.ramp[-1]), 0.5 * speckles)


def _borders(cells: Cells) -> list[tuple[Points, Points]]:
    """Return the borders between cells, each once."""
    found: dict[tuple[float, ...], tuple[Points, Points]] = {}
    for outline in cells.outlines:
        for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
            first, second = sorted((tuple(start.round(2)), tuple(end.round(2))))
            found[(*first, *second)] = (start, end)
    return list(found.values())


def _cracked(random: np.random.Generator, start: Points, end: Points) -> Points:
    """Return a line between two points that wanders a little."""
    line = np.stack([start, end])
    sway = 0.06 * float(np.hypot(*(end - start)))
    for _ in range(4):
        middles = (line[:-1] + line[1:]) / 2 + random.normal(0, sway / 2, (len(line) - 1, 2))
        longer = np.empty((len(line) * 2 - 1, 2))
        longer[::2], longer[1::2] = line, middles
        line, sway = longer, sway / 2
    return line


def _rounded(outline: Points, scale: float) -> str:
    """Return the data of an outline shrunk and without corners."""
    middle = outline.mean(0)
    corners = middle + (outline - middle) * scale
    halves = (corners + np.roll(corners, -1, axis=0)) / 2
    parts = [f"M{halves[-1][0]:.3f} {halves[-1][1]:.3f}"]
    for corner, half in zip(corners, halves, strict=True):
        parts.append(f"Q{corner[0]:.3f} {corner[1]:.3f} {half[0]:.3f} {half[1]:.3f}")
    return "".join(parts) + "Z"


def _rgb(drawing: Drawing) -> Singles:
    return np.asarray(drawing.rendered().convert("RGB"), dtype=np.float32)


def _mask(drawing: Drawing) -> Singles:
    return np.asarray(drawing.rendered().convert("L"), dtype=np.float32) / np.float32(255)


_STYLES: dict[VoronoiStyle, Callable[[Shards], Singles]] = {
    "glass": _glass,
    "low_poly": _low_poly,
    "pebbles": _pebbles,
}
