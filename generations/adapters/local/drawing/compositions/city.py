"""A city at night."""

from generations.adapters.local.drawing.colours import mixed
from generations.adapters.local.drawing.compositions.sheet import Sheet

_ROWS = 4


def city(sheet: Sheet) -> None:
    """Draw rows of houses against the sky, the near ones with light in their windows."""
    drawing = sheet.drawing
    high, middle, low = (sheet.tone(tone) for tone in _hours(sheet))
    drawing.fill(drawing.gradient([(0, high, 1), (0.45, middle, 1), (0.9, low, 1)]))
    _moon(sheet)
    dark = sheet.tone(0.0)
    for row in range(_ROWS):
        share = row / (_ROWS - 1)
        colour = mixed(mixed(middle, low, 0.5), dark, 0.28 + 0.68 * share)
        base = sheet.height * (0.84 + 0.2 * share)
        _row(sheet, base, colour, share)
        if row < _ROWS - 1:
            mist = drawing.gradient([(0, low, 0), (1, low, 0.5)])
            drawing.rectangle(0, sheet.height * 0.45, sheet.width, sheet.height * 0.55, mist)


def _hours(sheet: Sheet) -> tuple[float, float, float]:
    """Return the tones of the sky: dusk, or night."""
    return (0.18, 0.5, 0.86) if sheet.chance(0.6) else (0.04, 0.2, 0.5)


def _moon(sheet: Sheet) -> None:
    drawing, light = sheet.drawing, sheet.tone(1.0)
    x, y = sheet.width * sheet.between(0.2, 0.8), sheet.height * sheet.between(0.14, 0.34)
    size = sheet.between(6, 11)
    drawing.circle(x, y, size * 3.4, drawing.glow(light, 0.5))
    drawing.circle(x, y, size, light)
    for place in sheet.random.random((round(0.5 * sheet.width), 2)):
        drawing.circle(
            place[0] * sheet.width, place[1] * sheet.height * 0.5, 0.14, light, opacity=0.7
        )


def _row(sheet: Sheet, base: float, colour: str, share: float) -> None:
    x = -sheet.between(0, 8)
    while x < sheet.width:
        wide = sheet.between(5, 10.5) * (0.75 + 0.5 * share) / sheet.amount**0.5
        tall = (
            base - sheet.height + sheet.height * sheet.between(0.22, 0.52) * (1.12 - 0.52 * share)
        )
        if sheet.chance(0.13):
            tall += sheet.height * 0.13
        _house(sheet, (x, base - tall, wide, sheet.height), colour, share)
        x += wide * sheet.between(0.96, 1.12)


def _house(sheet: Sheet, box: tuple[float, float, float, float], colour: str, share: float) -> None:
    x, top, wide, bottom = box
    drawing = sheet.drawing
    drawing.rectangle(x, top, wide, bottom - top + 2, colour)
    _roof(sheet, box, colour, share)
    if share > 0.3:
        _windows(sheet, (x, top, wide, bottom), colour, share)


def _roof(sheet: Sheet, box: tuple[float, float, float, float], colour: str, share: float) -> None:
    x, top, wide, _ = box
    drawing, kind = sheet.drawing, sheet.pick(7)
    middle = x + wide / 2
    if kind == 0:
        drawing.rectangle(middle - 0.15, top - wide * 0.9, 0.3, wide, colour)
        drawing.circle(middle, top - wide * 0.9, 0.3, sheet.ink(colour))
    elif kind == 1:
        for number in range(1, 4):
            half = wide * (0.42 - 0.11 * number)
            drawing.rectangle(middle - half, top - 1.3 * number, 2 * half, 1.5, colour)
        drawing.rectangle(middle - 0.12, top - 8.5, 0.24, 5, colour)
    elif kind == 2:
        drawing.polygon(
            [(x, top + 0.05), (x + wide, top + 0.05), (x + wide, top - wide * 0.42)], colour
        )
    elif kind == 3 and share > 0.3:
        _tank(sheet, middle - wide * 0.12, top, wide * 0.22, colour)
    elif kind == 4:
        data = f"M{x:.2f} {top + 0.05:.2f}a{wide / 2:.3f} {wide / 2.4:.3f} 0 0 1 {wide:.3f} 0Z"
        drawing.path(data, colour)
    else:
        drawing.rectangle(x + wide * 0.15, top - 1.1, wide * 0.3, 1.3, colour)


def _tank(sheet: Sheet, x: float, top: float, half: float, colour: str) -> None:
    """Put a water tank on its legs."""
    drawing = sheet.drawing
    for leg in (-0.8, 0.0, 0.8):
        drawing.rectangle(x + leg * half - 0.08, top - 1.2, 0.16, 1.3, colour)
    drawing.rectangle(x - half, top - 1.1 - 2 * half, 2 * half, 2 * half, colour)
    roof = top - 1.1 - 2 * half
    drawing.polygon([(x - half * 1.1, roof), (x + half * 1.1, roof), (x, roof - half)], colour)


def _windows(
    sheet: Sheet, box: tuple[float, float, float, float], colour: str, share: float
) -> None:
    x, top, wide, bottom = box
    step = 1.15 + 0.75 * share
    columns = int((wide - 0.8) / step)
    if columns < 1:
        return
    left = x + (wide - columns * step) / 2
    lit, kind = sheet.between(0.2, 0.6), sheet.pick(4)
    light = sheet.tone(sheet.between(0.78, 0.98))
    dim = mixed(colour, light, 0.12)
    size = (step * 0.5, step * 0.62) if kind else (step * 0.82, step * 0.34)
    down = top + step * 0.8
    while down < bottom:
        for column in range(columns):
            paint = light if sheet.chance(lit) else dim
            if paint == light and sheet.chance(0.12):
                paint = sheet.ink(colour)
            drawing_x = left + column * step + (step - size[0]) / 2
            sheet.drawing.rectangle(drawing_x, down, *size, paint)
        down += step * (1.15 if kind else 0.9)
