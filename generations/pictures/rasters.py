"""Opening pictures made of pixels, without believing what they say about themselves."""

import struct
import warnings
from typing import IO

from PIL import Image

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")
"""What is read, as Pillow names it; its other formats are never tried on a file from outside."""

MAX_PIXELS = 64_000_000
"""Of a picture; one of more counts as a decompression bomb."""

_ORIENTATION = 0x0112  # of EXIF
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Pixels are counted below, for each picture alone; a warning could only be caught for all threads.
warnings.simplefilter("ignore", Image.DecompressionBombWarning)


class TooManyPixels(ValueError):
    """The picture would unpack to more than ``MAX_PIXELS``."""


def open_raster(file: IO[bytes]) -> Image.Image:
    """Open a picture without decoding it.

    Raises TooManyPixels, PIL.UnidentifiedImageError for what is no picture, and OSError,
    SyntaxError, ValueError or EOFError for a broken one.
    """
    try:
        picture = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(str(error)) from error
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise TooManyPixels(f"The picture is {width}x{height}, more than {MAX_PIXELS} pixels.")
    return picture


def orientation_of(picture: Image.Image) -> int:
    """Return how the picture is to be turned, 1 to 8 as EXIF has it; 1 where it does not say.

    Pillow turns TIFF itself.
    """
    data = picture.info.get("exif")
    if not data or picture.format == "TIFF":
        return 1
    exif = Image.Exif()
    try:
        exif.load(data)
        found: object = exif.get(_ORIENTATION)
    except (SyntaxError, ValueError, OSError, struct.error):
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """Turn a picture as its orientation asks."""
    turn = _UPRIGHT.get(orientation)
    return picture.transpose(turn) if turn is not None else picture


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Return width and height in pixels, as the picture is seen."""
    width, height = picture.size
    return (height, width) if orientation_of(picture) >= 5 else (width, height)


def scaled(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """Return a size scaled down until no side is longer than this; never up."""
    factor = min(1.0, longest / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))
