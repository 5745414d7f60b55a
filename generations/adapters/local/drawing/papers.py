"""The paper that shapes are printed on."""

import cv2
import numpy as np
from PIL import Image

from generations.adapters.local.drawing.colours import Singles

_WEAVE = 3  # pixels at which the coarse tooth of the paper is laid down


def on_paper(picture: Image.Image, random: np.random.Generator, tooth: float) -> Image.Image:
    """Return a picture as if printed on paper with this much tooth, 0 none to 1 rough."""
    pixels = np.asarray(picture.convert("RGB"), dtype=np.float32)
    height, width = pixels.shape[:2]
    fine = random.standard_normal((height, width), dtype=np.float32)
    coarse = random.standard_normal((height // _WEAVE + 1, width // _WEAVE + 1), dtype=np.float32)
    wide = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    light: Singles = np.float32(5 * tooth) * (np.float32(0.7) * fine + np.asarray(wide))
    return Image.fromarray((pixels + light[..., None]).clip(0, 255).astype(np.uint8))
