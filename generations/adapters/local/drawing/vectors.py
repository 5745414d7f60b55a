"""Drawings of crisp shapes: they are written as SVG and rendered by resvg."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Self

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

Points = NDArray[np.float64]

SHORT_SIDE = 100.0
"""The length of a drawing's shorter side (or a third of its longer one), in its own units."""


class Drawing:
    """Shapes on paper. Lengths are in units of which the shorter side has 100.

    ``paint`` is a colour, ``none`` or what ``gradient`` returned.
    """

    def __init__(self, size: tuple[int, int], view: tuple[float, float]) -> None:
        self.size = size
        self.width, self.height = view
        self._parts: list[str] = []
        self._defined = 0

    @classmethod
    def of(cls, width: int, height: int) -> Self:
        """Make an empty drawing of a picture of this size in pixels."""
        unit = max(min(width, height), max(width, height) / 3) / SHORT_SIDE
        return cls((width, height), (width / unit, height / unit))

    def fill(self, paint: str) -> None:
        """Cover everything."""
        self.rectangle(0, 0, self.width, self.height, paint)

    def path(self, data: str, paint: str, **style: str | float) -> None:
        """Draw a path; ``style`` is SVG's, with underscores for hyphens."""
        self._parts.append(f'<path d="{data}" fill="{paint}"{_written(style)}/>')

    def line(self, points: Points | Sequence[Sequence[float]], paint: str, width: float) -> None:
        """Draw a line of round ends through points."""
        self.path(straight(points), "none", stroke=paint, stroke_width=width, **_ROUND)

    def polygon(
        self, points: Points | Sequence[Sequence[float]], paint: str, **style: str | float
    ) -> None:
        """Draw a closed shape with corners."""
        self.path(f"{straight(points)}Z", paint, **style)

    def circle(self, x: float, y: float, radius: float, paint: str, **style: str | float) -> None:
        """Draw a disc, or a ring if it only has a stroke."""
        self._parts.append(
            f'<circle cx="{x:.3f}" cy="{y:.3f}" r="{radius:.3f}" fill="{paint}"{_written(style)}/>'
        )

    def ellipse(
        self, x: float, y: float, across: float, down: float, paint: str, **style: str | float
    ) -> None:
        """Draw an ellipse with these radii."""
        self._parts.append(
            f'<ellipse cx="{x:.3f}" cy="{y:.3f}" rx="{across:.3f}" ry="{down:.3f}"'
            f' fill="{paint}"{_written(style)}/>'
        )

    def rectangle(
        self, x: float, y: float, width: float, height: float, paint: str, **style: str | float
    ) -> None:
        """Draw a rectangle from its upper left corner."""
        self._parts.append(
            f'<rect x="{x:.3f}" y="{y:.3f}" width="{width:.3f}" height="{height:.3f}"'
            f' fill="{paint}"{_written(style)}/>'
        )

    def gradient(
        self, stops: Sequence[tuple[float, str, float]], way: tuple[float, float] = (0, 1)
    ) -> str:
        """Return a paint that passes through stops: (place 0 to 1, colour, opacity)."""
        name = self._named()
        inside = "".join(
            f'<stop offset="{place:.4f}" stop-color="{colour}" stop-opacity="{opacity:.3f}"/>'
            for place, colour, opacity in stops
        )
        self._parts.append(
            f'<linearGradient id="{name}" x1="0" y1="0" x2="{way[0]}" y2="{way[1]}">'
            f"{inside}</linearGradient>"
        )
        return f"url(#{name})"

    def glow(self, colour: str, opacity: float) -> str:
        """Return a paint that fades from the middle of a shape to its rim."""
        name = self._named()
        stops = "".join(
            f'<stop offset="{place}" stop-color="{colour}" stop-opacity="{share * opacity:.4f}"/>'
            for place, share in ((0, 1), (0.25, 0.62), (0.5, 0.27), (0.75, 0.07), (1, 0))
        )
        self._parts.append(f'<radialGradient id="{name}">{stops}</radialGradient>')
        return f"url(#{name})"

    @contextmanager
    def moved(
        self, x: float = 0, y: float = 0, turn: float = 0, scale: float = 1
    ) -> Iterator[None]:
        """Draw what follows about another origin, turned by degrees and scaled."""
        change = f"translate({x:.3f} {y:.3f}) rotate({turn:.3f}) scale({scale:.4f})"
        with self.group(transform=change):
            yield

    @contextmanager
    def clipped(self, data: str) -> Iterator[None]:
        """Draw what follows only inside a path."""
        name = self._named()
        self._parts.append(f'<clipPath id="{name}"><path d="{data}"/></clipPath>')
        with self.group(clip_path=f"url(#{name})"):
            yield

    @contextmanager
    def group(self, **style: str | float) -> Iterator[None]:
        """Draw what follows in one style."""
        self._parts.append(f"<g{_written(style)}>")
        yield
        self._parts.append("</g>")

    def svg(self) -> str:
        """Write the drawing."""
        width, height = self.size
        head = f'width="{width}" height="{height}" viewBox="0 0 {self.width:.6f} {self.height:.6f}"'
        body = "".join(self._parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {head} preserveAspectRatio="none">'
            f"{body}</svg>"
        )

    def rendered(self) -> Image.Image:
        """Return the picture, in RGBA."""
        png = resvg_py.svg_to_bytes(svg_string=self.svg(), skip_system_fonts=True)
        with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
            return picture.convert("RGBA")

    def _named(self) -> str:
        self._defined += 1
        return f"d{self._defined}"


