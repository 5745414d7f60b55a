"""Cards that show the colours of a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

from generations.adapters.local.drawing.lettering import SUBTITLES, TITLES, fit
from generations.adapters.local.drawing.palettes import rgb
from generations.adapters.local.drawing.pictures import within

Share = tuple[str, float]

_PAPER = "#faf8f3"
_TEXT = (38, 36, 40)
_FAINT = (138, 133, 128)
_SCALE = 3  # round corners and letters are drawn so much larger, and scaled down
_ROW = 6  # swatches in a row at most
_SMALLEST = 9  # pixels of letters


@dataclass(frozen=True)
class Measures:
    """The lengths of a card of some width, all in pixels."""

    width: int

    @property
    def margin(self) -> int:
        """Around everything."""
        return round(self.width * 0.055)

    @property
    def room(self) -> int:
        """Between the margins."""
        return self.width - 2 * self.margin

    @property
    def gap(self) -> int:
        """Between two things."""
        return round(self.width * 0.026)


def study(picture: Image.Image, colours: Sequence[Share], width: int) -> Image.Image:
    """Mount a picture on a card, and under it its colours: a bar of shares, and named swatches."""
    card = Measures(width)
    size = within(picture.size, (card.room, round(card.room * 1.2)))
    bar = max(4, round(width * 0.02))
    top = card.margin + size[1] + card.gap
    per_row = min(_ROW, len(colours)) if len(colours) != 8 else 4
    side = (card.room - (per_row - 1) * card.gap) // per_row
    tall = round(min(side, card.room / 4) * 0.8) + round(width * 0.075)
    rows = -(-len(colours) // per_row)
    height = top + bar + card.gap + rows * (tall + card.gap) - card.gap + card.margin
    sheet = Image.new("RGB", (width, height), _PAPER)
    shown = picture.resize(size, Image.Resampling.LANCZOS)
    sheet.paste(shown, (card.margin + (card.room - size[0]) // 2, card.margin), shown)
    sheet.paste(_bar(colours, (card.room, bar)), (card.margin, top))
    for number, share in enumerate(colours):
        left = card.margin + number % per_row * (side + card.gap)
        down = top + bar + card.gap + number // per_row * (tall + card.gap)
        sheet.paste(_swatch(share, (side, tall), round(width * 0.075)), (left, down))
    return sheet


def strip(colours: Sequence[Share], width: int) -> Image.Image:
    """Show nothing but the colours, side by side, as wide as their shares."""
    return _bar(colours, (width, max(48, width // 4)))


def _bar(colours: Sequence[Share], size: tuple[int, int]) -> Image.Image:
    """Return a bar of this size, each colour as long as its share."""
    bar = Image.new("RGB", size)
    sums = [sum(share for _, share in colours[:count]) for count in range(len(colours) + 1)]
    edges = [round(part / sums[-1] * size[0]) for part in sums]
    for (colour, _), (left, right) in zip(colours, pairwise(edges), strict=True):
        bar.paste(rgb(colour), (left, 0, right, size[1]))
    return bar


def _swatch(share: Share, size: tuple[int, int], label: int) -> Image.Image:
    """Return a swatch with round corners over a label: the colour's name and its share."""
    colour, part = share
    width, height = (length * _SCALE for length in size)
    swatch = Image.new("RGB", (width, height), _PAPER)
    pen = ImageDraw.Draw(swatch)
    field = height - label * _SCALE
    radius = min(width, field) // 9
    pen.rounded_rectangle((0, 0, width - 1, field - 1), radius, fill=rgb(colour))
    percent = f"{part:.0%}" if part >= 0.01 else "<1%"
    lines = (
        (colour.upper(), TITLES["manrope"], 0.36, 0.24, _TEXT),
        (percent, SUBTITLES["manrope"], 0.3, 0.68, _FAINT),
    )
    for text, face, letters, down, fill in lines:
        block = fit(text, face, (size[0], label), max(_SMALLEST, round(label * letters)))
        mask = Image.new("L", swatch.size)
        place = (1, size[1] - label + label * down)
        block.draw(ImageDraw.Draw(mask), place, "left", _SCALE)
        swatch.paste(fill, (0, 0), mask)
    return swatch.resize(size, Image.Resampling.LANCZOS)
