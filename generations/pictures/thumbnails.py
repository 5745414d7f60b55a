"""Small copies of pictures for pages, made when first asked for."""

from typing import Literal, get_args

from generations.models import Artifact
from generations.pictures.derived import derived
from generations.pictures.rasters import scaled
from generations.pictures.rendering import NotRendered, render

Size = Literal[256, 640]
SIZES: tuple[Size, ...] = get_args(Size)
"""The longest side in pixels: in a row of files, and on a card."""

RECIPE = 1
"""Counted up when thumbnails are made otherwise, so that no old one is shown."""

MEDIA_TYPE = "image/webp"
SVG = "image/svg+xml"
PICTURES = frozenset(
    {SVG, *(f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp", "bmp", "tiff", "avif"))}
)
"""The media types that thumbnails can be made of."""


def tag(artifact: Artifact, size: int) -> str:
    """Return a text that is the same for the same thumbnail, and for no other."""
    return f"{artifact.sha256}-{size}-{RECIPE}"


def thumbnail(artifact: Artifact, size: Size) -> bytes:
    """Return a thumbnail as WEBP, no side longer than ``size`` and never scaled up.

    Raises NotRendered for what is no picture, broken, or too costly; rendering.Busy; and OSError
    when the bytes of the file are gone.
    """
    if artifact.media_type not in PICTURES:
        raise NotRendered(f"There are no thumbnails of {artifact.media_type}.")
    sha256 = artifact.sha256
    return derived(
        f"thumbnails/{RECIPE}/{sha256[:2]}/{sha256[2:4]}/{sha256}-{size}.webp",
        lambda: render("picture.thumbnail", artifact, size=size, is_svg=artifact.media_type == SVG),
    )


def size_of(artifact: Artifact, size: Size) -> tuple[int, int] | None:
    """Return width and height of a thumbnail in pixels, None where the picture's are unknown."""
    if artifact.width is None or artifact.height is None:
        return None
    return scaled((artifact.width, artifact.height), size)
