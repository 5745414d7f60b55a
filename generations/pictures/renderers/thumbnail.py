"""Thumbnails."""

import io
from importlib.resources import files
from typing import IO

import resvg_py
from PIL import Image, ImageCms, UnidentifiedImageError
from pydantic import Field

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import Artifact, LocalTool, Values, register
from generations.pictures import svg
from generations.pictures.rasters import open_raster, orientation_of, scaled, upright
from generations.pictures.svg_rules import harmless

QUALITY = 82
_FEW_COLOURS = 256
_FONTS = ("font_manrope", "font_source_serif_pro", "font_fjallaone", "font_fredoka_one")


class Inputs(Values):
    picture: Artifact
    is_svg: bool
    size: int = Field(ge=1, le=2048, description="The longest side, in pixels.")


class Outputs(Values):
    thumbnail: Artifact


@register
class Thumbnail(LocalTool[Inputs, Outputs]):
    """A small upright copy in sRGB as WEBP, without anything else the file says."""

    key, title = "picture.thumbnail", "Thumbnail"
    isolation = "process"
    deadline_s = 10

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        with call.open(inputs.picture) as file:
            try:
                small = (_of_svg if inputs.is_svg else _of_raster)(file, inputs.size)
            except MemoryError:
                raise
            except (OSError, ValueError, SyntaxError, EOFError, UnidentifiedImageError) as error:
                raise InvalidInput(f"The picture cannot be read: {error}") from error
        small.info = {}
        out = io.BytesIO()
        is_drawing = small.getcolors(_FEW_COLOURS) is not None
        small.save(out, "WEBP", quality=QUALITY, method=4, lossless=is_drawing)
        return Outputs(thumbnail=call.keep([out.getvalue()], media_type="image/webp").id)


def _of_raster(file: IO[bytes], size: int) -> Image.Image:
    picture = open_raster(file)
    orientation, profile = orientation_of(picture), picture.info.get("icc_profile")
    picture.draft(None, (2 * size, 2 * size))
    small = _in_eight_bits(picture)
    small = small.resize(scaled(small.size, size), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return upright(_in_srgb(small, profile), orientation)


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Return a picture whose pixels can be mixed with each other."""
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    elif picture.mode in ("I", "F"):
        picture = picture.convert("L")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture if picture.mode in ("RGB", "CMYK", "L") else picture.convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            ours = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, given, ours, outputMode=mode)
        except (ImageCms.PyCMSError, OSError):
            # A profile that is broken, or of another kind of picture, says nothing.
            converted = None
        if converted is not None:
            return converted
    return picture.convert(mode)


def _of_svg(file: IO[bytes], size: int) -> Image.Image:
    data = file.read()
    text = svg.rewritten(data, harmless)
    head = svg.read_head(data)
    width, height = _box(head.size if head else None, size)
    drawn = resvg_py.svg_to_bytes(
        svg_string=text,
        width=width,
        height=height,
        font_dirs=[str(files(package) / "files") for package in _FONTS],
        font_family="Manrope",
    )
    with Image.open(io.BytesIO(bytes(drawn)), formats=("PNG",)) as picture:
        small = picture.convert("RGBA")
    return small.resize(scaled(small.size, size), Image.Resampling.LANCZOS)


def _box(drawing: tuple[float, float] | None, size: int) -> tuple[int | None, int | None]:
    """Return which side to draw how long, so that a drawing of any size costs the same."""
    if drawing is None:
        return size, None
    longest = max(1, min(size, round(max(drawing))))
    return (longest, None) if drawing[0] >= drawing[1] else (None, longest)
