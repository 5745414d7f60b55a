"""Putting pictures next to each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from generations.adapters.local.drawing.pictures import MAX_SIDE, flat, within
from generations.adapters.local.words import Layout

Size = tuple[int, int]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Sheet:
    """How pictures lie on a sheet; ``gap`` between them and ``margin`` around, in pixels."""

    layout: Layout
    columns: int | None
    gap: int
    margin: int
    background: str


def arrange(pictures: Sequence[Image.Image], sheet: Sheet) -> Image.Image:
    """Return one picture of them all, scaled down where it would be larger than may be made."""
    boxes = _boxes([picture.size for picture in pictures], sheet)
    right = max(left + width for left, _, width, _ in boxes) + sheet.margin
    bottom = max(top + height for _, top, _, height in boxes) + sheet.margin
    factor = min(1.0, MAX_SIDE / max(right, bottom))
    canvas = Image.new("RGB", (_scaled(right, factor), _scaled(bottom, factor)), sheet.background)
    for picture, box in zip(pictures, boxes, strict=True):
        left, top, width, height = (_scaled(part, factor) for part in box)
        size = within(picture.size, (width, height))
        place = (left + (width - size[0]) // 2, top + (height - size[1]) // 2)
        scaled = picture.resize(size, Image.Resampling.LANCZOS)
        canvas.paste(flat(scaled, sheet.background), place)
    return canvas


def _scaled(length: int, factor: float) -> int:
    return round(length * factor)


def _boxes(sizes: Sequence[Size], sheet: Sheet) -> list[Box]:
    """Return where each picture goes: left, top, width, height."""
    width, height = sizes[0]
    if sheet.layout == "row":
        return _in_line([(max(1, round(w * height / h)), height) for w, h in sizes], sheet, (1, 0))
    if sheet.layout == "stack":
        return _in_line([(width, max(1, round(h * width / w))) for w, h in sizes], sheet, (0, 1))
    columns = sheet.columns or math.ceil(math.sqrt(len(sizes)))
    lefts = [sheet.margin + index % columns * (width + sheet.gap) for index in range(len(sizes))]
    tops = [sheet.margin + index // columns * (height + sheet.gap) for index in range(len(sizes))]
    return [(left, top, width, height) for left, top in zip(lefts, tops, strict=True)]


def _in_line(sizes: Sequence[Size], sheet: Sheet, way: Size) -> list[Box]:
    boxes: list[Box] = []
    left = top = sheet.margin
    for width, height in sizes:
        boxes.append((left, top, width, height))
        left += way[0] * (width + sheet.gap)
        top += way[1] * (height + sheet.gap)
    return boxes
