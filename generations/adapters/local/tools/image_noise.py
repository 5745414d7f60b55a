"""Draw a texture from nothing but a seed."""

from typing import Literal

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, Colour, LocalTool, Seed, Values, register
from generations.adapters.local.words import NoiseStyle, PaletteName


class Inputs(Values):
    seed: Seed
    style: NoiseStyle = "silk"
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
    scale: float = Field(default=1, ge=0.25, le=4, description="How large the forms are.")
    warp: float = Field(default=0.5, ge=0, le=1, description="How much they are pulled about.")
    seamless: bool = Field(default=False, description="Goes on at its other edges, as a tile.")


class Outputs(Values):
    image: Artifact
    width: int
    height: int
    palette: list[Colour] = Field(description="The colour of the paper, then the inks.")


@register
class NoiseTexture(LocalTool[Inputs, Outputs]):
    """Draw silk, marble, clouds, a map … from noise; seamless ones can be laid like tiles."""

    key, title = "image.noise", "Noise"
    isolation = "process"
    deadline_s = 120
    memory_mib = 1536
    requires = ("numpy", "PIL", "cv2", "pyfastnoiselite")
    example = Inputs(seed=7, style="papercut", width=512, height=512, palette="dusk")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        import numpy as np  # noqa: PLC0415

        from generations.adapters.local.drawing.colours import chosen, printed  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import keep_picture  # noqa: PLC0415
        from generations.adapters.local.drawing.plane import Plane  # noqa: PLC0415
        from generations.adapters.local.drawing.textures import STYLES, Ground  # noqa: PLC0415

        random = np.random.default_rng(inputs.seed)
        palette = chosen(random, inputs.palette, inputs.colours)
        plane = Plane.of(inputs.width, inputs.height, wraps=inputs.seamless)
        ground = Ground.of(random, plane, palette, inputs.scale, inputs.warp)
        picture = printed(STYLES[inputs.style](ground), random, grain=0.06)
        provenance: dict[str, object] = {"seed": inputs.seed, "style": inputs.style}
        kept = keep_picture(call, picture, f"{inputs.style}.png", provenance)
        return Outputs(
            image=kept.id, width=inputs.width, height=inputs.height, palette=palette.colours
        )
