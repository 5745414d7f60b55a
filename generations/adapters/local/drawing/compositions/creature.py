"""A friendly creature, as a portrait."""

from collections.abc import Callable

import numpy as np

from generations.adapters.local.drawing.colours import mixed, shaded
from generations.adapters.local.drawing.compositions.sheet import Sheet
from generations.adapters.local.drawing.palettes import luminance
from generations.adapters.local.drawing.vectors import Drawing, curved

_WHITE, _BLACK = "#fffdf7", "#1d1a20"
_DARK = 0.07  # luminance of a body on which black would not be seen


def creature(sheet: Sheet) -> None:
    """Draw one creature before a plain ground; everything about it is up to the seed."""
    drawing = sheet.drawing
    ground = sheet.palette.colours[sheet.pick(len(sheet.palette.colours))]
    body = sheet.ink(ground)
    accent = sheet.ink(ground, body)
    drawing.fill(ground)
    with drawing.moved(sheet.width / 2, sheet.height / 2 + 6):
        drawing.circle(0, -6, 44, mixed(ground, _WHITE, 0.22))
        _TOPS[sheet.pick(len(_TOPS))](sheet, body, accent)
        outline = _body(sheet)
        drawing.path(outline, body)
        with drawing.clipped(outline):
            _PATTERNS[sheet.pick(len(_PATTERNS))](sheet, body, accent)
            drawing.ellipse(0, 62, 46, 26, shaded(body, -0.07), opacity=0.55)
        _eyes(sheet, body, accent)
        _mouth(sheet, body)


def _body(sheet: Sheet) -> str:
    """Return the outline of a body that comes up from the lower edge."""
    wide, top = sheet.between(25, 33), sheet.between(-33, -24)
    shoulder, square = sheet.between(0.9, 1.25), sheet.between(0.55, 0.95)
    low = sheet.height / 2 + 2
    right = [
        (0, top),
        (wide * square * 0.72, top + 5 - 4 * square),
        (wide * 0.98, top + 22),
        (wide * 0.98 * (1 + shoulder) / 2, 20),
        (wide * shoulder * 1.1, low),
    ]
    left = [(-x, y) for x, y in reversed(right[1:])]
    return curved([*right, *left], closed=True)


def _eyes(sheet: Sheet, body: str, accent: str) -> None:
    count = (2, 2, 2, 1, 3)[sheet.pick(5)]
    size = {1: 10.5, 2: sheet.between(5.2, 8.2), 3: 5.4}[count]
    apart, y = size * sheet.between(2.1, 2.7), sheet.between(-12, -7)
    look = np.array([sheet.between(-0.3, 0.3), sheet.between(-0.25, 0.3)]) * size
    kind = sheet.pick(4) if luminance(body) > _DARK else 1 + sheet.pick(3)
    for number in range(count):
        x = (number - (count - 1) / 2) * apart
        _eye(sheet, (x, y - (3 if count == 3 and number == 1 else 0)), size, look, kind, accent)


def _eye(  # noqa: PLR0913, PLR0917 - one eye of a pair that is alike
    sheet: Sheet, place: tuple[float, float], size: float, look: np.ndarray, kind: int, accent: str
) -> None:
    drawing = sheet.drawing
    with drawing.moved(*place):
        if kind == 0:
            drawing.circle(0, 0, size * 0.55, _BLACK)
            drawing.circle(size * 0.18, -size * 0.2, size * 0.17, _WHITE)
            return
        drawing.circle(0, 0, size, _WHITE)
        with drawing.moved(*look):
            drawing.circle(0, 0, size * 0.62, accent if kind > 1 else _BLACK)
            drawing.circle(0, 0, size * 0.4, _BLACK)
            drawing.circle(size * 0.2, -size * 0.22, size * 0.17, _WHITE)
        if kind == 3:
            lid = f"M{-size} 0A{size} {size} 0 0 1 {size} 0Z"
            drawing.path(lid, shaded(accent, -0.05))


def _mouth(sheet: Sheet, body: str) -> None:
    drawing, half = sheet.drawing, sheet.between(5, 10)
    ink = _BLACK if luminance(body) > _DARK else _WHITE
    cheek = mixed(body, "#ff4d63", 0.6)
    with drawing.moved(0, sheet.between(6, 10)):
        _MOUTHS[sheet.pick(len(_MOUTHS))](drawing, half, ink)
        for side in (-1, 1):
            drawing.circle(side * (half + 7), -1, 3.1, cheek, opacity=0.55)


def _lips(drawing: Drawing, data: str, ink: str) -> None:
    drawing.path(data, "none", stroke=ink, stroke_width=1.3, stroke_linecap="round")


def _smile(drawing: Drawing, half: float, ink: str) -> None:
    _lips(drawing, f"M{-half} 0Q0 {half} {half} 0", ink)


def _laugh(drawing: Drawing, half: float, _: str) -> None:
    drawing.path(f"M{-half} 0H{half}A{half} {half} 0 0 1 {-half} 0Z", _BLACK)
    drawing.ellipse(0, half * 0.72, half * 0.5, half * 0.24, "#e0566b")
    drawing.rectangle(-half * 0.45, 0, half * 0.38, half * 0.26, _WHITE)


