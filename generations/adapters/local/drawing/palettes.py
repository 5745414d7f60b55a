"""The palettes that pictures are drawn in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from generations.adapters.local.words import PaletteName

NAMES: tuple[PaletteName, ...] = get_args(PaletteName)


@dataclass(frozen=True)
class Palette:
    """The colour of the paper, the inks from common to rare, and a ramp; all as ``#rrggbb``.

    Flat shapes take the inks; fields, which need every tone in between, the ramp: colours that go
    together as neighbours, from dark to light.
    """

    paper: str
    inks: tuple[str, ...]
    ramp: tuple[str, ...]

    @classmethod
    def of(cls, colours: Sequence[str]) -> "Palette":
        """Make a palette of two or more colours, the paper first."""
        low = [colour.lower() for colour in colours]
        return cls(low[0], tuple(low[1:]), tuple(sorted(low, key=luminance)))

    @property
    def colours(self) -> list[str]:
        """The paper, then the inks."""
        return [self.paper, *self.inks]

    @property
    def is_dark(self) -> bool:
        """Tell whether the paper is darker than a middle grey."""
        return luminance(self.paper) < 0.18


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2) of ``#rrggbb``, 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (byte / 255 for byte in rgb(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def rgb(colour: str) -> tuple[int, int, int]:
    """Return the red, green and blue, 0 to 255, of ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


PALETTES: dict[PaletteName, Palette] = {
    "lagoon": Palette(
        "#f4efe4",
        ("#0f4c5c", "#1b7f8c", "#5fb3b3", "#e0cfa9", "#fb8b24", "#e36414", "#9a031e"),
        ("#0a2e38", "#0f4c5c", "#1b7f8c", "#5fb3b3", "#e0cfa9", "#f8f1e0"),
    ),
    "ember": Palette(
        "#1d1a1f",
        ("#f3722c", "#f94144", "#f8961e", "#f9c74f", "#7d4f50", "#f7ede2", "#84a59d"),
        ("#17141a", "#4a1f2b", "#a8322d", "#f3722c", "#f9c74f", "#fdf0d5"),
    ),
    "orchard": Palette(
        "#f7f3e8",
        ("#386641", "#6a994e", "#a7c957", "#e9d8a6", "#f2a65a", "#bc4749", "#2f3e46"),
        ("#1f2a24", "#386641", "#6a994e", "#a7c957", "#e9d8a6", "#fbf6e6"),
    ),
    "midnight": Palette(
        "#0e1a2b",
        ("#1f6f8b", "#2a9d8f", "#99d5c9", "#e9c46a", "#f4a261", "#e76f51", "#f1faee"),
        ("#0a1322", "#15385a", "#1f6f8b", "#2a9d8f", "#e9c46a", "#f8f1dc"),
    ),
    "blossom": Palette(
        "#fbf1ee",
        ("#d8315b", "#3e6990", "#f08a9b", "#f7c1bb", "#e9a03b", "#8fa876", "#2b2d42"),
        ("#2b2d42", "#6d3c6b", "#d8315b", "#f08a9b", "#f7c1bb", "#fdf3ee"),
    ),
    "desert": Palette(
        "#f2e3cf",
        ("#c8553d", "#e09f3e", "#f0c987", "#6b9080", "#335c67", "#9e2a2b", "#540b0e"),
        ("#3b1410", "#7f2a1d", "#c8553d", "#e09f3e", "#f0c987", "#f8ecd9"),
    ),
    "aurora": Palette(
        "#10151f",
        ("#00a896", "#02c39a", "#7bdff2", "#4361ee", "#9b5de5", "#f15bb5", "#fee440"),
        ("#0a0f1e", "#1f2a6b", "#3f5be0", "#00b3a1", "#8af0c8", "#f4fbd9"),
    ),
    "ink": Palette(
        "#f5f2ea",
        ("#16161a", "#2f2f33", "#57544f", "#8f8a80", "#c9c2b4", "#c1121f", "#16161a"),
        ("#101014", "#3a3a3d", "#6d6a66", "#a7a298", "#d8d2c5", "#f7f4ec"),
    ),
    "riso": Palette(  # the drums of a risograph: blue, fluorescent pink, yellow, green, orange
        "#f7f1e3",
        ("#0f6ab4", "#ff48a5", "#ffd23f", "#00a36c", "#ff6c2f", "#8fc7ea", "#2b2d5b"),
        ("#1d2a5e", "#0f6ab4", "#a35bb5", "#ff5aa8", "#ffc08a", "#fff4d8"),
    ),
    "bauhaus": Palette(
        "#f0e6d2",
        ("#1a1a1a", "#d7342b", "#1d4e89", "#f2b705", "#ddcfb3", "#7a8b8c", "#e07a3f"),
        ("#161616", "#1d4e89", "#c9372c", "#f2b705", "#f3ead6"),
    ),
    "nordic": Palette(
        "#f3f2ec",
        ("#2e4057", "#5c7c8a", "#9fb8ad", "#d5cdbb", "#c9a27e", "#9c3d3d", "#1c2a33"),
        ("#16232d", "#2e4057", "#5c7c8a", "#9fb8ad", "#d9d3c3", "#f5f4ef"),
    ),
    "dusk": Palette(
        "#231738",
        ("#9c3c74", "#ee6352", "#ffb26b", "#5d3a86", "#ffe0a8", "#4f7cac", "#fff3dc"),
        ("#1d1433", "#4a2560", "#9c3c74", "#ee6352", "#ffb26b", "#fff0cf"),
    ),
    "moss": Palette(
        "#f1efe0",
        ("#38512b", "#6b7b3a", "#a9ae6b", "#ddc894", "#bc6c25", "#5a8f7b", "#1b2412"),
        ("#1b2412", "#38512b", "#6b7b3a", "#a9ae6b", "#ddc894", "#f4f0de"),
    ),
    "candy": Palette(
        "#fff6ee",
        ("#ff6f91", "#5aa9e6", "#ffc75f", "#7bdcb5", "#b28dff", "#ff9671", "#3d348b"),
        ("#3d348b", "#7a5bd0", "#e56fa8", "#ff9a76", "#ffd06f", "#fff7ea"),
    ),
    "porcelain": Palette(
        "#f7f5ef",
        ("#134074", "#3a6ea5", "#8fb0cf", "#0b2545", "#cfdde6", "#b98b4e", "#6c8ead"),
        ("#081a3a", "#134074", "#3a6ea5", "#8fb0cf", "#cfdde6", "#f8f6f0"),
    ),
    "clay": Palette(
        "#f5ece0",
        ("#a8674a", "#d9a679", "#6b3e2e", "#e6cdb2", "#7c8471", "#3a4f50", "#c4432b"),
        ("#2d1e18", "#6b3e2e", "#a8674a", "#d0a07a", "#e8cfb4", "#f8f1e6"),
    ),
}
