"""Effects of printing presses."""

import numpy as np

from generations.adapters.local.drawing.colours import Singles, over, solid
from generations.adapters.local.drawing.effects.photo import Photo
from generations.adapters.local.drawing.noise import Noise, evened, levelled
from generations.adapters.local.drawing.plane import Plane

_PAPER = "#faf6ec"
_PROCESS = ("#00a0c6", 15.0), ("#e6007e", 75.0), ("#ffe100", 0.0), ("#1b1a1e", 45.0)
_DRUMS = "#f7f1e3", "#1769b0", "#ff4aa0", "#ffd23f"


def halftone(photo: Photo) -> Singles:
    """Print in dots: of four inks, or, if colours are asked for, of each on the first of them."""
    period = (0.006 + 0.009 * photo.strength) * photo.size
    plane = photo.plane
    soft = plane.blurred(photo.pixels, period * 0.22) / 255
    if photo.colours:
        dark = 1 - levelled(soft @ np.full(3, 1 / 3, np.float32), 0.5, 99.5)
        screens = [(photo.colours[-1], 45.0, dark)]
        paper = photo.colours[0]
    else:
        paper, screens = _PAPER, _separated(soft)
    sheet = np.broadcast_to(solid(paper), photo.pixels.shape)
    for ink, angle, amount in screens:
        dots = _dots(plane, angle, period)
        across, down = plane.slopes(dots)
        edge = (np.hypot(across, down) * np.float32(plane.pixel)).clip(0.02, 1)
        cover = (0.5 + (amount - dots) / edge).clip(0, 1) * (amount > 0.015)
        sheet = sheet * (1 - cover[..., None] * (1 - solid(ink) / 255))
    return np.asarray(sheet, dtype=np.float32)


def _separated(pixels: Singles) -> list[tuple[str, float, Singles]]:
    """Return ink, angle and amount of the four process colours; some grey goes to black."""
    absent = 1 - pixels
    black = absent.min(axis=2) ** 1.6 * np.float32(0.85)
    rest = (absent - black[..., None]).clip(0, 1) / (1 - black + 1e-3)[..., None]
    amounts = [rest[..., 0], rest[..., 1], rest[..., 2], black]
    return [
        (ink, angle, amount.clip(0, 1))
        for (ink, angle), amount in zip(_PROCESS, amounts, strict=True)
    ]


def _dots(plane: Plane, angle: float, period: float) -> Singles:
    """Return for each pixel the amount of ink from which on a dot covers it."""
    turn = np.radians(angle)
    pace = np.float32(2 * np.pi / period)
    right = (plane.x * np.float32(np.cos(turn)) + plane.y * np.float32(np.sin(turn))) * pace
    down = (plane.y * np.float32(np.cos(turn)) - plane.x * np.float32(np.sin(turn))) * pace
    return evened(-(np.cos(right) + np.cos(down)))


def risograph(photo: Photo) -> Singles:
    """Print in grainy inks that are a little out of place.

    The first of the colours is the paper, the others are the inks, three at most.
    """
    plane, noise = photo.plane, Noise(photo.random, photo.plane)
    paper, *inks = photo.colours_or(_DRUMS)
    sheet = np.broadcast_to(solid(paper), photo.pixels.shape)
    for ink, amount in zip(inks[:3], _densities(photo, paper, inks[:3]), strict=True):
        reach = 0.0045 * photo.strength
        moved = plane.shifted(amount, *photo.random.uniform(-reach, reach, 2))
        patchy = 1 + np.float32(0.10) * noise.fractal(plane.x, plane.y, 2.5, 3)
        speck = photo.random.random(moved.shape, dtype=np.float32)
        speck = plane.blurred(speck, 0.0009 * photo.size)
        coarse = evened(speck) * np.float32(0.9) + np.float32(0.05)
        dotted = ((moved * patchy - coarse) * np.float32(5) + 0.5).clip(0, 1)
        cover = moved + (dotted - moved) * np.float32(0.35 + 0.55 * photo.strength)
        sheet = sheet * (1 - (0.93 * cover).clip(0, 1)[..., None] * (1 - solid(ink) / 255))
    return np.asarray(sheet, dtype=np.float32)


def _densities(photo: Photo, paper: str, inks: list[str]) -> list[Singles]:
    """Return how much of each ink gives a picture's colours, 0 to 1.

    Inks laid over each other add up as densities, the logarithms of what they let through.
    """
    light = (photo.pixels / solid(paper)).clip(0.06, 1)
    wanted = -np.log(light)
    given = -np.log((np.stack([solid(ink) for ink in inks]) / solid(paper)).clip(0.06, 1))
    amounts = np.full((*wanted.shape[:2], len(inks)), 0.3, np.float32)
    # Multiplicative steps towards the least error, which keep every amount positive.
    target, overlap = wanted @ given.T, (given @ given.T).astype(np.float32)
    for _ in range(14):
        amounts *= target / (amounts @ overlap + np.float32(1e-4))
    return [amounts[..., number].clip(0, 1) for number in range(len(inks))]


def engraving(photo: Photo) -> Singles:
    """Engrave with lines that swell where it is dark; the colours are those of paper and ink."""
    plane = photo.plane
    colours = photo.colours_or(("#f3ecdb", "#1c2438"))
    period = (0.0055 + 0.006 * photo.strength) * photo.size
    tone = levelled(plane.blurred(photo.grey, period * 0.35), 0.5, 99.5)
    dark = (1 - tone) ** 1.05 * np.float32(0.97)
    form = plane.blurred(tone, period * 1.6)
    cover = np.zeros_like(tone)
    for angle, start in ((24.0, 0.0), (-38.0, 0.52), (70.0, 0.78)):
        amount = ((dark - start) / (1 - start)).clip(0, 1) * (0.86 if start else 0.8)
        cover = np.maximum(cover, _furrows(plane, angle, period, form, amount))
    return over(solid(colours[0]), solid(colours[-1]), cover)


def _furrows(plane: Plane, angle: float, period: float, form: Singles, amount: Singles) -> Singles:
    """Return lines that take up this amount of each place and bend with the form."""
    turn = np.radians(angle)
    aside = plane.y * np.float32(np.cos(turn)) - plane.x * np.float32(np.sin(turn))
    place = (aside + form * np.float32(3.4 * period)) / np.float32(period)
    away = np.abs(place - np.round(place)) * 2
    edge = np.float32(2.4 * plane.pixel / period)
    lines: Singles = (0.5 + (amount - away) / edge).clip(0, 1) * (amount > 0.03)
    return lines
