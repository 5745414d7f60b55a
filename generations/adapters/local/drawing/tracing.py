"""From pixels to shapes: SVG that holds nothing but paths."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import vtracer
from PIL import Image, ImageFilter

from generations.adapters.local.drawing.pictures import within

Detail = Literal["low", "medium", "high"]

MAX_EDGES = 400_000
"""Between pixels of different colours, so that a file has at most about 4 MiB."""

SIDES: dict[Detail, int] = {"low": 512, "medium": 1024, "high": 1440}
"""The longer side, in pixels, of the picture that is traced; smaller ones are enlarged."""

COLOURS: dict[Detail, int] = {"low": 12, "medium": 20, "high": 32}

_SPECKLE = 6  # pixels: patches this small are dropped
_ENLARGED = 2
_MODE = 3  # pixels: lines as thin as that are lost, and so is the grain
_COARSER = 0.7  # of the side, when the shapes are too many
_SAMPLE = 256  # pixels a side that the colours are chosen from
_PATH = "<path"
Prepare = Callable[[Image.Image], Image.Image]


@dataclass(frozen=True)
class Drawing:
    """An SVG file and how many paths are in it."""

    svg: str
    paths: int


def trace(picture: Image.Image, detail: Detail, colours: int) -> Drawing:
    """Trace a picture (RGBA) in so many colours; what is mostly transparent is left out."""
    return _bounded(picture, detail, lambda small: _flat(small, colours), "color")


def trace_ink(picture: Image.Image, detail: Detail, ink: str) -> Drawing:
    """Trace what is dark in a picture (RGBA), in one ink."""
    drawing = _bounded(picture, detail, _black_and_white, "binary")
    return Drawing(drawing.svg.replace('fill="#000000"', f'fill="{ink}"'), drawing.paths)


def _bounded(
    picture: Image.Image, detail: Detail, prepare: Prepare, mode: Literal["color", "binary"]
) -> Drawing:
    """Trace, more coarsely where the shapes would be too many."""
    cv2.setNumThreads(1)
    side = float(min(SIDES[detail], _ENLARGED * max(picture.size)))
    while _edges(prepared := prepare(_scaled(picture, round(side)))) > MAX_EDGES:
        side *= _COARSER
    body = _paths(prepared, mode)
    return Drawing(_document(body, prepared.size, picture.size), body.count(_PATH))


def _scaled(picture: Image.Image, side: int) -> Image.Image:
    """Change the longer side; an enlarged picture is blurred, or its pixels would become steps."""
    scaled = picture.resize(within(picture.size, (side, side)), Image.Resampling.LANCZOS)
    factor = side / max(picture.size)
    return scaled.filter(ImageFilter.GaussianBlur(factor / 2)) if factor > 1 else scaled


def _edges(picture: Image.Image) -> int:
    """Return how many pairs of neighbours differ; a path takes 4 to 11 bytes for each."""
    pixels = np.asarray(picture.convert("RGBA")).view(np.uint32)[..., 0]
    across = int(np.count_nonzero(pixels[:, 1:] != pixels[:, :-1]))
    return across + int(np.count_nonzero(pixels[1:] != pixels[:-1]))


def _flat(picture: Image.Image, colours: int) -> Image.Image:
    """Paint a picture with a few colours, without the grain that would become shapes."""
    pixels = np.asarray(picture.convert("RGB"))
    for _ in range(2):
        pixels = cv2.bilateralFilter(pixels, 9, 30, 5)
    smooth = Image.fromarray(pixels)
    sample = smooth.copy()
    sample.thumbnail((_SAMPLE, _SAMPLE))
    chosen = sample.quantize(colours, method=Image.Quantize.MEDIANCUT, kmeans=1)
    indexed = smooth.quantize(palette=chosen, dither=Image.Dither.NONE)
    places = Image.frombytes("L", indexed.size, indexed.tobytes())
    palette = np.array(indexed.getpalette(), dtype=np.uint8).reshape(-1, 3)
    flat = Image.fromarray(palette[np.asarray(places.filter(ImageFilter.ModeFilter(_MODE)))])
    flat.putalpha(picture.getchannel("A").point(lambda alpha: 255 if alpha >= 128 else 0))
    return flat


def _black_and_white(picture: Image.Image) -> Image.Image:
    """Divide a picture at the level that parts dark and light best (Otsu 1979)."""
    paper = Image.new("RGBA", picture.size, "#ffffff")
    grey = np.asarray(Image.alpha_composite(paper, picture).convert("L"))
    blurred = cv2.GaussianBlur(grey, (3, 3), 0)
    _, divided = cv2.threshold(blurred, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return Image.fromarray(divided).convert("RGBA")


def _paths(picture: Image.Image, mode: Literal["color", "binary"]) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    svg: str = vtracer.convert_raw_image_to_svg(
        file.getvalue(),
        img_format="png",
        colormode=mode,
        hierarchical="stacked",
        mode="spline",
        filter_speckle=_SPECKLE,
        color_precision=8,
        layer_difference=0,
        path_precision=1,
    )
    start, end = svg.find(_PATH), svg.rfind("</svg>")
    return svg[start:end] if start >= 0 else ""


def _document(body: str, traced: tuple[int, int], size: tuple[int, int]) -> str:
    """Wrap paths, drawn on the traced picture, into a document of the original's size."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'viewBox="0 0 {traced[0]} {traced[1]}">\n{body}</svg>\n'
    )
