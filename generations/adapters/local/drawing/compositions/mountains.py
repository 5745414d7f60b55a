"""Mountains behind mountains."""

import numpy as np

from generations.adapters.local.drawing.colours import Ramp, hexadecimal, mixed
from generations.adapters.local.drawing.compositions.sheet import Sheet
from generations.adapters.local.drawing.compositions.skyline import hills, ridge
from generations.adapters.local.drawing.vectors import Points, straight

_RANGES = 6


def mountains(sheet: Sheet) -> None:
    """Draw a sky with a sun, ranges that fade with distance, mist between, and trees."""
    night = sheet.chance(0.3)
    horizon = _sky(sheet, night=night)
    count = max(3, round(_RANGES * sheet.amount**0.5))
    far = mixed(horizon, sheet.tone(0.62 if not night else 0.45), 0.45)
    depth = Ramp.of([far, mixed(far, sheet.tone(0.3), 0.75), sheet.tone(0.16), sheet.tone(0)])
    for number in range(count):
        share = number / (count - 1)
        base = sheet.height * (0.50 + 0.44 * share)
        tall = sheet.height * (0.30 - 0.16 * share)
        if number < count - 2:
            line = ridge(sheet.random, sheet.width, tall, 0.52 + 0.05 * share)
        else:
            line = hills(sheet.random, sheet.width, tall * 0.7)
        line[:, 1] += base
        colour = hexadecimal(depth.one(share * 0.97))
        _range(sheet, line, colour, mixed(colour, horizon, 0.62 * (1 - share)))
        if number >= count - 2:
            _trees(sheet, line, colour, 2.6 + 3.4 * share)


def _sky(sheet: Sheet, *, night: bool) -> str:
    """Paint the sky and what stands in it; returns the colour above the horizon."""
    drawing = sheet.drawing
    tones = (0.04, 0.2, 0.42) if night else (0.58, 0.8, 0.96)
    if not night and sheet.chance(0.45):
        tones = (0.97, 0.86, 0.66)
    high, middle, low = (sheet.tone(tone) for tone in tones)
    drawing.fill(drawing.gradient([(0, high, 1), (0.4, middle, 1), (0.72, low, 1)]))
    x, y = sheet.width * sheet.between(0.25, 0.75), sheet.height * sheet.between(0.2, 0.36)
    size = sheet.between(7, 12)
    light = sheet.tone(1.0)
    disc = light if night else _sun(sheet, middle)
    drawing.circle(x, y, size * 3.6, drawing.glow(light, 0.55))
    if night:
        _stars(sheet, light)
    drawing.circle(x, y, size, disc)
    if not night:
        _birds(sheet, (x, y), size)
    return low


def _sun(sheet: Sheet, sky: str) -> str:
    """Return the warmest ink, for a sun that stands out from the sky."""

    def warmth(ink: str) -> int:
        return 2 * int(ink[1:3], 16) - int(ink[5:7], 16) - abs(int(ink[3:5], 16) - 110)

    warm = max(sheet.palette.inks, key=warmth)
    return warm if warm != sky else sheet.tone(1.0)


def _stars(sheet: Sheet, light: str) -> None:
    for x, y in sheet.random.random((round(1.1 * sheet.width), 2)):
        size = 0.08 + 0.22 * sheet.random.random() ** 3
        sheet.drawing.circle(x * sheet.width, y * sheet.height * 0.6, size, light, opacity=0.85)


def _birds(sheet: Sheet, place: tuple[float, float], size: float) -> None:
    ink = sheet.tone(0.08)
    for _ in range(3 + sheet.pick(4)):
        x = place[0] + sheet.between(-2.2, 2.2) * size
        y = place[1] + sheet.between(-0.5, 1.4) * size
        with sheet.drawing.moved(x, y, sheet.between(-14, 14), sheet.between(0.5, 1.1)):
            sheet.drawing.path(
                "M-1.6 -.5Q-.8 -1 0 0Q.8 -1 1.6 -.5",
                "none",
                stroke=ink,
                stroke_width=0.22,
                stroke_linecap="round",
            )


def _range(sheet: Sheet, line: Points, colour: str, mist: str) -> None:
    drawing = sheet.drawing
    bottom = sheet.height + 1
    data = f"{straight(line)}L{line[-1, 0]:.2f} {bottom:.2f}L{line[0, 0]:.2f} {bottom:.2f}Z"
    top = float(line[:, 1].min())
    paint = drawing.gradient(
        [(0, colour, 1), (min(1.0, 34 / (bottom - top)), mist, 1), (1, mist, 1)]
    )
    drawing.path(data, paint)


def _trees(sheet: Sheet, line: Points, colour: str, tall: float) -> None:
    """Stand firs along a line, in groups."""
    groups = np.sin(line[:, 0] / sheet.between(7, 13) + sheet.between(0, 7))
    x = float(line[0, 0])
    while x < line[-1, 0]:
        near = float(np.interp(x, line[:, 0], groups))
        if sheet.chance(0.5 + 0.5 * near):
            foot = float(np.interp(x, line[:, 0], line[:, 1]))
            _fir(
                sheet, x, foot + 0.4, tall * sheet.between(0.55, 1.15) * (0.8 + 0.3 * near), colour
            )
        x += tall * sheet.between(0.12, 0.42)


def _fir(sheet: Sheet, x: float, foot: float, tall: float, colour: str) -> None:
    half = tall * 0.2
    right = [(0.0, -tall)]
    for level in range(1, 5):
        share = level / 4
        right += [
            (half * share, -tall * (1 - share) - 0),
            (half * share * 0.5, -tall * (1 - share)),
        ]
    points = [(x + across, foot + up) for across, up in right]
    points += [(x - across, foot + up) for across, up in reversed(right)]
    sheet.drawing.polygon(points, colour)
