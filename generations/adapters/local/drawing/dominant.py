"""The colours that a picture is made of."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generations.adapters.local.drawing.colours import Singles, hexadecimal, oklab, srgb

_SIDE = 160  # pixels of the longer side that are looked at
_ROUNDS = 24
_NEAR = 0.06  # colours nearer to each other than this count as one
HUES = np.array([1.0, 1.9, 1.9])
"""Oklab is stretched so before colours are compared: hues are kept apart rather than shades."""

_PIECE = 200_000


def dominant(
    picture: Image.Image, count: int, random: np.random.Generator
) -> list[tuple[str, float]]:
    """Return up to so many colours of a picture in RGBA with their shares, the largest first.

    Fully transparent pixels do not count; colours that look alike are one.
    """
    small = picture.convert("RGBA")
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    pixels = np.asarray(small).reshape(-1, 4)
    seen = pixels[pixels[:, 3] >= 128][:, :3] if (pixels[:, 3] >= 128).any() else pixels[:, :3]
    labs = (oklab(seen) * HUES).astype(np.float32)
    centres = _merged(labs, clustered(labs, count, random))
    shares = np.bincount(nearest(labs, centres), minlength=len(centres)) / len(labs)
    order = [index for index in np.argsort(-shares, kind="stable") if shares[index] > 0]
    return [(hexadecimal(srgb(centres[index] / HUES)), float(shares[index])) for index in order]


def clustered(labs: Singles, count: int, random: np.random.Generator) -> Singles:
    """Return the middles of at most so many clusters of colours (k-means).

    They start far apart, so that small but striking colours get a cluster of their own.
    """
    distinct = np.unique(labs, axis=0)
    if len(distinct) <= count:
        return distinct
    centres = _apart(labs, count, random)
    for _ in range(_ROUNDS):
        numbers = nearest(labs, centres)
        counts = np.bincount(numbers, minlength=count)
        sums = np.stack(
            [np.bincount(numbers, labs[:, part], minlength=count) for part in range(3)], axis=1
        )
        moved = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres)
        if np.allclose(moved, centres, atol=1e-5):
            break
        centres = moved.astype(np.float32)
    return centres


def nearest(labs: Singles, centres: Singles) -> NDArray[np.int64]:
    """Return the number of the centre that is nearest to each colour."""
    found = []
    for start in range(0, len(labs), _PIECE):
        piece = labs[start : start + _PIECE]
        away = (centres**2).sum(1) - 2 * piece @ centres.T
        found.append(away.argmin(1))
    return np.concatenate(found)


def _apart(labs: Singles, count: int, random: np.random.Generator) -> Singles:
    """Draw starts that are likely to be far apart (k-means++)."""
    starts = [labs[int(random.integers(len(labs)))]]
    away = np.full(len(labs), np.inf)
    for _ in range(count - 1):
        away = np.minimum(away, ((labs - starts[-1]) ** 2).sum(1).astype(float))
        starts.append(labs[int(random.choice(len(labs), p=away / away.sum()))])
    return np.array(starts, dtype=np.float32)


def _merged(labs: Singles, centres: Singles) -> Singles:
    """Join centres that look alike, the smaller into the larger."""
    counts = np.bincount(nearest(labs, centres), minlength=len(centres))
    kept: list[Singles] = []
    for index in np.argsort(-counts, kind="stable"):
        if all(np.linalg.norm(centres[index] - other) > _NEAR for other in kept):
            kept.append(centres[index])
    return np.array(kept, dtype=np.float32)
