"""Reading and keeping pictures."""

import io
import warnings

from PIL import Image, ImageOps

from generations.adapters.base import ArtifactRef, Call, InvalidInput
from generations.adapters.local.limits import MAX_PIXELS

MAX_SIDE = 4096
"""Of a picture that a tool makes, in pixels."""

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def open_picture(call: Call, artifact: str, max_side: int = MAX_SIDE) -> Image.Image:
    """Return a picture, upright, in RGBA, scaled down to at most ``max_side`` pixels a side.

    Raises InvalidInput if the file is no picture, or one of more pixels than are read.
    """
    with call.open(artifact) as stream, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        Image.MAX_IMAGE_PIXELS = MAX_PIXELS
        try:
            with Image.open(stream, formats=_FORMATS) as picture:
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
                upright.thumbnail((max_side, max_side))
                return upright
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            message = f"The picture {artifact} has more than {MAX_PIXELS} pixels."
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  (Pillow raises a dozen types on broken files)
            reason = f"{type(error).__name__}: {error}"
            message = f"The file {artifact} cannot be read as a picture ({reason})."
    raise InvalidInput(message)


def keep_picture(
    call: Call, picture: Image.Image, name: str, provenance: dict[str, object] | None = None
) -> ArtifactRef:
    """Store a picture as PNG, without an alpha channel that says nothing."""
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return call.keep([file.getvalue()], media_type="image/png", name=name, provenance=provenance)


def flat(picture: Image.Image, background: str) -> Image.Image:
    """Return a picture laid on a background, in RGB."""
    ground = Image.new("RGBA", picture.size, background)
    return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")


def within(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size of the same proportions that fits into a box."""
    factor = min(box[0] / size[0], box[1] / size[1])
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))
