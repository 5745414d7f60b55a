"""A chart of a sun and its planets."""

from typing import Any

import numpy as np

from generations.adapters.local.drawing.colours import mixed, shaded
from generations.adapters.local.drawing.compositions.sheet import Sheet
from generations.adapters.local.drawing.vectors import arc


def orbits(sheet: Sheet) -> None:
    """Draw a sun, its planets on their orbits, moons, rings and stars."""
    drawing, random = sheet.drawing, sheet.random
    night = sheet.tone(0.0)
    line = mixed(night, sheet.tone(1.0), 0.55)
    drawing.fill(drawing.gradient([(0, night, 1), (1, mixed(night, sheet.tone(0.25), 0.7), 1)]))
    _stars(sheet, night)
    x, y = _centre(sheet)
    sun = sheet.between(7, 11)
    drawing.circle(x, y, sun * 5, drawing.glow(sheet.tone(0.75), 0.5))
    radius, number = sun * 1.75, 0
    reach = np.hypot(max(x, sheet.width - x), max(y, sheet.height - y))
    while radius < reach:
        size = float(random.choice([1.3, 2.2, 3.2, 4.6, 6.2]))
        radius += size * 1.15
        _orbit(sheet, (x, y), radius, line, dashed=number % 3 == 2)
        if sheet.chance(min(0.97, 0.85 * sheet.amount)) or number == 0:
            _planet(sheet, _seen(sheet, (x, y), radius, size), size, (x, y))
        radius += size * 1.1 + sheet.between(0.4, 2.4)
        number += 1
    _sun(sheet, (x, y), sun)


def _centre(sheet: Sheet) -> tuple[float, float]:
    """Return where the sun stands: in the middle, or near a corner."""
    if sheet.chance(0.35):
        return sheet.width / 2, sheet.height / 2
    share = [0.24, 0.76]
    return sheet.width * share[sheet.pick(2)], sheet.height * share[sheet.pick(2)]


def _stars(sheet: Sheet, night: str) -> None:
    count = round(90 * sheet.amount * sheet.width * sheet.height / 1e4)
    for x, y in sheet.random.random((count, 2)) * [sheet.width, sheet.height]:
        size = 0.1 + 0.26 * sheet.random.random() ** 4
        sheet.drawing.circle(x, y, size, mixed(night, sheet.tone(1), sheet.between(0.3, 0.95)))


def _orbit(
    sheet: Sheet, centre: tuple[float, float], radius: float, line: str, *, dashed: bool
) -> None:
    style: dict[str, Any] = {"stroke": line, "stroke_width": 0.24, "opacity": 0.8}
    if dashed:
        style["stroke_dasharray"] = "0.3 1.1"
        style["stroke_linecap"] = "round"
        style["stroke_width"] = 0.36
    sheet.drawing.circle(*centre, radius, "none", **style)
    start = sheet.between(0, 360)
    data = arc(*centre, radius, start, start + sheet.between(20, 80))
    sheet.drawing.path(data, "none", stroke=line, stroke_width=0.4, stroke_linecap="round")


def _seen(
    sheet: Sheet, centre: tuple[float, float], radius: float, size: float
) -> tuple[float, float]:
    """Return a place on an orbit that is well inside the picture, if there is one."""
    turns = sheet.random.uniform(0, 2 * np.pi, 40)
    places = np.array(centre) + radius * np.stack([np.cos(turns), np.sin(turns)], 1)
    room = np.minimum(places, [sheet.width, sheet.height] - places).min(1)
    good = np.flatnonzero(room > size + 3)
    x, y = places[good[0] if len(good) else int(room.argmax())]
    return float(x), float(y)


def _planet(
    sheet: Sheet, place: tuple[float, float], size: float, sun: tuple[float, float]
) -> None:
    drawing = sheet.drawing
    colour = (
        sheet.tone(sheet.between(0.35, 0.95))
        if sheet.chance(0.3)
        else sheet.ink(sheet.tone(0), sheet.tone(0.16))
    )
    turn = float(np.degrees(np.arctan2(place[1] - sun[1], place[0] - sun[0])))
    with drawing.moved(*place, turn):
        drawing.circle(0, 0, size, colour)
        disc = f"M{-size} 0A{size} {size} 0 1 1 {size} 0A{size} {size} 0 1 1 {-size} 0Z"
        with drawing.clipped(disc):
            if size > 3:
                _belts(sheet, size, colour)
            inner = f"A{size * 1.9:.3f} {size * 1.9:.3f} 0 0 0 0 {-size}Z"
            shade = f"M0 {-size}A{size} {size} 0 0 1 0 {size}{inner}"
            drawing.path(shade, sheet.tone(0), opacity=0.5)
        if size > 2 and sheet.chance(0.45):
            _ring(sheet, size, colour)
    if size > 1.4 and sheet.chance(0.6):
        _moons(sheet, place, size)


def _belts(sheet: Sheet, size: float, colour: str) -> None:
    with sheet.drawing.moved(turn=sheet.between(50, 130)):
        for share in sheet.random.uniform(-0.9, 0.7, 4):
            tone = shaded(colour, sheet.between(-0.1, 0.12))
            sheet.drawing.rectangle(
                -size, share * size, 2 * size, sheet.between(0.1, 0.35) * size, tone
            )


def _ring(sheet: Sheet, size: float, colour: str) -> None:
    light = shaded(colour, 0.14)
    with sheet.drawing.moved(turn=sheet.between(40, 140)):
        for reach, width in ((1.55, 0.16), (1.85, 0.07)):
            left = f"M{-size * 0.93:.3f} {size * 0.12:.3f}"
            across, down = size * reach, size * reach * 0.24
            data = f"{left}A{across:.3f} {down:.3f} 0 1 0 {size * 0.93:.3f} {size * 0.12:.3f}"
            style = {"stroke": light, "stroke_linecap": "round"}
            sheet.drawing.path(data, "none", stroke_width=size * width, **style)


def _moons(sheet: Sheet, place: tuple[float, float], size: float) -> None:
    for number in range(1 + sheet.pick(2)):
        turn, away = sheet.between(0, 2 * np.pi), size * (1.45 + 0.4 * number)
        x, y = place[0] + away * np.cos(turn), place[1] + away * np.sin(turn)
        sheet.drawing.circle(x, y, max(0.3, size * 0.13), sheet.tone(0.9))


def _sun(sheet: Sheet, centre: tuple[float, float], size: float) -> None:
    drawing = sheet.drawing
    with drawing.moved(*centre):
        rays = 24 if sheet.chance(0.5) else 36
        for number in range(rays):
            long = 1.42 if number % 2 else 1.24
            with drawing.moved(turn=360 / rays * number):
                drawing.path(
                    f"M{size * 1.12:.3f} 0H{size * long:.3f}",
                    "none",
                    stroke=sheet.tone(0.85),
                    stroke_width=0.35,
                    stroke_linecap="round",
                )
        drawing.circle(0, 0, size, sheet.tone(0.82))
        drawing.circle(0, 0, size * 0.72, sheet.tone(0.9))
        drawing.circle(0, 0, size * 0.42, sheet.tone(1.0))
