"""Tilings whose tiles are turned by chance (S. Truchet, 1704), by style."""

from collections.abc import Callable

from generations.adapters.local.drawing.tilings.floor import Floor
from generations.adapters.local.drawing.tilings.lines import arcs, maze, weave
from generations.adapters.local.drawing.tilings.planes import smith, triangles
from generations.adapters.local.drawing.tilings.scales import scales
from generations.adapters.local.words import TruchetStyle

STYLES: dict[TruchetStyle, Callable[[Floor], None]] = {
    "arcs": arcs,
    "maze": maze,
    "scales": scales,
    "smith": smith,
    "triangles": triangles,
    "weave": weave,
}

__all__ = ["STYLES", "Floor"]
