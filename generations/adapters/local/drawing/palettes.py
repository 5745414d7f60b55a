"""The palettes that pictures are drawn in."""

from dataclasses import dataclass
from typing import get_args

from generations.adapters.local.words import PaletteName

NAMES: tuple[PaletteName, ...] = get_args(PaletteName)


@dataclass(frozen=True)
class Palette:
    """The colour of the paper, and the inks from common to rare; all as ``#rrggbb``."""

    paper: str
    inks: tuple[str, ...]


PALETTES: dict[PaletteName, Palette] = {
    "lagoon": Palette(
        "#f4efe4",
        ("#0f4c5c", "#1b7f8c", "#5fb3b3", "#e0cfa9", "#fb8b24", "#e36414", "#9a031e"),
    ),
    "ember": Palette(
        "#1d1a1f",
        ("#f3722c", "#f94144", "#f8961e", "#f9c74f", "#7d4f50", "#f7ede2", "#84a59d"),
    ),
    "orchard": Palette(
        "#f7f3e8",
        ("#386641", "#6a994e", "#a7c957", "#e9d8a6", "#f2a65a", "#bc4749", "#2f3e46"),
    ),
    "midnight": Palette(
        "#0e1a2b",
        ("#1f6f8b", "#2a9d8f", "#99d5c9", "#e9c46a", "#f4a261", "#e76f51", "#f1faee"),
    ),
    "blossom": Palette(
        "#fbf1ee",
        ("#d8315b", "#3e6990", "#f08a9b", "#f7c1bb", "#e9a03b", "#8fa876", "#2b2d42"),
    ),
    "desert": Palette(
        "#f2e3cf",
        ("#c8553d", "#e09f3e", "#f0c987", "#6b9080", "#335c67", "#9e2a2b", "#540b0e"),
    ),
    "aurora": Palette(
        "#10151f",
        ("#00a896", "#02c39a", "#7bdff2", "#4361ee", "#9b5de5", "#f15bb5", "#fee440"),
    ),
    "ink": Palette(
        "#f5f2ea",
        ("#16161a", "#2f2f33", "#57544f", "#8f8a80", "#c9c2b4", "#c1121f", "#16161a"),
    ),
}


def rgb(colour: str) -> tuple[int, int, int]:
    """Return the red, green and blue, 0 to 255, of ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
