"""Copies of files for strangers: what is seen of them, and nothing that they say besides."""

import io
from collections.abc import Callable

from PIL import UnidentifiedImageError

from generations.artifacts import open_file
from generations.models import Artifact
from generations.pictures import svg
from generations.pictures.bare import Unreadable, gif, jpeg, png, riff
from generations.pictures.derived import derived
from generations.pictures.rasters import open_raster, orientation_of
from generations.pictures.rendering import NotRendered, render
from generations.pictures.svg_rules import bare as bare_svg

RECIPE = 1
"""Counted up when copies are made otherwise, so that no old one is given away."""


def _svg(data: bytes) -> bytes:
    return svg.rewritten(data, bare_svg).encode()


def _as_it_is(data: bytes) -> bytes:
    return data


_PIECEWISE: dict[str, Callable[[bytes], bytes]] = {
    "image/png": png.bare,
    "image/jpeg": jpeg.bare,
    "image/gif": gif.bare,
    "image/webp": riff.bare,
    "image/svg+xml": _svg,
    "audio/wav": riff.bare,
    "text/plain": _as_it_is,
}
_REDRAWN = frozenset({"image/bmp", "image/tiff", "image/avif"})
_TURNED = frozenset({"image/png", "image/jpeg", "image/webp"})


def media_type_of(artifact: Artifact) -> str | None:
    """Return what a bare copy is, None where there can be none."""
    if artifact.media_type in _PIECEWISE:
        return artifact.media_type
    return "image/png" if artifact.media_type in _REDRAWN else None


def bare_copy(artifact: Artifact) -> bytes:
    """Return a file without metadata; a picture has the same pixels, already turned upright.

    Raises NotRendered for a file that nobody can say that of, rendering.Busy, and OSError when
    its bytes are gone.
    """
    if artifact.media_type in _REDRAWN:
        return _redrawn(artifact)
    bare = _PIECEWISE.get(artifact.media_type)
    if bare is None:
        raise NotRendered(f"A {artifact.media_type} cannot be freed from what it says of itself.")
    with open_file(artifact) as file:
        data = file.read()
    if artifact.media_type in _TURNED and _orientation(data) != 1:
        return _redrawn(artifact)
    try:
        return bare(data)
    except (Unreadable, svg.SvgRefused) as error:
        raise NotRendered(str(error)) from error


def _redrawn(artifact: Artifact) -> bytes:
    sha256 = artifact.sha256
    name = f"bare/{RECIPE}/{sha256[:2]}/{sha256[2:4]}/{sha256}"
    return derived(name, lambda: render("picture.upright", artifact))


def _orientation(data: bytes) -> int:
    try:
        with open_raster(io.BytesIO(data)) as picture:
            return orientation_of(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise NotRendered(f"The picture cannot be read: {error}") from error
