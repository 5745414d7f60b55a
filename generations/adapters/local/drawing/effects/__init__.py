"""Effects that are applied to a picture, by name."""

from collections.abc import Callable

from generations.adapters.local.drawing.colours import Singles
from generations.adapters.local.drawing.effects.lenses import blur, glow, sharpen, vignette
from generations.adapters.local.drawing.effects.painting import edges, oil, pencil
from generations.adapters.local.drawing.effects.photo import Photo
from generations.adapters.local.drawing.effects.printing import engraving, halftone, risograph
from generations.adapters.local.drawing.effects.screens import crt, mosaic, pixelate
from generations.adapters.local.drawing.effects.tones import duotone, grain, posterize
from generations.adapters.local.words import FilterName

EFFECTS: dict[FilterName, Callable[[Photo], Singles]] = {
    "blur": blur,
    "crt": crt,
    "duotone": duotone,
    "edges": edges,
    "engraving": engraving,
    "glow": glow,
    "grain": grain,
    "halftone": halftone,
    "mosaic": mosaic,
    "oil": oil,
    "pencil": pencil,
    "pixelate": pixelate,
    "posterize": posterize,
    "risograph": risograph,
    "sharpen": sharpen,
    "vignette": vignette,
}

SEE_THROUGH: frozenset[FilterName] = frozenset(
    {"duotone", "glow", "grain", "oil", "posterize", "sharpen", "vignette"}
)
"""The effects that leave what is transparent in a picture transparent."""

__all__ = ["EFFECTS", "SEE_THROUGH", "Photo"]
