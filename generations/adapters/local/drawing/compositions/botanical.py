"""Leaves and flowers before discs and arches."""

from collections.abc import Callable

import numpy as np

from generations.adapters.local.drawing.colours import mixed
from generations.adapters.local.drawing.compositions.sheet import Sheet
from generations.adapters.local.drawing.palettes import luminance
from generations.adapters.local.drawing.vectors import Points, blob, curved


def botanical(sheet: Sheet) -> None:
    """Let some stems grow from the lower edge, each with leaves or flowers of one kind."""
    paper = sheet.palette.paper
    sheet.drawing.fill(paper)
    _backdrop(sheet)
    count = max(3, round(7 * sheet.amount * sheet.width / 100))
    kinds = [_STEMS[(sheet.pick(len(_STEMS)) + number) % len(_STEMS)] for number in range(count)]
    places = (np.arange(count) + 0.5) / count
    order = sheet.random.permutation(count)
    for number in order:
        x = sheet.width * (0.10 + 0.80 * places[number]) + sheet.between(-3, 3)
        middle = 1 - abs(places[number] - 0.5) * 2
        tall = sheet.height * sheet.between(0.42, 0.6) + sheet.height * 0.26 * middle
        lean = (places[number] - 0.5) * 26 + sheet.between(-6, 6)
        kinds[number](sheet, _stem(sheet, x, tall, lean), tall)


def _backdrop(sheet: Sheet) -> None:
    """Put a soft shape or two behind the plants."""
    drawing, paper = sheet.drawing, sheet.palette.paper
    soft = [ink for ink in sheet.palette.inks if 0.1 < luminance(ink) < 0.75]
    colour = soft[sheet.pick(len(soft))] if soft else sheet.ink(paper)
    first, second = mixed(paper, colour, 0.45), mixed(paper, sheet.ink(paper, colour), 0.62)
    x, kind = sheet.width * sheet.between(0.34, 0.66), sheet.pick(3)
    size = sheet.between(24, 32)
    if kind == 0:
        drawing.circle(x, sheet.height * 0.4, size, first)
    elif kind == 1:
        top = sheet.height * 0.5 - size
        half = size * 0.95
        drawing.path(
            f"M{x - half:.2f} {sheet.height + 2:.2f}V{top + half:.2f}A{half:.2f} {half:.2f} 0 0 1"
            f" {x + half:.2f} {top + half:.2f}V{sheet.height + 2:.2f}Z",
            first,
        )
        drawing.circle(x + size * 0.55, top + size * 0.1, size * 0.3, second)
    else:
        with drawing.moved(x, sheet.height * 0.45):
            drawing.path(blob(sheet.random, size * 1.15, 8, 0.16), first)
        drawing.circle(x - size * 0.8, sheet.height * 0.24, size * 0.28, second)


def _stem(sheet: Sheet, x: float, tall: float, lean: float) -> Points:
    """Return points along a stem, from the lower edge to its tip."""
    share = np.linspace(0, 1, 24)
    sway = sheet.between(-5, 5)
    across = x + lean * share**1.6 + sway * np.sin(share * np.pi)
    return np.stack([across, sheet.height + 2 - tall * share], 1)


def _greens(sheet: Sheet) -> tuple[str, str]:
    """Return the ink of a plant and that of its stem."""
    ink = sheet.ink(sheet.palette.paper)
    return ink, mixed(ink, sheet.darkest if not sheet.palette.is_dark else sheet.lightest, 0.35)


def _drawn(sheet: Sheet, stem: Points, ink: str, width: float = 0.7) -> None:
    sheet.drawing.path(curved(stem), "none", stroke=ink, stroke_width=width, stroke_linecap="round")


def _along(stem: Points, share: float) -> tuple[float, float, float]:
    """Return a place on a stem and the direction it grows in, in degrees."""
    place = share * (len(stem) - 1)
    index = min(int(place), len(stem) - 2)
    point = stem[index] + (stem[index + 1] - stem[index]) * (place - index)
    way = stem[index + 1] - stem[index]
    return float(point[0]), float(point[1]), float(np.degrees(np.arctan2(way[1], way[0])))


def _leaf(long: float, wide: float) -> str:
    return (
        f"M0 0C{long * 0.25:.3f} {-wide:.3f} {long * 0.75:.3f} {-wide:.3f} {long:.3f} 0"
        f"C{long * 0.75:.3f} {wide:.3f} {long * 0.25:.3f} {wide:.3f} 0 0Z"
    )


def _pinnate(sheet: Sheet, stem: Points, tall: float) -> None:
    """Draw pairs of slender leaves."""
    ink, line = _greens(sheet)
    _drawn(sheet, stem, line)
    pairs = round(tall / 5.2)
    for number in range(pairs):
        share = 0.24 + 0.72 * number / pairs
        x, y, turn = _along(stem, share)
        long = 11 * (1.1 - 0.6 * share)
        for side in (-1, 1):
            with sheet.drawing.moved(x, y, turn + side * 48):
                sheet.drawing.path(_leaf(long, long * 0.2), ink)
                sheet.drawing.path(f"M1 0H{long * 0.8:.2f}", "none", stroke=line, stroke_width=0.18)
    x, y, turn = _along(stem, 1)
    with sheet.drawing.moved(x, y, turn):
        sheet.drawing.path(_leaf(6, 1.3), ink)


