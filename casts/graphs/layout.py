"""Where the boxes of a graph lie and how its arrows run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from casts.graphs.boxes import Box, box_of
from casts.graphs.geometry import Arrangement, Pair, Point, Spacing
from casts.graphs.wiring import Arrow, Node, Wiring

SPACING = Spacing(between=26.0, apart=44.0, lane=12.0)
# A graph that grows wider than this downwards goes to the right, if that is narrower.
WIDEST = 1_100.0
# So many bends lead arrows around boxes; the longest arrows of a huge spell run behind them.
MAX_BENDS = 400
_PORTS_APART = 14.0
# An arrow is straight for so long before its head.
_STUB = 10.0


@dataclass(frozen=True)
class Placed:
    """A box with the place of its upper left corner."""

    box: Box
    x: float
    y: float


@dataclass(frozen=True)
class Route:
    """An arrow and its points: straight from an even one to the next, curved from an odd one."""

    arrow: Arrow
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Layout:
    """Everything with its place; the arrows go down, or to the right if ``is_sideways``."""

    width: float
    height: float
    is_sideways: bool
    boxes: tuple[Placed, ...]
    routes: tuple[Route, ...]


def laid_out(wiring: Wiring) -> Layout:
    """Return the layout of a graph; equal graphs get equal ones."""
    ranks = _ranks(wiring)
    boxes = [box_of(node) for node in wiring.nodes]
    is_sideways = _goes_right(boxes, ranks)
    return _Drawing(wiring, ranks, boxes, is_sideways=is_sideways).layout()


def _ranks(wiring: Wiring) -> list[int]:
    """Return the layer of each node: below all that leads to it; the outputs in the last one."""
    sources: dict[Node, list[Node]] = {node: [] for node in wiring.nodes}
    for arrow in wiring.arrows:
        sources[arrow.target].append(arrow.source)
    ranks: dict[Node, int] = dict.fromkeys(wiring.of("input"), 0)
    highest = 1 if ranks else 0
    for node in TopologicalSorter(sources).static_order():
        if node.side == "step":
            ranks[node] = max([highest, *(ranks[source] + 1 for source in sources[node])])
    last = max(ranks.values()) + 1
    return [ranks.get(node, last) for node in wiring.nodes]


def _goes_right(boxes: Sequence[Box], ranks: Sequence[int]) -> bool:
    layers = [[b for b, r in zip(boxes, ranks, strict=True) if r == n] for n in {*ranks}]
    down = max(sum(box.width + SPACING.between for box in layer) for layer in layers)
    right = sum(max(box.width for box in layer) + SPACING.apart for layer in layers)
    return down > WIDEST and right < down


class _Drawing:
    """The graph as if its arrows went down; turned in the end where they go to the right."""

    def __init__(
        self, wiring: Wiring, ranks: Sequence[int], boxes: Sequence[Box], *, is_sideways: bool
    ) -> None:
        self._ranks, self._boxes, self._is_sideways = ranks, boxes, is_sideways
        self._sizes = [(b.height, b.width) if is_sideways else (b.width, b.height) for b in boxes]
        index = {node: place for place, node in enumerate(wiring.nodes)}
        self._arrows = {(index[a.source], index[a.target]): a for a in wiring.arrows}
        self._outputs = [index[node] for node in wiring.of("output")]
        self._steps = [index[node] for node in wiring.of("step")]
        self._arrangement = self._arranged()
        self._bands = self._layer_bands()
        self._leaves, self._reaches = self._ports(0), self._ports(1)

    def layout(self) -> Layout:
        corners = [self._corner(place) for place in range(len(self._boxes))]
        routes = {pair: self._route(pair) for pair in self._arrows}
        ends = [(x + w, y + h) for (x, y), (w, h) in zip(corners, self._sizes, strict=True)]
        everything = [*corners, *ends, *(point for route in routes.values() for point in route)]
        left, top = (min(point[axis] for point in everything) for axis in (0, 1))
        across, along = max(p[0] for p in everything) - left, max(p[1] for p in everything) - top

        def turned(point: Point) -> Point:
            x, y = round(point[0] - left, 1), round(point[1] - top, 1)
            return (y, x) if self._is_sideways else (x, y)

        width, height = (along, across) if self._is_sideways else (across, along)
        return Layout(
            width=round(width, 1),
            height=round(height, 1),
            is_sideways=self._is_sideways,
            boxes=tuple(
                Placed(box, *turned(corner))
                for box, corner in zip(self._boxes, corners, strict=True)
            ),
            routes=tuple(
                Route(self._arrows[pair], tuple(map(turned, route)))
                for pair, route in routes.items()
            ),
        )

    def _arranged(self) -> Arrangement:
        # grandalf loads numpy, which processes that draw nothing need not hold.
        from casts.graphs.sugiyama import arranged  # noqa: PLC0415

        tops = [place for place, rank in enumerate(self._ranks) if rank == 0]
        return arranged(self._sizes, self._led(), self._holds(tops), tops, SPACING)

    def _led(self) -> list[Pair]:
        """Return the arrows that are led around boxes, the shortest first, up to a limit."""
        led: list[Pair] = []
        bends = 0
        for pair in sorted(self._arrows, key=self._length):
            bends += self._length(pair) - 1
            if bends > MAX_BENDS:
                break
            led.append(pair)
        return led

    def _holds(self, tops: Sequence[int]) -> list[Pair]:
        """Hold steps that nothing leads to below the inputs, and outputs below all steps."""
        led_to = {target for _, target in self._arrows}
        lowest = max(self._steps, key=lambda place: self._ranks[place])
        held = [
            (tops[len(tops) // 2], place)
            for place in self._steps
            if place not in led_to and self._ranks[place]
        ]
        return held + [
            (lowest, place) for place in self._outputs if (lowest, place) not in self._arrows
        ]

    def _length(self, pair: Pair) -> int:
        return self._ranks[pair[1]] - self._ranks[pair[0]]

    def _layer_bands(self) -> dict[int, tuple[float, float]]:
        """Return where each layer begins and ends, along the way of the arrows."""
        bands: dict[int, tuple[float, float]] = {}
        for rank, (_, y), (_, height) in zip(
            self._ranks, self._arrangement.centres, self._sizes, strict=True
        ):
            half = max(height / 2, y - bands[rank][0] if rank in bands else 0.0)
            bands[rank] = (y - half, y + half)
        return bands

    def _corner(self, place: int) -> Point:
        (x, y), (width, height) = self._arrangement.centres[place], self._sizes[place]
        return x - width / 2, y - height / 2

    def _route(self, pair: Pair) -> list[Point]:
        """Lead an arrow from box to box, straight through every layer in between."""
        source, target = pair
        begin, end = self._leaves[pair], self._reaches[pair]
        points = [begin, (begin[0], self._bands[self._ranks[source]][1])]
        for rank, bend in enumerate(
            self._arrangement.bends.get(pair, ()), start=self._ranks[source] + 1
        ):
            points += [(bend[0], edge) for edge in self._bands[rank]]
        return [*points, (end[0], self._bands[self._ranks[target]][0] - _STUB), end]

    def _ports(self, side: int) -> dict[Pair, Point]:
        """Return where each arrow leaves its box (side 0) or reaches it (side 1)."""
        of_box: dict[int, list[Pair]] = {}
        for pair in sorted(self._arrows, key=lambda pair: self._goes_by(pair, side)):
            of_box.setdefault(pair[side], []).append(pair)
        return {
            pair: port
            for place, pairs in of_box.items()
            for pair, port in zip(pairs, self._spread(place, len(pairs), side), strict=True)
        }

    def _spread(self, place: int, count: int, side: int) -> Iterator[Point]:
        (x, y), (width, height) = self._arrangement.centres[place], self._sizes[place]
        apart = min(_PORTS_APART, max(width - 40, 0) / max(count - 1, 1))
        for number in range(count):
            shift = (number - (count - 1) / 2) * apart
            yield x + shift, y + (height / 2 if side == 0 else -height / 2)

    def _goes_by(self, pair: Pair, side: int) -> float:
        """Return how far to the right the next place on an arrow's way is."""
        bends = self._arrangement.bends.get(pair)
        if bends:
            return bends[0 if side == 0 else -1][0]
        return self._arrangement.centres[pair[1 - side]][0]
