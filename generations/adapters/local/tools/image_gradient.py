"""Let colours pass into each other."""

from typing import Literal

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, Colour, LocalTool, Seed, Values, register
from generations.adapters.local.words import GradientStyle, PaletteName


class Inputs(Values):
    seed: Seed
    style: GradientStyle = "mesh"
    width: int = Field(default=512, ge=64, le=2048)
    height: int = Field(default=512, ge=64, le=2048)
    palette: PaletteName | Literal["any"] = Field(
        default="any", description="any: the seed chooses one."
    )
    colours: list[Colour] | None = Field(
        default=None,
        min_length=2,
        max_length=10,
        description="Instead of a palette: these colours, in this order.",
    )
    angle: float = Field(
        default=160, ge=0, le=360, description="Degrees clockwise from upwards, where it ends."
    )
    steps: int = Field(default=0, ge=0, le=32, description="So many flat bands; 0: smooth.")
    grain: float = Field(default=0.35, ge=0, le=1, description="As on film.")


class Outputs(Values):
    image: Artifact
    width: int
    height: int
    palette: list[Colour] = Field(description="The colours, in the order of the gradient.")


@register
class GradientFill(LocalTool[Inputs, Outputs]):
    """Draw a gradient: linear, radial, conic, a mesh, waves or a glowing orb, without banding."""

    key, title = "image.gradient", "Gradient"
    isolation = "process"
    memory_mib = 1536
    requires = ("numpy", "PIL", "cv2", "pyfastnoiselite")
    example = Inputs(seed=4, style="mesh", width=512, height=512, palette="candy")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        import numpy as np  # noqa: PLC0415

        from generations.adapters.local.drawing.colours import chosen, printed  # noqa: PLC0415
        from generations.adapters.local.drawing.gradients import Gradient, fill  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import keep_picture  # noqa: PLC0415
        from generations.adapters.local.drawing.plane import Plane  # noqa: PLC0415

        random = np.random.default_rng(inputs.seed)
        palette = chosen(random, inputs.palette)
        colours = [colour.lower() for colour in inputs.colours or palette.ramp]
        gradient = Gradient(inputs.style, tuple(colours), inputs.angle, inputs.steps)
        pixels = fill(gradient, Plane.of(inputs.width, inputs.height), random)
        picture = printed(pixels, random, inputs.grain)
        provenance: dict[str, object] = {"seed": inputs.seed, "style": inputs.style}
        kept = keep_picture(call, picture, f"{inputs.style}.png", provenance)
        return Outputs(image=kept.id, width=inputs.width, height=inputs.height, palette=colours)