def _fangs(drawing: Drawing, half: float, ink: str) -> None:
    _lips(drawing, f"M{-half * 0.8} 0H{half * 0.8}", ink)
    for side in (-0.5, 0.5):
        tooth = half * side
        drawing.polygon([(tooth - 1.5, 0.2), (tooth + 1.5, 0.2), (tooth, 3.6)], _WHITE)


def _gasp(drawing: Drawing, half: float, ink: str) -> None:
    drawing.ellipse(0, 1, half * 0.36, half * 0.46, ink)


def _quiver(drawing: Drawing, half: float, ink: str) -> None:
    wave = [(x, 1.2 * (-1) ** number) for number, x in enumerate(np.linspace(-half, half, 6))]
    _lips(drawing, curved(wave), ink)


def _cat(drawing: Drawing, half: float, ink: str) -> None:
    _lips(drawing, f"M{-half} 0Q{-half / 2} 4 0 0Q{half / 2} 4 {half} 0", ink)


_MOUTHS = _smile, _laugh, _fangs, _gasp, _quiver, _cat


def _horns(sheet: Sheet, _: str, accent: str) -> None:
    for side in (-1, 1):
        with sheet.drawing.moved(side * 15, -27, side * 12):
            points = [(-5, 4), (-6, -8), (2, -16), (7, -20), (7, -10), (6, -4), (5, 6)]
            start, *bends = (f"{x * side} {y}" for x, y in points)
            sheet.drawing.path(f"M{start}C{' '.join(bends)}Z", accent)


def _ears(sheet: Sheet, body: str, accent: str) -> None:
    for side in (-1, 1):
        with sheet.drawing.moved(side * 19, -24, side * 22):
            sheet.drawing.ellipse(0, 0, 8.5, 11, body)
            sheet.drawing.ellipse(0, 1, 4.8, 6.8, accent)


def _long_ears(sheet: Sheet, body: str, accent: str) -> None:
    for side in (-1, 1):
        with sheet.drawing.moved(side * 10, -33, side * sheet.between(4, 18)):
            sheet.drawing.ellipse(0, 0, 5.6, 16, body)
            sheet.drawing.ellipse(0, 1, 2.8, 11, accent)


def _antennae(sheet: Sheet, body: str, accent: str) -> None:
    for side in (-1, 1):
        with sheet.drawing.moved(side * 7, -26):
            tip = side * sheet.between(5, 12)
            sheet.drawing.path(
                f"M0 0Q{side * 1} -9 {tip:.2f} -15", "none", stroke=body, stroke_width=2
            )
            sheet.drawing.circle(tip, -16, 3.4, accent)


def _spikes(sheet: Sheet, _: str, accent: str) -> None:
    for number in range(-3, 4):
        with sheet.drawing.moved(0, 2, number * 17):
            sheet.drawing.polygon(
                [(-4.6, -24), (0, -41 + abs(number)), (4.6, -24)],
                accent,
                stroke=accent,
                stroke_width=1.5,
                stroke_linejoin="round",
            )


def _tuft(sheet: Sheet, _: str, accent: str) -> None:
    for number in range(-2, 3):
        with sheet.drawing.moved(0, -24, number * 19):
            sheet.drawing.path("M-3.4 3C-4 -6 -2 -12 0 -17C2 -12 4 -6 3.4 3Z", accent)


def _cap(sheet: Sheet, _: str, accent: str) -> None:
    """Put a knitted cap behind the head, so that its bobble is seen."""
    with sheet.drawing.moved(0, -30):
        sheet.drawing.circle(0, -9, 6, sheet.lightest)
        sheet.drawing.path("M-24 14C-24 -12 24 -12 24 14Z", accent)


def _plain(sheet: Sheet, body: str, _: str) -> None:
    """Leave the body as it is, but for a belly."""
    sheet.drawing.ellipse(0, 44, 19, 25, mixed(body, _WHITE, 0.3))


def _spots(sheet: Sheet, body: str, accent: str) -> None:
    tone = mixed(body, accent, 0.35)
    for x, y in sheet.random.uniform([-34, -36], [34, 52], (22, 2)):
        if abs(x) > 17 or y > 22 or y < -24:
            sheet.drawing.circle(x, y, sheet.between(1.4, 3.8), tone)


def _stripes(sheet: Sheet, body: str, accent: str) -> None:
    tone = mixed(body, accent, 0.42)
    for y in np.arange(20, 60, 8.5):
        sheet.drawing.path(
            f"M-50 {y:.1f}Q0 {y + 9:.1f} 50 {y:.1f}", "none", stroke=tone, stroke_width=3.4
        )


def _scales(sheet: Sheet, body: str, accent: str) -> None:
    tone = mixed(body, accent, 0.4)
    for row in range(7):
        for column in range(-7, 8):
            x, y = column * 7 + (row % 2) * 3.5, 20 + row * 5.5
            sheet.drawing.path(
                f"M{x - 3.5:.1f} {y:.1f}a3.5 3.5 0 0 0 7 0", "none", stroke=tone, stroke_width=1
            )


Part = Callable[[Sheet, str, str], None]
_TOPS: tuple[Part, ...] = _horns, _ears, _long_ears, _antennae, _spikes, _tuft, _cap
_PATTERNS: tuple[Part, ...] = _plain, _spots, _stripes, _scales
