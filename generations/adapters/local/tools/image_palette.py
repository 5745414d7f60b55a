"""Find the colours of a picture."""

from typing import Literal

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, Colour, LocalTool, Seed, Values, register


class Inputs(Values):
    image: Artifact
    count: int = Field(default=6, ge=1, le=12, description="Colours at most; alike ones are one.")
    layout: Literal["card", "strip"] = Field(
        default="card", description="card: the picture with named swatches; strip: colours alone."
    )
    width: int = Field(default=800, ge=200, le=2048, description="Of the card or the strip.")
    seed: Seed = Field(default=0, description="Where the search for the colours begins.")


class Outputs(Values):
    image: Artifact = Field(description="The card or the strip.")
    width: int
    height: int
    palette: list[Colour] = Field(description="The most common colour first.")
    shares: list[float] = Field(description="How much of the picture each of them takes, 0 to 1.")


@register
class Palette(LocalTool[Inputs, Outputs]):
    """Find the dominant colours of a picture, as the eye sees them, and show them on a card."""

    key, title = "image.palette", "Palette"
    isolation = "process"
    requires = ("numpy", "PIL", "font_manrope")
    example = Inputs(image="${{ steps.art.image }}", count=6, width=640)

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        import numpy as np  # noqa: PLC0415

        from generations.adapters.local.drawing.dominant import dominant  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import (  # noqa: PLC0415
            keep_picture,
            open_picture,
        )
        from generations.adapters.local.drawing.swatches import strip, study  # noqa: PLC0415

        picture = open_picture(call, inputs.image, max_side=2048)
        colours = dominant(picture, inputs.count, np.random.default_rng(inputs.seed))
        if inputs.layout == "card":
            made = study(picture, colours, inputs.width)
        else:
            made = strip(colours, inputs.width)
        kept = keep_picture(call, made, "palette.png")
        return Outputs(
            image=kept.id,
            width=made.width,
            height=made.height,
            palette=[colour for colour, _ in colours],
            shares=[round(share, 4) for _, share in colours],
        )
