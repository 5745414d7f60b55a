"""Textures made of noise, by style."""

from collections.abc import Callable

from generations.adapters.local.drawing.colours import Singles
from generations.adapters.local.drawing.textures.fluids import silk, water
from generations.adapters.local.drawing.textures.ground import Ground
from generations.adapters.local.drawing.textures.relief import contours, papercut, terrain
from generations.adapters.local.drawing.textures.skies import clouds, nebula
from generations.adapters.local.drawing.textures.stones import agate, marble
from generations.adapters.local.words import NoiseStyle

STYLES: dict[NoiseStyle, Callable[[Ground], Singles]] = {
    "agate": agate,
    "clouds": clouds,
    "contours": contours,
    "marble": marble,
    "nebula": nebula,
    "papercut": papercut,
    "silk": silk,
    "terrain": terrain,
    "water": water,
}

__all__ = ["STYLES", "Ground"]
