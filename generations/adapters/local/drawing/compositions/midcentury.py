"""The shapes of the fifties: boomerangs, starbursts, beads on strings."""

import numpy as np

from generations.adapters.local.drawing.colours import mixed
from generations.adapters.local.drawing.compositions.sheet import Sheet
from generations.adapters.local.drawing.vectors import curved


def midcentury(sheet: Sheet) -> None:
    """Draw large soft shapes that shine through each other, strings of beads, and starbursts."""
    drawing, paper = sheet.drawing, sheet.palette.paper
    drawing.fill(paper)
    blend = "screen" if sheet.palette.is_dark else "multiply"
    inks = list(dict.fromkeys(sheet.palette.inks))
    for number, (x, y) in enumerate(_spread(sheet, max(3, round(5 * sheet.amount)))):
        ink = mixed(inks[number % len(inks)], paper, 0.12)
        with (
            drawing.group(style=f"mix-blend-mode:{blend}"),
            drawing.moved(x, y, sheet.between(0, 360), sheet.between(15, 23)),
        ):
            _SOFT[number % len(_SOFT)](sheet, ink)
    line = sheet.darkest if not sheet.palette.is_dark else sheet.lightest
    strings = max(2, round((3 + sheet.pick(2)) * sheet.width / 100))
    for number in range(strings):
        _string(sheet, sheet.width * (number + sheet.between(0.15, 0.85)) / strings, line)
    for x, y in _spread(sheet, max(3, round(6 * sheet.amount))):
        with drawing.moved(x, y, sheet.between(0, 45), sheet.between(3.5, 7.5)):
            _burst(sheet, line)


def _spread(sheet: Sheet, count: int) -> list[tuple[float, float]]:
    """Return places that lie far apart, each the best of some tries."""
    size = np.array([sheet.width, sheet.height])
    places = [sheet.random.uniform(0.2, 0.8, 2) * size]
    while len(places) < count:
        tries = sheet.random.uniform(0.06, 0.94, (24, 2)) * size
        away = np.hypot(*(tries[:, None] - np.array(places)).transpose(2, 0, 1)).min(1)
        places.append(tries[int(away.argmax())])
    return [(float(x), float(y)) for x, y in places]


def _boomerang(sheet: Sheet, ink: str) -> None:
    bend = sheet.between(0.5, 0.8)
    points = [
        (-1.15, 0.5),
        (-0.7, -0.25),
        (0, -0.62),
        (0.7, -0.25),
        (1.15, 0.5),
        (0.85, 0.68),
        (0.42, 0.68 - bend),
        (0, 0.52 - bend),
        (-0.42, 0.68 - bend),
        (-0.85, 0.68),
    ]
    sheet.drawing.path(curved(points, closed=True), ink)


def _kidney(sheet: Sheet, ink: str) -> None:
    dent = sheet.between(0.0, 0.25)
    points = [
        (-1, 0),
        (-0.6, -0.62),
        (0.1, -0.7),
        (0.85, -0.5),
        (1.1, 0.1),
        (0.8, 0.62),
        (0.3, 0.5),
        (-0.05, dent),
        (-0.45, 0.5),
    ]
    sheet.drawing.path(curved(points, closed=True), ink)


def _disc(sheet: Sheet, ink: str) -> None:
    sheet.drawing.circle(0, 0, 0.8, ink)


def _drop(sheet: Sheet, ink: str) -> None:
    sheet.drawing.path(
        "M0 -1.2C.25 -.5 .8 -.2 .8 .4A.8 .8 0 0 1 -.8 .4C-.8 -.2 -.25 -.5 0 -1.2Z", ink
    )


def _lens(sheet: Sheet, ink: str) -> None:
    sheet.drawing.path("M-1.3 0Q0 -1.15 1.3 0Q0 1.15 -1.3 0Z", ink)


def _string(sheet: Sheet, x: float, line: str) -> None:
    """Hang diamonds and beads on a string from edge to edge."""
    drawing, paper = sheet.drawing, sheet.palette.paper
    drawing.rectangle(x - 0.16, -1, 0.32, sheet.height + 2, line)
    y = sheet.between(4, 14)
    while y < sheet.height - 3:
        ink, kind = sheet.ink(paper), sheet.pick(4)
        half = sheet.between(1.3, 2.6)
        if kind == 0:
            drawing.circle(x, y, half * 0.8, ink)
        elif kind == 1:
            tall = half * sheet.between(1.8, 3.4)
            drawing.path(
                f"M{x:.2f} {y - tall:.2f}L{x + half:.2f} {y:.2f}L{x:.2f} {y + tall:.2f}"
                f"L{x - half:.2f} {y:.2f}Z",
                ink,
            )
            drawing.path(
                f"M{x:.2f} {y - tall:.2f}L{x + half:.2f} {y:.2f}L{x:.2f} {y + tall:.2f}Z",
                mixed(ink, line, 0.28),
            )
        elif kind == 2:
            drawing.ellipse(x, y, half * 1.2, half * 0.5, ink)
        else:
            drawing.circle(x, y, half * 0.7, paper, stroke=line, stroke_width=0.35)
            drawing.circle(x, y, half * 0.3, ink)
        y += sheet.between(8, 19)


def _burst(sheet: Sheet, line: str) -> None:
    """Draw a starburst: long thin rays and short ones, with beads at their ends."""
    drawing, ink = sheet.drawing, sheet.ink(sheet.palette.paper)
    if sheet.chance(0.45):
        points = []
        for corner in range(16):
            away = (1.0 if corner % 4 == 0 else 0.55) if corner % 2 == 0 else 0.13
            turn = corner * np.pi / 8
            points.append((away * np.cos(turn), away * np.sin(turn)))
        drawing.polygon(points, ink)
        return
    rays = 10 + 2 * sheet.pick(3)
    for number in range(rays):
        with drawing.moved(turn=360 / rays * number):
            away = 1.0 if number % 2 else 0.72
            drawing.path(f"M0 0H{away}", "none", stroke=line, stroke_width=0.045)
            drawing.circle(away, 0, 0.085, ink if number % 2 else line)


_SOFT = _boomerang, _disc, _kidney, _drop, _lens
