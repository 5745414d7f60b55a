"""Lay tiles turned by chance."""

from typing import Literal

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, Colour, LocalTool, Seed, Values, register
from generations.adapters.local.words import PaletteName, TruchetStyle


class Inputs(Values):
    seed: Seed
    style: TruchetStyle = Field(
        default="weave",
        description="smith: lakes and islands; scales: tiles of three sizes, in two colours.",
    )
    tiles: int = Field(default=10, ge=2, le=48, description="Along the shorter side, about.")
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
    seamless: bool = Field(default=False, description="Goes on at its other edges, as a tile.")
    texture: float = Field(default=0.3, ge=0, le=1, description="Of the paper; 0: quite flat.")


class Outputs(Values):
    image: Artifact
    width: int
    height: int
    palette: list[Colour] = Field(description="The colour of the paper, then the inks.")


@register
class Truchet(LocalTool[Inputs, Outputs]):
    """Lay tiles turned by chance whose lines always meet: arcs, knots, mazes, lakes, quilts."""

    key, title = "image.truchet", "Truchet tiles"
    isolation = "process"
    requires = ("numpy", "PIL", "cv2", "resvg_py")
    example = Inputs(seed=3, style="arcs", tiles=8, width=512, height=512, palette="bauhaus")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        import numpy as np  # noqa: PLC0415

        from generations.adapters.local.drawing.colours import chosen  # noqa: PLC0415
        from generations.adapters.local.drawing.papers import on_paper  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import keep_picture  # noqa: PLC0415
        from generations.adapters.local.drawing.tilings import STYLES, Floor  # noqa: PLC0415

        random = np.random.default_rng(inputs.seed)
        palette = chosen(random, inputs.palette, inputs.colours)
        size = (inputs.width, inputs.height)
        floor = Floor.of(size, inputs.tiles, random, palette, seamless=inputs.seamless)
        STYLES[inputs.style](floor)
        picture = on_paper(floor.drawing.rendered(), random, inputs.texture)
        provenance: dict[str, object] = {"seed": inputs.seed, "style": inputs.style}
        kept = keep_picture(call, picture, f"{inputs.style}.png", provenance)
        return Outputs(
            image=kept.id, width=inputs.width, height=inputs.height, palette=palette.colours
        )
