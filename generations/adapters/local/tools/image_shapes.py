"""Compose a picture of flat shapes."""

from typing import Literal

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, Colour, LocalTool, Seed, Values, register
from generations.adapters.local.words import PaletteName, ShapesStyle


class Inputs(Values):
    seed: Seed
    style: ShapesStyle = "bauhaus"
    width: int = Field(default=512, ge=64, le=2048)
    height: int = Field(default=512, ge=64, le=2048)
    palette: PaletteName | Literal["any"] = Field(
        default="any", description="any: the seed chooses one."
    )
    colours: list[Colour] | None = Field(
        default=None,
        min_length=2,
        max_length=10,
        description="Instead of a palette: the paper first, then the inks.",
    )
    amount: float = Field(default=1, ge=0.5, le=2, description="How much there is on it.")
    texture: float = Field(default=0.5, ge=0, le=1, description="Of the paper; 0: quite flat.")


class Outputs(Values):
    image: Artifact
    width: int
    height: int
    palette: list[Colour] = Field(description="The colour of the paper, then the inks.")


@register
class Shapes(LocalTool[Inputs, Outputs]):
    """Compose shapes: a quilt, a creature, a skyline, mountains, plants, planets and more."""

    key, title = "image.shapes", "Shapes"
    isolation = "process"
    requires = ("numpy", "PIL", "cv2", "resvg_py")
    example = Inputs(seed=7, style="mountains", width=512, height=512, palette="dusk")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        import numpy as np  # noqa: PLC0415

        from generations.adapters.local.drawing.colours import chosen  # noqa: PLC0415
        from generations.adapters.local.drawing.compositions import STYLES, Sheet  # noqa: PLC0415
        from generations.adapters.local.drawing.papers import on_paper  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import keep_picture  # noqa: PLC0415
        from generations.adapters.local.drawing.vectors import Drawing  # noqa: PLC0415

        random = np.random.default_rng(inputs.seed)
        palette = chosen(random, inputs.palette, inputs.colours)
        drawing = Drawing.of(inputs.width, inputs.height)
        STYLES[inputs.style](Sheet(drawing, random, palette, inputs.amount))
        picture = on_paper(drawing.rendered(), random, inputs.texture)
        provenance: dict[str, object] = {"seed": inputs.seed, "style": inputs.style}
        kept = keep_picture(call, picture, f"{inputs.style}.png", provenance)
        return Outputs(
            image=kept.id, width=inputs.width, height=inputs.height, palette=palette.colours
        )
