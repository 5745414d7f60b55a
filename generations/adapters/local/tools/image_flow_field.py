"""Draw a picture from nothing but a seed."""

from typing import Literal

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, Colour, LocalTool, Seed, Values, register
from generations.adapters.local.drawing.palettes import NAMES, PALETTES
from generations.adapters.local.words import PaletteName


class Inputs(Values):
    seed: Seed
    width: int = Field(default=512, ge=64, le=2048)
    height: int = Field(default=512, ge=64, le=2048)
    palette: PaletteName | Literal["any"] = Field(
        default="any", description="any: the seed chooses one."
    )
    density: int = Field(default=6, ge=1, le=10, description="How full the paper gets.")
    thickness: float = Field(default=0.5, ge=0, le=1, description="Of the widest ribbons.")
    turbulence: float = Field(default=0.35, ge=0, le=1, description="0 calm, 1 full of eddies.")


class Outputs(Values):
    image: Artifact
    width: int
    height: int
    palette: list[Colour] = Field(description="The colour of the paper, then the inks.")


@register
class FlowField(LocalTool[Inputs, Outputs]):
    """Draw ribbons of paper that follow an invisible flow; the same seed draws the same picture."""

    key, title, version = "image.flow_field", "Flow field", "2"
    isolation = "process"
    requires = ("numpy", "PIL")
    example = Inputs(seed=7, width=512, height=512, palette="lagoon")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        import numpy as np  # noqa: PLC0415

        from generations.adapters.local.drawing.painting import paint  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import keep_picture  # noqa: PLC0415
        from generations.adapters.local.drawing.ribbons import Style, pack  # noqa: PLC0415

        width, height = inputs.width, inputs.height
        # A third of the long side at least, or a narrow strip would be a heap of tiny ribbons.
        unit = max(min(width, height), max(width, height) / 3)
        random = np.random.default_rng(inputs.seed)
        chosen = NAMES[int(random.integers(len(NAMES)))]
        palette = PALETTES[chosen if inputs.palette == "any" else inputs.palette]
        style = Style(
            tries=300 * inputs.density,
            widest=0.012 + 0.056 * inputs.thickness,
            narrowest=0.0022,
            turbulence=inputs.turbulence,
        )
        ribbons = list(pack(random, width / unit, height / unit, style))
        picture = paint(ribbons, palette, (width, height), unit, random)
        kept = keep_picture(call, picture, "flow-field.png", {"seed": inputs.seed})
        colours = [palette.paper, *palette.inks]
        return Outputs(image=kept.id, width=width, height=height, palette=colours)
