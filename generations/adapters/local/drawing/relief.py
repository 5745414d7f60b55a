"""Light on raised shapes."""

import cv2
import numpy as np

from generations.adapters.local.drawing.colours import Singles
from generations.adapters.local.drawing.plane import Plane


def depth(mask: Singles, plane: Plane) -> Singles:
    """Return how far inside a mask (0 to 1) each pixel lies, in units."""
    solid = (mask > 0.5).astype(np.uint8)
    away = cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(away, np.float32) * np.float32(plane.pixel)


def domed(mask: Singles, plane: Plane, rim: float) -> Singles:
    """Return a height that rises from the outline of a mask within a rim, in units, and rounds."""
    inside = (depth(mask, plane) / np.float32(rim)).clip(0, 1)
    height: Singles = np.sqrt(1 - (1 - inside) ** 2) * np.float32(rim)
    return plane.blurred(height, rim * 0.24)


def light_on(height: Singles, plane: Plane) -> tuple[Singles, Singles]:
    """Return how much light falls on a relief from the upper left (1 on the level), and gloss."""
    across, down = plane.slopes(height)
    length = np.sqrt(across**2 + down**2 + 1)
    light = (1 + 0.62 * across + 0.78 * down) / length
    gloss = ((0.42 * across + 0.55 * down + 0.72) / length).clip(0, 1) ** 18
    return light.astype(np.float32), gloss.astype(np.float32)
