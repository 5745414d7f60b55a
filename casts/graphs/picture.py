"""The SVG of a graph: self-contained, without scripts, links or anything to load."""

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from casts.definition import Definition
from casts.graphs.boxes import LINES, PADDING_X, PADDING_Y, PILL_HEIGHT, Box, Line
from casts.graphs.layout import Layout, Placed, Route, laid_out
from casts.graphs.style import Theme, stylesheet
from casts.graphs.wiring import Wiring, wiring_of

MARGIN = 20.0
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg_of(definition: Definition, theme: Theme = "auto") -> str:
    """Return the SVG of a spell's steps, with its inputs at one side and its outputs at the other.

    A full arrow says that data goes along it, a dashed one that a step only waits for another.
    ``auto`` follows the viewer's light or dark. What people wrote is text in it and nothing else.
    """
    wiring = wiring_of(definition)
    layout = laid_out(wiring)
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_number(width)} {_number(height)}",
            "width": _number(width),
            "height": _number(height),
            "role": "img",
        },
    )
    _say(root, "title", f"The steps of {definition.name}")
    _say(root, "desc", described(wiring))
    _say(root, "style", stylesheet(theme))
    _add_heads(root)
    SubElement(root, "rect", {"class": "page", "width": "100%", "height": "100%", "rx": "10"})
    _add_all(SubElement(root, "g", {"transform": f"translate({MARGIN:g} {MARGIN:g})"}), layout)
    indent(root, " ")
    return tostring(root, encoding="unicode") + "\n"


def described(wiring: Wiring) -> str:
    """Say in words what the graph shows, for those who do not see it."""
    return " ".join(_sentences(wiring))


def _sentences(wiring: Wiring) -> Iterator[str]:
    inputs = ", ".join(node.name for node in wiring.of("input"))
    yield f"Inputs: {inputs}." if inputs else "It takes no inputs."
    for node in wiring.of("step"):
        step = node.step
        if step is not None:
            sources = [a.source.name for a in wiring.arrows if a.target == node]
            after = f", after {', '.join(sources)}" if sources else ""
            yield f"Step {step.key} calls {step.tool}{after}."
    for node in wiring.of("output"):
        sources = [a.source.name for a in wiring.arrows if a.target == node]
        yield (
            f"Output {node.name} comes from {', '.join(sources)}."
            if sources
            else (f"Output {node.name} is always the same.")
        )


def _add_heads(root: Element) -> None:
    definitions = SubElement(root, "defs")
    for name, style in (("head", "head"), ("head-faint", "head-faint")):
        marker = SubElement(
            definitions,
            "marker",
            {
                "id": name,
                "viewBox": "0 0 8 8",
                "refX": "7",
                "refY": "4",
                "markerWidth": "8",
                "markerHeight": "8",
                "markerUnits": "userSpaceOnUse",
                "orient": "auto",
            },
        )
        SubElement(marker, "path", {"class": style, "d": "M0 .5 7.5 4 0 7.5z"})


def _add_all(group: Element, layout: Layout) -> None:
    # Arrows first, so that they lie behind the boxes.
    for route in layout.routes:
        _add_arrow(group, route, is_sideways=layout.is_sideways)
    for placed in layout.boxes:
        _add_box(group, placed)


def _add_arrow(group: Element, route: Route, *, is_sideways: bool) -> None:
    is_faint = route.arrow.source.side == "input"
    style = "arrow from-input" if is_faint else f"arrow {route.arrow.kind}"
    SubElement(
        group,
        "path",
        {
            "class": style,
            "d": _way(route, is_sideways=is_sideways),
            "marker-end": f"url(#{'head-faint' if is_faint else 'head'})",
        },
    )


def _way(route: Route, *, is_sideways: bool) -> str:
    """Return the path of an arrow: lines through the layers, curves between them."""
    points = route.points
    across = 1 if is_sideways else 0
    way = [f"M{_pair(points[0])}"]
    for place, (begin, end) in enumerate(pairwise(points)):
        if place % 2 == 0 or begin[across] == end[across]:
            way.append(f"L{_pair(end)}")
        elif is_sideways:
            middle = (begin[0] + end[0]) / 2
            way.append(f"C{_pair((middle, begin[1]))} {_pair((middle, end[1]))} {_pair(end)}")
        else:
            middle = (begin[1] + end[1]) / 2
            way.append(f"C{_pair((begin[0], middle))} {_pair((end[0], middle))} {_pair(end)}")
    return "".join(way)


def _add_box(group: Element, placed: Placed) -> None:
    box = placed.box
    here = SubElement(
        group, "g", {"transform": f"translate({_number(placed.x)} {_number(placed.y)})"}
    )
    step = box.node.step
    if step is None:
        _add_chip(here, box)
        return
    _say(here, "title", f"{step.key}: {step.tool}")
    if step.is_each:
        # A step for each item of a list looks like a pile of boxes.
        _add_rectangle(here, "more", box, shift=5.0)
    _add_rectangle(here, "box", box)
    top = PADDING_Y
    for line in box.lines:
        _add_line(here, line, line.style, PADDING_X, top)
        top += LINES[line.style][1]
    _add_pills(here, box)


def _add_chip(here: Element, box: Box) -> None:
    side = "in" if box.node.side == "input" else "out"
    _say(here, "title", f"{box.node.side} {box.node.name}")
    _add_rectangle(here, side, box, round_=box.height / 2)
    _add_line(here, box.lines[0], f"chip chip-{side}", box.width / 2, 0)


def _add_pills(here: Element, box: Box) -> None:
    for pill in box.pills:
        size = {"width": _number(pill.width), "height": _number(PILL_HEIGHT)}
        corner = {"x": _number(pill.x), "y": _number(pill.y), "rx": _number(PILL_HEIGHT / 2)}
        SubElement(here, "rect", {"class": "pill-box", **corner, **size})
        middle = {"x": _number(pill.x + pill.width / 2), "y": _number(pill.y + 14)}
        _say(here, "text", pill.text, {"class": "pill", **middle})


def _add_rectangle(
    here: Element, style: str, box: Box, *, shift: float = 0.0, round_: float = 8.0
) -> None:
    size = {"width": _number(box.width), "height": _number(box.height), "rx": _number(round_)}
    SubElement(here, "rect", {"class": style, "x": _number(shift), "y": _number(shift), **size})


def _add_line(here: Element, line: Line, style: str, x: float, top: float) -> None:
    y = top + LINES[line.style][0]
    element = _say(here, "text", line.text, {"class": style, "x": _number(x), "y": _number(y)})
    if line.text != line.whole:
        _say(element, "title", line.whole)


def _say(parent: Element, tag: str, text: str, attributes: dict[str, str] | None = None) -> Element:
    """Add an element with a text; what XML cannot hold becomes a question mark."""
    element = SubElement(parent, tag, attributes or {})
    element.text = _NOT_XML.sub("\ufffd", text)
    return element


def _number(value: float) -> str:
    return f"{round(value, 1):g}"


def _pair(point: tuple[float, float]) -> str:
    return f"{_number(point[0])} {_number(point[1])}"
