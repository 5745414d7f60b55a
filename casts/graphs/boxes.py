"""How large the boxes of a graph are, and what stands in them."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from casts.definition import RetryPolicy, Step
from casts.definition.model import MAX_IN_FLIGHT, MAX_ITEMS
from casts.graphs.wiring import Node
from casts.spans import spoken

Style = Literal["key", "tool", "rule", "chip"]

PADDING_X, PADDING_Y = 14.0, 11.0
CHIP_HEIGHT = 28.0
PILL_HEIGHT, PILL_GAP = 20.0, 6.0
MIN_WIDTH, MAX_WIDTH = 132.0, 280.0
LONGEST_CHIP = 180.0
# How far the text is below the top of its line, and how high the line is, in pixels.
LINES: dict[Style, tuple[float, float]] = {
    "key": (14, 19),
    "tool": (12, 17),
    "rule": (12, 17),
    "chip": (18.5, CHIP_HEIGHT),
}
# Widths of a letter in pixels, rather too wide than too narrow: nobody knows the viewer's fonts.
_LETTERS: dict[Style, float] = {"key": 9.3, "tool": 7.3, "rule": 6.8, "chip": 7.3}
_PILL_LETTER = 6.4


@dataclass(frozen=True)
class Line:
    """A line of text in a box; ``text`` is cut to fit, ``whole`` is not."""

    style: Style
    text: str
    whole: str


@dataclass(frozen=True)
class Pill:
    """A policy as a small label; ``x`` and ``y`` are of its corner, within its box."""

    text: str
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Box:
    """A node with its size in pixels and what stands in it."""

    node: Node
    width: float
    height: float
    lines: tuple[Line, ...]
    pills: tuple[Pill, ...]


def box_of(node: Node) -> Box:
    """Return the box of a node."""
    if node.step is None:
        return _chip(node)
    step = node.step
    wanted = [("key", step.key), ("tool", step.tool), *(("rule", rule) for rule in _rules(step))]
    pills = list(_policies(step))
    widest = max(
        *(measured(text, _LETTERS[style]) for style, text in wanted),  # type: ignore[index]
        *(_pill_width(text) for text in pills),
        0.0,
    )
    width = min(max(widest + 2 * PADDING_X, MIN_WIDTH), MAX_WIDTH)
    room = width - 2 * PADDING_X
    lines = tuple(_line(style, text, room) for style, text in wanted)  # type: ignore[arg-type]
    top = PADDING_Y + sum(LINES[line.style][1] for line in lines)
    placed = tuple(_placed(pills, room, top + 5))
    bottom = placed[-1].y + PILL_HEIGHT if placed else top
    return Box(node, width, bottom + PADDING_Y, lines, placed)


def measured(text: str, letter: float) -> float:
    """Return about how wide a text is, in pixels; letters of East Asian scripts count twice."""
    wide = sum(1 for character in text if unicodedata.east_asian_width(character) in "WF")
    return letter * (len(text) + wide)


def _chip(node: Node) -> Box:
    line = _line("chip", node.name, LONGEST_CHIP)
    width = measured(line.text, _LETTERS["chip"]) + 2 * PADDING_X
    return Box(node, max(width, 48.0), CHIP_HEIGHT, (line,), ())


def _line(style: Style, text: str, room: float) -> Line:
    return Line(style, _cut(text, _LETTERS[style], room), text)


def _cut(text: str, letter: float, room: float) -> str:
    if measured(text, letter) <= room:
        return text
    while text and measured(text, letter) > room - letter:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _rules(step: Step) -> Iterator[str]:
    """Say what decides whether and how often the step runs."""
    if step.for_each is not None:
        yield f"for each of {_bare(step.for_each)}"
    if step.when is not None:
        yield f"when {_bare(step.when)}"


def _policies(step: Step) -> Iterator[str]:
    if step.max_items != MAX_ITEMS:
        yield f"at most {step.max_items}"
    if step.max_in_flight != MAX_IN_FLIGHT:
        yield f"{step.max_in_flight} at a time"
    if step.retry != RetryPolicy() and step.retry.attempts > 1:
        yield f"{step.retry.attempts} attempts"
    if step.on_failure == "continue":
        yield "may fail"
    if step.deadline_s is not None:
        yield f"within {_span(step.deadline_s)}"
    if step.cache_ttl_s is not None:
        yield f"cached {_span(step.cache_ttl_s)}"
    if step.resubmit:
        yield "resubmits"


def _bare(expression: str) -> str:
    text = expression.strip()
    return " ".join(text.removeprefix("${{").removesuffix("}}").split())


def _span(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    if days and not rest:
        return f"{days} d"
    return f"{seconds} s" if seconds < 120 else spoken(timedelta(seconds=seconds))


def _placed(texts: list[str], room: float, top: float) -> Iterator[Pill]:
    """Put pills side by side, and below each other where there is no room."""
    x, y = 0.0, top
    for text in texts:
        width = _pill_width(text)
        if x and x + width > room:
            x, y = 0.0, y + PILL_HEIGHT + PILL_GAP
        yield Pill(text, PADDING_X + x, y, width)
        x += width + PILL_GAP


def _pill_width(text: str) -> float:
    return measured(text, _PILL_LETTER) + 16
