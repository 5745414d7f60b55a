"""Effects of screens and tiles."""

import cv2
import numpy as np

from generations.adapters.local.drawing.colours import Singles, oklab, over, solid, srgb
from generations.adapters.local.drawing.dominant import nearest
from generations.adapters.local.drawing.effects.photo import Photo
from generations.adapters.local.drawing.noise import Noise
from generations.adapters.local.drawing.palettes import rgb
from generations.adapters.local.drawing.relief import light_on

_ORDER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16 - 0.47
_GROUT = "#4c463f"


def _blocks(photo: Photo, side: float) -> tuple[int, int]:
    """Return how many blocks of this side, in units, lie across and down."""
    across = max(1, round(photo.plane.width / side))
    return across, max(1, round(photo.plane.height / side))


def _reduced(photo: Photo, size: tuple[int, int]) -> Singles:
    """Return the mean colour of each block."""
    small = cv2.resize(photo.pixels, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).reshape(size[1], size[0], 3)


def pixelate(photo: Photo) -> Singles:
    """Show large pixels; if colours are asked for, only these, mixed by a pattern."""
    across, down = _blocks(photo, (0.006 + 0.03 * photo.strength) * photo.size)
    small = _reduced(photo, (across, down))
    if photo.colours:
        wanted = oklab(np.array([rgb(colour) for colour in photo.colours])).astype(np.float32)
        labs = oklab(small).astype(np.float32)
        pattern = np.tile(_ORDER, (down // 4 + 1, across // 4 + 1))[:down, :across]
        labs[..., 0] += (pattern * 0.34 / len(wanted) ** 0.5).astype(np.float32)
        numbers = nearest(labs.reshape(-1, 3), wanted).reshape(down, across)
        small = srgb(wanted)[numbers].astype(np.float32)
    height, width = photo.grey.shape
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST))


def mosaic(photo: Photo) -> Singles:
    """Lay small tiles of stone in rows, each a little askew."""
    plane, random = photo.plane, photo.random
    across, down = _blocks(photo, (0.010 + 0.015 * photo.strength) * photo.size)
    small = _reduced(photo, (across, down))
    labs = oklab(small)
    labs[..., 0] += random.normal(0, 0.028, (down, across))
    tile = plane.width / across, plane.height / down
    columns = np.minimum((plane.x / np.float32(tile[0])).astype(np.int32), across - 1)
    rows = np.minimum((plane.y / np.float32(tile[1])).astype(np.int32), down - 1)
    inside = _tiles(photo, tile, columns, rows, (down, across))
    dome = np.sqrt((1 - (1 - inside * 5).clip(0, 1) ** 2).clip(0, 1))
    height = plane.blurred(dome * np.float32(0.16 * tile[0]), 0.02 * tile[0])
    light, gloss = light_on(height, plane)
    rough = Noise(random, plane).fractal(plane.x, plane.y, 1.6 / tile[0], 3) * np.float32(4)
    stones = srgb(labs)[rows, columns].astype(np.float32) + rough[..., None]
    lit = stones * light.clip(0.5, 1.4)[..., None] + 26 * gloss[..., None]
    cover = plane.covered(-(inside - np.float32(0.02)) * np.float32(tile[0]))
    return over(solid(_GROUT) + 1.5 * rough[..., None], lit, cover)


def _tiles(
    photo: Photo,
    tile: tuple[float, float],
    columns: np.ndarray,
    rows: np.ndarray,
    shape: tuple[int, int],
) -> Singles:
    """Return how far inside its tile each pixel lies, in tiles; below 0 it is grout."""
    plane, random = photo.plane, photo.random
    turns = random.normal(0, 0.06, shape).astype(np.float32)[rows, columns]
    sizes = random.uniform(0.80, 0.93, shape).astype(np.float32)[rows, columns] / 2
    right = plane.x / np.float32(tile[0]) - columns - 0.5
    below = plane.y / np.float32(tile[1]) - rows - 0.5
    turned = right - turns * below, below + turns * right
    inside: Singles = sizes - np.maximum(np.abs(turned[0]), np.abs(turned[1]))
    return inside.astype(np.float32)


def crt(photo: Photo) -> Singles:
    """Show a picture on a tube: curved, in lines of red, green and blue, with a glow."""
    plane, strength = photo.plane, photo.strength
    bent = _bent(photo, 0.09 * strength)
    fringe = 0.0035 * strength
    split = np.stack(
        [
            plane.shifted(bent[..., 0], fringe, 0),
            bent[..., 1],
            plane.shifted(bent[..., 2], -fringe, 0),
        ],
        axis=2,
    )
    period = max(0.0068 * photo.size, 2.5 * plane.pixel)
    lines = 0.5 + 0.5 * np.cos(plane.y * np.float32(2 * np.pi / period))
    scan = 1 - np.float32(0.42 * strength) * lines
    phase = plane.x * np.float32(2 * np.pi / (1.4 * period))
    mask = np.stack([np.cos(phase - 2 * np.pi * part / 3) for part in range(3)], axis=2)
    shown = split * scan[..., None] * (1 + np.float32(0.26 * strength) * mask)
    halo = plane.blurred(shown, 0.012)
    lit: Singles = shown * np.float32(1.12) + halo * np.float32(0.5 * strength)
    return lit * _tube(photo)[..., None]


def _tube(photo: Photo) -> Singles:
    """Return the light of the tube: none beyond its rounded edge, less in the corners."""
    plane = photo.plane
    across = (plane.x / np.float32(plane.width) - 0.5) * 2
    down = (plane.y / np.float32(plane.height) - 0.5) * 2
    bulge = np.float32(1 + 0.09 * photo.strength * 0.6)
    edge = np.maximum(np.abs(across * bulge), np.abs(down * bulge)) ** 14 + (
        (across**2 + down**2) / 2
    ) ** 3 * np.float32(0.5 * photo.strength)
    light: Singles = (1 - edge).clip(0, 1)
    return light


def _bent(photo: Photo, by: float) -> Singles:
    height, width = photo.grey.shape
    across = (photo.plane.x / np.float32(photo.plane.width) - 0.5) * 2
    down = (photo.plane.y / np.float32(photo.plane.height) - 0.5) * 2
    away = 1 + np.float32(by) * (across**2 + down**2) - np.float32(by * 0.5)
    columns = (across * away / 2 + 0.5) * width - 0.5
    rows = (down * away / 2 + 0.5) * height - 0.5
    return np.asarray(
        cv2.remap(photo.pixels, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    )
