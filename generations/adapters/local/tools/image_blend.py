"""Lay one picture over another."""

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, LocalTool, Values, register
from generations.adapters.local.words import BlendMode, Fit


class Inputs(Values):
    image: Artifact = Field(description="Below; gives the size.")
    top: Artifact = Field(description="Laid over it.")
    mode: BlendMode = "normal"
    opacity: float = Field(default=1, ge=0, le=1, description="Of what is laid over.")
    mask: Artifact | None = Field(
        default=None, description="Its white lets the upper picture show, its black does not."
    )
    fit: Fit = Field(
        default="cover",
        description=(
            "How the upper one is brought to size. cover: fill and crop; contain: as large as fits "
            "inside; stretch: distort; tile: repeat."
        ),
    )


class Outputs(Values):
    image: Artifact
    width: int
    height: int


@register
class Blend(LocalTool[Inputs, Outputs]):
    """Lay a picture over another: multiply, screen, overlay, soft light, difference and more."""

    key, title = "image.blend", "Blend"
    isolation = "process"
    deadline_s = 120
    memory_mib = 1536
    requires = ("numpy", "PIL")
    example = Inputs(image="${{ steps.a.image }}", top="${{ steps.b.image }}", mode="soft_light")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        from PIL import Image, ImageChops  # noqa: PLC0415

        from generations.adapters.local.drawing.blending import blended, fitted  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import (  # noqa: PLC0415
            keep_picture,
            open_picture,
        )

        base = open_picture(call, inputs.image)
        top = fitted(open_picture(call, inputs.top), base.size, inputs.fit)
        mask = None
        if inputs.mask is not None:
            shape = open_picture(call, inputs.mask).resize(base.size, Image.Resampling.LANCZOS)
            mask = ImageChops.multiply(shape.convert("RGB").convert("L"), shape.getchannel("A"))
        made = blended(base, top, inputs.mode, inputs.opacity, mask)
        kept = keep_picture(call, made, "blended.png")
        return Outputs(image=kept.id, width=made.width, height=made.height)
