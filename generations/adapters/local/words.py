"""The words that inputs of picture tools use; apart from the drawing, which loads more."""

from typing import Literal

Align = Literal["left", "center"]
FontName = Literal["fredoka", "fjalla", "manrope", "source-serif"]
GradientStyle = Literal["conic", "linear", "mesh", "orb", "radial", "waves"]
Layout = Literal["grid", "row", "stack"]
NoiseStyle = Literal[
    "agate",
    "clouds",
    "contours",
    "marble",
    "nebula",
    "papercut",
    "silk",
    "terrain",
    "water",
]
PaletteName = Literal[
    "lagoon",
    "ember",
    "orchard",
    "midnight",
    "blossom",
    "desert",
    "aurora",
    "ink",
    "riso",
    "bauhaus",
    "nordic",
    "dusk",
    "moss",
    "candy",
    "porcelain",
    "clay",
]
Position = Literal["below", "bottom", "center", "top"]
ShapesStyle = Literal[
    "bauhaus",
    "botanical",
    "city",
    "confetti",
    "creature",
    "midcentury",
    "mountains",
    "orbits",
]
VoronoiStyle = Literal["glass", "kintsugi", "low_poly", "pebbles"]
TruchetStyle = Literal["arcs", "maze", "scales", "smith", "triangles", "weave"]
FilterName = Literal[
    "blur",
    "crt",
    "duotone",
    "edges",
    "engraving",
    "glow",
    "grain",
    "halftone",
    "mosaic",
    "oil",
    "pencil",
    "pixelate",
    "posterize",
    "risograph",
    "sharpen",
    "vignette",
]
BlendMode = Literal[
    "normal",
    "multiply",
    "screen",
    "overlay",
    "soft_light",
    "hard_light",
    "darken",
    "lighten",
    "dodge",
    "burn",
    "difference",
    "exclusion",
    "add",
    "colour",
    "luminosity",
]
Fit = Literal["cover", "contain", "stretch", "tile"]
Flip = Literal["none", "horizontal", "vertical", "both"]
