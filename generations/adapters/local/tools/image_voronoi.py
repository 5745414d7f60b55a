"""Make a picture of pieces."""

from typing import Literal

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, Colour, LocalTool, Seed, Values, register
from generations.adapters.local.words import PaletteName, VoronoiStyle


class Inputs(Values):
    seed: Seed
    style: VoronoiStyle = Field(
        default="glass",
        description="glass: stained glass; kintsugi: pottery, or a picture, mended with gold.",
    )
    image: Artifact | None = Field(
        default=None,
        description="Where the pieces take their colours from; also gives the size, up to 2048.",
    )
    cells: int = Field(default=220, ge=5, le=3000, description="How many pieces, about.")
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


class Outputs(Values):
    image: Artifact
    width: int
    height: int
    palette: list[Colour] = Field(description="The colour of the paper, then the inks.")


@register
class Voronoi(LocalTool[Inputs, Outputs]):
    """Make stained glass, pebbles, triangles or mended pottery, from a picture or from a seed."""

    key, title = "image.voronoi", "Pieces"
    isolation = "process"
    deadline_s = 120
    memory_mib = 1536
    requires = ("numpy", "PIL", "cv2", "pyfastnoiselite", "resvg_py")
    example = Inputs(seed=7, style="glass", width=512, height=512, palette="midnight")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        import numpy as np  # noqa: PLC0415

        from generations.adapters.local.drawing.colours import chosen, printed  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import (  # noqa: PLC0415
            flat,
            keep_picture,
            open_picture,
        )
        from generations.adapters.local.drawing.plane import Plane  # noqa: PLC0415
        from generations.adapters.local.drawing.shattering import (  # noqa: PLC0415
            Shards,
            imagined,
            sampled,
            shatter,
        )

        random = np.random.default_rng(inputs.seed)
        palette = chosen(random, inputs.palette, inputs.colours)
        picture, size = None, (inputs.width, inputs.height)
        if inputs.image is not None:
            picture = flat(open_picture(call, inputs.image, max_side=2048), palette.paper)
            size = picture.size
        plane = Plane.of(*size)
        source = sampled(picture) if picture else imagined(plane, random, palette)
        shards = Shards(plane, random, palette, source, inputs.cells, picture is not None)
        made = printed(shatter(inputs.style, shards, picture), random, grain=0.03)
        provenance: dict[str, object] = {"seed": inputs.seed, "style": inputs.style}
        kept = keep_picture(call, made, f"{inputs.style}.png", provenance)
        return Outputs(image=kept.id, width=size[0], height=size[1], palette=palette.colours)
