"""The words that inputs of picture tools use; apart from the drawing, which loads more."""

from typing import Literal

Align = Literal["left", "center"]
FontName = Literal["fredoka", "fjalla", "manrope", "source-serif"]
Layout = Literal["grid", "row", "stack"]
PaletteName = Literal[
    "lagoon", "ember", "orchard", "midnight", "blossom", "desert", "aurora", "ink"
]
Position = Literal["below", "bottom", "center", "top"]