_ROUND = {"stroke_linecap": "round", "stroke_linejoin": "round"}


def _written(style: dict[str, str | float]) -> str:
    parts = []
    for name, value in style.items():
        text = value if isinstance(value, str) else f"{value:.3f}"
        parts.append(f' {name.replace("_", "-")}="{text}"')
    return "".join(parts)


def straight(points: Points | Sequence[Sequence[float]]) -> str:
    """Return the data of a path through points."""
    return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in points)


def curved(points: Points | Sequence[Sequence[float]], *, closed: bool = False) -> str:
    """Return the data of a smooth path through points (a Catmull-Rom spline)."""
    line = np.asarray(points, dtype=float)
    before, after = np.roll(line, 1, axis=0), np.roll(line, -1, axis=0)
    if not closed:
        before[0], after[-1] = line[0], line[-1]
    pull = (after - before) / 6
    count = len(line) if closed else len(line) - 1
    parts = [f"M{line[0][0]:.3f} {line[0][1]:.3f}"]
    for index in range(count):
        following = (index + 1) % len(line)
        first, second = line[index] + pull[index], line[following] - pull[following]
        end = line[following]
        parts.append(
            f"C{first[0]:.3f} {first[1]:.3f} {second[0]:.3f} {second[1]:.3f}"
            f" {end[0]:.3f} {end[1]:.3f}"
        )
    return "".join(parts) + ("Z" if closed else "")


def blob(random: np.random.Generator, radius: float, corners: int = 7, wobble: float = 0.2) -> str:
    """Return the data of a soft closed shape around the origin."""
    turns = (np.arange(corners) + random.uniform(-0.25, 0.25, corners)) * 2 * np.pi / corners
    away = radius * (1 + random.uniform(-wobble, wobble, corners))
    return curved(np.stack([away * np.cos(turns), away * np.sin(turns)], 1), closed=True)


def arc(x: float, y: float, radius: float, start: float, end: float) -> str:
    """Return the data of a part of a circle, from one angle to another, in degrees clockwise."""
    first, last = np.radians(start), np.radians(end)
    large = int(abs(end - start) > 180)
    sweep = int(end > start)
    return (
        f"M{x + radius * np.cos(first):.3f} {y + radius * np.sin(first):.3f}"
        f"A{radius:.3f} {radius:.3f} 0 {large} {sweep}"
        f" {x + radius * np.cos(last):.3f} {y + radius * np.sin(last):.3f}"
    )
