"""Fields of numbers, by rows and columns: noise, blurring, reading between samples."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float64]
Colour = tuple[float, float, float]


def octaves(
    random: np.random.Generator,
    size: tuple[int, int],
    largest: int,
    *,
    ridged: float = 0.0,
    roughness: float = 0.5,
) -> Field:
    """Return noise of a size (rows, columns), about -1 to 1, with ``largest`` forms in a row.

    Each octave has forms half as large as the one before, ``roughness`` times as high; ``ridged``
    turns smooth hills into crests, from 0 to 1.
    """
    total, weight, amplitude, cells = np.zeros(size), 0.0, 1.0, largest
    while cells < size[1] / 2:
        values = _one_octave(random, size, cells)
        total += amplitude * (ridged * (1 - 2 * np.abs(values)) + (1 - ridged) * values)
        weight += amplitude
        amplitude *= roughness
        cells *= 2
    return total / weight


def _one_octave(random: np.random.Generator, size: tuple[int, int], cells: int) -> Field:
    rows = max(2, round(cells * size[0] / size[1]))
    grid = random.standard_normal((rows + 3, cells + 3)).clip(-2, 2).astype(np.float32) / 2
    layer = Image.fromarray(grid).resize((size[1], size[0]), Image.Resampling.BICUBIC)
    return np.asarray(layer, dtype=float)


def blurred(field: Field, radius: float) -> Field:
    """Return a field made soft; ``radius`` is in samples."""
    return np.asarray(cv2.GaussianBlur(field, (0, 0), radius), dtype=float)


def sampled(field: Field, row: Field, column: Field) -> Field:
    """Return values between the samples of a field, each from its four neighbours."""
    row = np.clip(row, 0, field.shape[0] - 1.001)
    column = np.clip(column, 0, field.shape[1] - 1.001)
    top, left = row.astype(int), column.astype(int)
    down, right = row - top, column - left
    upper = field[top, left] * (1 - right) + field[top, left + 1] * right
    lower = field[top + 1, left] * (1 - right) + field[top + 1, left + 1] * right
    between: Field = upper * (1 - down) + lower * down
    return between


def mixed(one: Colour | Field, other: Colour | Field, share: Field) -> Field:
    """Return colours from ``one``, where the share is 0, to ``other``, where it is 1."""
    part = share[..., None]
    between: Field = np.asarray(one) * (1 - part) + np.asarray(other) * part
    return between
