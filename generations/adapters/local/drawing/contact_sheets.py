"""Contact sheets: many pictures in cells of one size, each with its label."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from PIL import Image, ImageChops, ImageDraw, ImageOps

from generations.adapters.local.drawing.lettering import SUBTITLES, fit
from generations.adapters.local.drawing.palettes import luminance
from generations.adapters.local.drawing.pictures import MAX_SIDE, within

Fit = Literal["cover", "contain"]
Open = Callable[[int], Image.Image]
"""Opens a picture, scaled down to at most so many pixels a side."""

_LETTERS = 0.072  # of the shorter side of a cell
_LABEL = 2.1  # of the letters' size: the room under a cell
_FINE = 4  # round corners are drawn so many times larger
_DARK, _LIGHT = "#18161a", "#fcfaf5"


@dataclass(frozen=True)
class Sheet:
    """How cells lie on a sheet; all lengths are in pixels, ``corners`` the radius of a cell's."""

    columns: int
    rows: int
    cell: tuple[int, int]
    gap: int
    margin: int
    corners: int
    background: str
    fit: Fit
    has_labels: bool

    @property
    def letters(self) -> int:
        """The size of the labels' letters, at most."""
        return max(9, round(min(self.cell) * _LETTERS))

    @property
    def row_height(self) -> int:
        """Of a cell with the room for its label."""
        return self.cell[1] + (round(self.letters * _LABEL) if self.has_labels else 0)

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole sheet."""
        width = self.columns * (self.cell[0] + self.gap) - self.gap + 2 * self.margin
        return width, self.rows * (self.row_height + self.gap) - self.gap + 2 * self.margin

    def place(self, index: int) -> tuple[int, int]:
        """Return the left and the top of a cell; they are counted by rows."""
        row, column = divmod(index, self.columns)
        left = self.margin + column * (self.cell[0] + self.gap)
        return left, self.margin + row * (self.row_height + self.gap)

    def within_bounds(self) -> Self:
        """Return the sheet, with smaller cells where it would be larger than may be made."""
        sheet, factor = self, 1.0
        while max(sheet.size) > MAX_SIDE:
            factor *= min(0.99, MAX_SIDE / max(sheet.size))
            sheet = self._scaled(factor)
        return sheet

    def _scaled(self, factor: float) -> Self:
        def scaled(length: int) -> int:
            return math.floor(length * factor)

        return type(self)(
            columns=self.columns,
            rows=self.rows,
            cell=(max(1, scaled(self.cell[0])), max(1, scaled(self.cell[1]))),
            gap=scaled(self.gap),
            margin=scaled(self.margin),
            corners=scaled(self.corners),
            background=self.background,
            fit=self.fit,
            has_labels=self.has_labels,
        )


def lay_out(pictures: Sequence[Open | None], labels: Sequence[str], sheet: Sheet) -> Image.Image:
    """Draw a sheet; the cell of a picture that is None stays empty, and so do missing labels."""
    canvas = Image.new("RGB", sheet.size, sheet.background)
    for index, open_picture in enumerate(pictures):
        if open_picture is not None:
            _paste(open_picture(2 * max(sheet.cell)), canvas, sheet.place(index), sheet)
    ink = _DARK if luminance(sheet.background) > 0.179 else _LIGHT
    for index, label in enumerate(labels):
        if label.strip():
            _write(label, canvas, sheet.place(index), sheet, ink)
    return canvas


def _paste(picture: Image.Image, canvas: Image.Image, place: tuple[int, int], sheet: Sheet) -> None:
    if sheet.fit == "cover":
        shown = ImageOps.fit(picture, sheet.cell, Image.Resampling.LANCZOS)
    else:
        size = within(picture.size, sheet.cell)
        shown = picture.resize(size, Image.Resampling.LANCZOS)
    left = place[0] + (sheet.cell[0] - shown.width) // 2
    top = place[1] + (sheet.cell[1] - shown.height) // 2
    mask = ImageChops.multiply(shown.getchannel("A"), _rounded(shown.size, sheet.corners))
    canvas.paste(shown, (left, top), mask)


def _rounded(size: tuple[int, int], radius: int) -> Image.Image:
    if not radius:
        return Image.new("L", size, 255)
    mask = Image.new("L", (size[0] * _FINE, size[1] * _FINE), 0)
    box = (0, 0, mask.width - 1, mask.height - 1)
    most = min(radius * _FINE, min(mask.size) // 2)
    ImageDraw.Draw(mask).rounded_rectangle(box, most, fill=255)
    return mask.resize(size, Image.Resampling.LANCZOS)


def _write(label: str, canvas: Image.Image, place: tuple[int, int], sheet: Sheet, ink: str) -> None:
    width, letters = sheet.cell[0], sheet.letters
    block = fit(label, SUBTITLES["manrope"], (width, letters), letters)
    room = sheet.row_height - sheet.cell[1]
    mask = Image.new("L", (width * _FINE, (room + letters) * _FINE), 0)
    top = (room - block.height) / 2
    block.draw(ImageDraw.Draw(mask), (width / 2, top), "center", _FINE)
    small = mask.resize((width, room + letters), Image.Resampling.LANCZOS)
    canvas.paste(ink, (place[0], place[1] + sheet.cell[1]), small)
