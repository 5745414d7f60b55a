"""Bringing pictures to the sizes in which they are shown, and many of them onto one sheet."""

import io
import wave
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import resvg_py
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIDE = 640
_PAPER, _INK, _SOUND = "#f4f1ea", "#2b2833", "#1b7f8c"
_CAPTION = 21  # pixels
_FINE = 4
_GAP = 34
_MARGIN = 46
_UNDER = 44  # from a picture to the next row


def picture_of(data: bytes) -> Image.Image:
    """Return what a file looks like, in RGB: a picture, a drawing, or the waves of a sound."""
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return _waves(data)
    if data.lstrip().startswith(b"<"):
        data = bytes(resvg_py.svg_to_bytes(svg_string=data.decode()))
    picture = Image.open(io.BytesIO(data)).convert("RGBA")
    ground = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(ground, picture).convert("RGB")


def framed(picture: Image.Image, side: int = SIDE) -> Image.Image:
    """Return a picture whose longer side has so many pixels."""
    factor = side / max(picture.size)
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def save(picture: Image.Image, path: Path, most: int) -> None:
    """Write a picture as WEBP without metadata, of at most so many bytes, as good as that allows.

    Raises ValueError when it cannot be done.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for quality in range(82, 30, -4):
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=6)
        if len(out.getvalue()) <= most:
            path.write_bytes(out.getvalue())
            return
    raise ValueError(f"{path.name} does not fit into {most} bytes")


def sheet(pictures: Sequence[tuple[str, Image.Image]], rows: int, width: int) -> Image.Image:
    """Hang pictures in rows of equal width, each row of one height, with their names under them."""
    hung = [_row(row, width - 2 * _MARGIN) for row in _shared_out(pictures, rows)]
    height = 2 * _MARGIN + sum(row[0][1].height + _UNDER for row in hung) + _GAP * (rows - 1)
    canvas = Image.new("RGB", (width, height - _UNDER // 3), _PAPER)
    top = _MARGIN
    for row in hung:
        left = _MARGIN
        for name, picture in row:
            _hang(canvas, name, picture, (left, top))
            left += picture.width + _GAP
        top += row[0][1].height + _UNDER + _GAP
    return canvas


def _shared_out(
    pictures: Sequence[tuple[str, Image.Image]], rows: int
) -> list[list[tuple[str, Image.Image]]]:
    """Share pictures out into rows, in their order, so that these come out about equally high."""
    widths = [picture.width / picture.height for _, picture in pictures]
    shared: list[list[tuple[str, Image.Image]]] = [[] for _ in range(rows)]
    passed = 0.0
    for picture, wide in zip(pictures, widths, strict=True):
        shared[min(rows - 1, int((passed + wide / 2) / sum(widths) * rows))].append(picture)
        passed += wide
    return shared


def _row(pictures: Sequence[tuple[str, Image.Image]], width: int) -> list[tuple[str, Image.Image]]:
    room = width - _GAP * (len(pictures) - 1)
    height = room / sum(picture.width / picture.height for _, picture in pictures)
    return [
        (name, one.resize((round(one.width / one.height * height), round(height)), _LANCZOS))
        for name, one in pictures
    ]


def _hang(canvas: Image.Image, name: str, picture: Image.Image, place: tuple[int, int]) -> None:
    left, top = place
    shade = Image.new("L", (picture.width + 60, picture.height + 60), 0)
    ImageDraw.Draw(shade).rectangle((30, 34, picture.width + 29, picture.height + 33), fill=90)
    soft = shade.filter(ImageFilter.GaussianBlur(9))
    canvas.paste(_INK, (left - 30, top - 30), soft)
    canvas.paste(picture, place)
    label = _label(name)
    canvas.paste(_INK, (left, top + picture.height + 10), label)


def _label(name: str) -> Image.Image:
    """Set a name larger and scale it down: letters keep their distances so."""
    with as_file(files("font_manrope") / "files" / "Manrope-Medium.ttf") as path:
        font = ImageFont.truetype(path, _CAPTION * _FINE)
    label = Image.new("L", (round(font.getlength(name)) + _FINE, _UNDER * _FINE), 0)
    ImageDraw.Draw(label).text((0, 24 * _FINE), name, fill=255, font=font, anchor="ls")
    return label.reduce(_FINE)


def _waves(data: bytes) -> Image.Image:
    """Draw how loud a sound is, from its start to its end."""
    with wave.open(io.BytesIO(data)) as track:
        channels, count = track.getnchannels(), track.getnframes()
        samples = np.frombuffer(track.readframes(count), np.int16).reshape(-1, channels)
    loud = np.abs(samples.astype(float)).max(axis=1) / 32768
    bars = [float(part.max()) for part in np.array_split(loud, 160)]
    picture = Image.new("RGB", (1280, 320), _PAPER)
    pen = ImageDraw.Draw(picture)
    for number, bar in enumerate(bars):
        half = max(3, round(bar * 140))
        pen.rounded_rectangle((number * 8 + 1, 160 - half, number * 8 + 5, 160 + half), 2, _SOUND)
    return picture


_LANCZOS = Image.Resampling.LANCZOS
