"""What a file is, by its bytes alone: whatever its name or its sender says does not count."""

from dataclasses import dataclass
from typing import IO

import filetype
from PIL import UnidentifiedImageError

from generations.pictures import svg
from generations.pictures.rasters import MAX_PIXELS, TooManyPixels, open_raster, upright_size

_SNIFFED = 8192
# Pictures that must be whole to be kept; of others only the kind is known.
_READABLE = {f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp", "bmp", "tiff", "avif")}
_REGISTERED = {
    "image/apng": ("image/png", "png"),
    "audio/x-wav": ("audio/wav", "wav"),
    "audio/x-flac": ("audio/flac", "flac"),
}
"""The names that everybody knows, for those that only the library uses."""


class FileRefused(ValueError):
    """The bytes may not be stored; ``code`` and the message say why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Looks:
    """What a file is; width and height in pixels as it is seen, of pictures that say so."""

    media_type: str
    extension: str
    width: int | None = None
    height: int | None = None


_TEXT = Looks("text/plain", "txt")
_UNKNOWN = Looks("application/octet-stream", "bin")


def look_at(file: IO[bytes]) -> Looks:
    """Look at a file; raises FileRefused for a picture that is broken or would unpack to too much.

    No picture is decoded, and nothing that an SVG refers to is read.
    """
    file.seek(0)
    head = file.read(svg.HEAD_BYTES)
    kind = filetype.guess(head[:_SNIFFED])
    if kind is None:
        return _drawing(head) or (_TEXT if _is_text(head[:_SNIFFED]) else _UNKNOWN)
    media_type, extension = _REGISTERED.get(kind.mime, (kind.mime, kind.extension))
    if media_type not in _READABLE:
        return Looks(media_type, extension)
    try:
        return _raster(file, media_type, extension)
    except UnidentifiedImageError as error:
        # A text may begin with "BM" or "GIF", which is all that some pictures are known by.
        if _is_text(head[:_SNIFFED]):
            return _TEXT
        raise FileRefused("broken_picture", "The picture cannot be read.") from error


def _drawing(head: bytes) -> Looks | None:
    try:
        found = svg.read_head(head)
    except svg.SvgRefused as error:
        raise FileRefused("unsafe_picture", str(error)) from error
    if found is None:
        return None
    if found.size is None:
        return Looks("image/svg+xml", "svg")
    width, height = (max(1, round(side)) for side in found.size)
    if width * height > MAX_PIXELS:
        raise FileRefused("too_many_pixels", f"The picture is {width}x{height}.")
    return Looks("image/svg+xml", "svg", width, height)


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # The last character may have been cut through.
        return error.start >= len(head) - 4
    return True


def _raster(file: IO[bytes], media_type: str, extension: str) -> Looks:
    file.seek(0)
    try:
        with open_raster(file) as picture:
            width, height = upright_size(picture)
            picture.verify()
    except TooManyPixels as error:
        raise FileRefused("too_many_pixels", str(error)) from error
    except UnidentifiedImageError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise FileRefused("broken_picture", f"The picture cannot be read: {error}") from error
    return Looks(media_type, extension, width, height)
