"""Layers by Sugiyama's method, as grandalf draws them: boxes by index, arrows as pairs of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from grandalf.graphs import Edge, Graph, Vertex
from grandalf.layouts import DummyVertex, SugiyamaLayout

from casts.graphs.geometry import Arrangement, Pair, Point, Spacing

_ROUNDS = 4


@dataclass
class _View:
    """What grandalf wants to know of a box, and what it finds out."""

    w: float
    h: float
    xy: Point = (0.0, 0.0)


@dataclass
class _Path:
    """What grandalf finds out of an arrow."""

    points: list[Point] = field(default_factory=list)

    def setpath(self, points: Iterable[Point]) -> None:
        self.points = list(points)


def arranged(
    sizes: Sequence[tuple[float, float]],
    arrows: Sequence[Pair],
    holds: Sequence[Pair],
    tops: Sequence[int],
    spacing: Spacing,
) -> Arrangement:
    """Arrange boxes of these sizes so that every arrow leads down.

    ``holds`` lead down like arrows and are not drawn. The boxes in ``tops`` form the first layer;
    all others must be below one of them. The same arguments give the same arrangement.
    """
    vertices = [_vertex(*size) for size in sizes]
    root = _vertex(1.0, 0.0)
    edges = [_edge(vertices[source], vertices[target]) for source, target in (*arrows, *holds)]
    held = [_edge(root, vertices[index]) for index in tops]
    # One root above all, because grandalf draws one connected graph at a time.
    layout = SugiyamaLayout(Graph([root, *vertices], [*held, *edges]).C[0])
    layout.xspace, layout.yspace = spacing.between, spacing.apart
    layout.dw = layout.dh = spacing.lane
    layout.init_all(roots=[root], inverted_edges=[])
    _sort_layers(layout, {vertex: index for index, vertex in enumerate(vertices)})
    layout.draw(_ROUNDS)
    return Arrangement(
        centres=tuple(vertex.view.xy for vertex in vertices),
        bends={
            pair: tuple(edge.view.points[1:-1])
            for pair, edge in zip(arrows, edges[: len(arrows)], strict=True)
        },
    )


def _sort_layers(layout: Any, indexes: dict[Any, int]) -> None:
    """Begin in the order of the boxes, so that it stays where another one gains nothing."""

    def place(vertex: Any) -> int:
        # What passes a layer has the place of the box it leads to, the last of its control points.
        return indexes.get(vertex.ctrl[max(vertex.ctrl)] if _is_passing(vertex) else vertex, -1)

    for layer in layout.layers:
        layer.sort(key=place)
        layer.setup(layout)


def _is_passing(vertex: Any) -> bool:
    return isinstance(vertex, DummyVertex)


def _vertex(width: float, height: float) -> Vertex:
    vertex = Vertex()
    vertex.view = _View(width, height)
    return vertex


def _edge(source: Vertex, target: Vertex) -> Edge:
    edge = Edge(source, target)
    edge.view = _Path()
    return edge
