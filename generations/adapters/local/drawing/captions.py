"""Titles under pictures and over them."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from generations.adapters.local.drawing.lettering import SUBTITLES, TITLES, Block, fit
from generations.adapters.local.drawing.palettes import rgb
from generations.adapters.local.words import Align, FontName, Position

Colour = tuple[int, int, int]

_DARK: Colour = (24, 22, 26)
_LIGHT: Colour = (252, 250, 245)
_SUBTITLE = 0.42  # of the title's size
_SCRIM = 0.74  # how much of the picture it covers behind the text


@dataclass(frozen=True)
class Caption:
    """What is to be written, and how.

    ``letters`` is the size of the title's letters at most, of the picture's width. A ``colour`` of
    None is chosen to be readable.
    """

    text: str
    subtitle: str
    font: FontName
    letters: float
    align: Align
    background: str
    colour: str | None


@dataclass(frozen=True)
class Lettering:
    """A title and its subtitle, set in a box of a width and at most a height."""

    title: Block
    subtitle: Block | None
    align: Align

    @classmethod
    def of(cls, caption: Caption, width: int, height: int) -> "Lettering":
        """Set a caption."""
        largest = round(width * caption.letters)
        share = 0.7 if caption.subtitle else 1.0
        title = fit(caption.text, TITLES[caption.font], (width, round(height * share)), largest)
        if not caption.subtitle:
            return cls(title, None, caption.align)
        size = round(max(title.size, largest * 0.7) * _SUBTITLE)
        box = (width, round(height * 0.25))
        return cls(title, fit(caption.subtitle, SUBTITLES[caption.font], box, size), caption.align)

    @property
    def height(self) -> int:
        """From the first capitals to the last baseline."""
        return self.title.height + (self._between + self.subtitle.height if self.subtitle else 0)

    @property
    def _between(self) -> int:
        return round(self.title.size * 0.3 + self.subtitle.size * 0.35) if self.subtitle else 0

    def write(self, canvas: Image.Image, margin: int, top: int, fill: Colour) -> None:
        """Write on a canvas, between its margins."""
        scale = 4 if canvas.width <= 1600 else 2
        room = self.title.size  # for what reaches above the capitals and below the baseline
        height = self.height + 2 * room
        mask = Image.new("L", (canvas.width * scale, height * scale), 0)
        pen = ImageDraw.Draw(mask)
        start = margin if self.align == "left" else canvas.width / 2
        self.title.draw(pen, (start, room), self.align, scale)
        if self.subtitle:
            under = room + self.title.height + self._between
            self.subtitle.draw(pen, (start, under), self.align, scale)
        letters = mask.resize((canvas.width, height), Image.Resampling.LANCZOS)
        canvas.paste(fill, (0, top - room), letters)


def add_below(picture: Image.Image, caption: Caption) -> Image.Image:
    """Mount a picture on a sheet with a margin all around and the caption under it."""
    width, height = picture.size
    margin = max(8, round(min(width, height) * 0.07))
    lettering = Lettering.of(caption, width, max(1, height // 2))
    top = margin + height + round(margin * 0.85)
    bottom = top + lettering.height + round(margin * 1.15)
    canvas = Image.new("RGB", (width + 2 * margin, bottom), caption.background)
    canvas.paste(picture, (margin, margin))
    fill = rgb(caption.colour) if caption.colour else _readable_on(rgb(caption.background))
    lettering.write(canvas, margin, top, fill)
    return canvas


def add_over(picture: Image.Image, caption: Caption, position: Position) -> Image.Image:
    """Write the caption on the picture, over a scrim that fades into it."""
    width, height = picture.size
    margin = min(max(6, round(min(width, height) * 0.07)), (width - 1) // 2)
    lettering = Lettering.of(caption, width - 2 * margin, max(1, height // 2))
    last = height - margin - lettering.height
    top = {"top": margin, "center": (margin + last) // 2}.get(position, last)
    fill = rgb(caption.colour) if caption.colour else _LIGHT
    canvas = _with_scrim(picture, (top, top + lettering.height), position, _readable_on(fill))
    lettering.write(canvas, margin, top, fill)
    return canvas


def _with_scrim(
    picture: Image.Image, text: tuple[int, int], position: Position, scrim: Colour
) -> Image.Image:
    """Darken (or lighten) the picture from the first to the last row of text, fading beyond.

    At the top and the bottom it goes on to the picture's edge.
    """
    rows = np.arange(picture.height, dtype=float)
    above = text[0] - rows if position != "top" else np.zeros_like(rows)
    beneath = rows - text[1] if position != "bottom" else np.zeros_like(rows)
    fade = max(picture.height * 0.12, (text[1] - text[0]) * 0.9)
    near = (1 - np.maximum(above, beneath) / fade).clip(0, 1)
    strength = (_SCRIM * near * near * (3 - 2 * near) * 255).astype(np.uint8)
    mask = Image.fromarray(np.repeat(strength[:, None], picture.width, axis=1))
    return Image.composite(Image.new("RGB", picture.size, scrim), picture, mask)


def _readable_on(colour: Colour) -> Colour:
    """Return the text colour that contrasts more (WCAG 2.2, relative luminance)."""
    parts = np.array(colour) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    return _DARK if luminance > 0.179 else _LIGHT