def _broad(sheet: Sheet, stem: Points, tall: float) -> None:
    """Draw few broad leaves in turn."""
    ink, line = _greens(sheet)
    _drawn(sheet, stem, line, 0.9)
    count = max(4, round(tall / 9))
    for number in range(count):
        share = 0.3 + 0.68 * number / count
        x, y, turn = _along(stem, share)
        long = 19 * (1.15 - 0.62 * share)
        with sheet.drawing.moved(x, y, turn + (50 if number % 2 else -50)):
            sheet.drawing.path(_leaf(long, long * 0.34), ink)
            sheet.drawing.path(f"M0 0H{long * 0.86:.2f}", "none", stroke=line, stroke_width=0.25)
            for vein in range(1, 5):
                base = long * 0.16 * vein
                for side in (-1, 1):
                    tip = f"{base + long * 0.13:.2f} {side * long * 0.17:.2f}"
                    sheet.drawing.path(
                        f"M{base:.2f} 0L{tip}", "none", stroke=line, stroke_width=0.16
                    )


def _round_leaves(sheet: Sheet, stem: Points, tall: float) -> None:
    """Draw round leaves like coins, as of eucalyptus."""
    ink, line = _greens(sheet)
    other = mixed(ink, sheet.palette.paper, 0.3)
    _drawn(sheet, stem, line)
    count = round(tall / 4.4)
    for number in range(count):
        share = 0.2 + 0.78 * number / count
        x, y, turn = _along(stem, share)
        size = 3.5 * (1.2 - 0.62 * share)
        side = 1 if number % 2 else -1
        with sheet.drawing.moved(x, y, turn + side * 58):
            sheet.drawing.path(f"M0 0H{size:.2f}", "none", stroke=line, stroke_width=0.35)
            sheet.drawing.ellipse(size * 1.5, 0, size, size * 0.86, ink if side > 0 else other)


def _berries(sheet: Sheet, stem: Points, tall: float) -> None:
    """Draw twigs with berries."""
    ink, line = _greens(sheet)
    berry = sheet.ink(sheet.palette.paper, ink)
    _drawn(sheet, stem, line)
    count = round(tall / 6)
    for number in range(count):
        x, y, turn = _along(stem, 0.34 + 0.64 * number / count)
        side = 1 if number % 2 else -1
        long = sheet.between(5, 8.5)
        with sheet.drawing.moved(x, y, turn + side * sheet.between(35, 55)):
            sheet.drawing.path(
                f"M0 0Q{long / 2:.2f} {-side:.2f} {long:.2f} 0",
                "none",
                stroke=line,
                stroke_width=0.4,
            )
            sheet.drawing.circle(long, 0, sheet.between(1.1, 1.6), berry)
            sheet.drawing.circle(long * 0.62, side * 1.1, sheet.between(0.7, 1.1), berry)


def _flower(sheet: Sheet, stem: Points, _: float) -> None:
    """Draw one large flower."""
    ink, line = _greens(sheet)
    petal = sheet.ink(sheet.palette.paper, ink)
    heart = sheet.ink(petal)
    _drawn(sheet, stem, line, 0.8)
    for number, share in enumerate((0.34, 0.5, 0.66)):
        x, y, turn = _along(stem, share)
        with sheet.drawing.moved(x, y, turn + (42 if number % 2 else -42)):
            sheet.drawing.path(_leaf(12 - 2 * number, 2.3), ink)
    x, y, turn = _along(stem, 1)
    petals, size = 7 + sheet.pick(7), sheet.between(7, 10)
    with sheet.drawing.moved(x, y, turn):
        for layer, scale in ((petal, 1.0), (mixed(petal, heart, 0.35), 0.66)):
            for number in range(petals):
                with sheet.drawing.moved(
                    turn=360 / petals * (number + (scale < 1) / 2), scale=scale
                ):
                    sheet.drawing.path(_leaf(size, size * 0.3), layer)
        sheet.drawing.circle(0, 0, size * 0.24, heart)


def _tulip(sheet: Sheet, stem: Points, tall: float) -> None:
    """Draw a cup of three petals with two long leaves."""
    ink, line = _greens(sheet)
    cup = sheet.ink(sheet.palette.paper, ink)
    _drawn(sheet, stem, line, 0.9)
    for side, share in ((-1, 0.08), (1, 0.16)):
        x, y, turn = _along(stem, share)
        with sheet.drawing.moved(x, y, turn + side * 20):
            sheet.drawing.path(_leaf(tall * 0.5, 3.4), ink)
    x, y, turn = _along(stem, 1)
    with sheet.drawing.moved(x, y, turn + 90):
        sheet.drawing.path(
            "M-4.6 -6C-6.5 1 -3 4.4 0 4.4C3 4.4 6.5 1 4.6 -6L2.3 -2.6L0 -7L-2.3 -2.6Z", cup
        )
        sheet.drawing.path(
            "M0 -7C-3.6 -2 -2.6 3.4 0 4.4C2.6 3.4 3.6 -2 0 -7Z", mixed(cup, sheet.lightest, 0.25)
        )


_STEMS: tuple[Callable[[Sheet, Points, float], None], ...] = (
    _pinnate,
    _flower,
    _round_leaves,
    _broad,
    _berries,
    _tulip,
)
