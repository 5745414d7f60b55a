"""Pictures composed of flat shapes, by style."""

from collections.abc import Callable

from generations.adapters.local.drawing.compositions.bauhaus import bauhaus
from generations.adapters.local.drawing.compositions.botanical import botanical
from generations.adapters.local.drawing.compositions.city import city
from generations.adapters.local.drawing.compositions.confetti import confetti
from generations.adapters.local.drawing.compositions.creature import creature
from generations.adapters.local.drawing.compositions.midcentury import midcentury
from generations.adapters.local.drawing.compositions.mountains import mountains
from generations.adapters.local.drawing.compositions.orbits import orbits
from generations.adapters.local.drawing.compositions.sheet import Sheet
from generations.adapters.local.words import ShapesStyle

STYLES: dict[ShapesStyle, Callable[[Sheet], None]] = {
    "bauhaus": bauhaus,
    "botanical": botanical,
    "city": city,
    "confetti": confetti,
    "creature": creature,
    "midcentury": midcentury,
    "mountains": mountains,
    "orbits": orbits,
}

__all__ = ["STYLES", "Sheet"]
