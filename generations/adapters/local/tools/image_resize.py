"""Change the size of a picture."""

from typing import Literal

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, LocalTool, Values, register


class Inputs(Values):
    image: Artifact
    width: int = Field(ge=1, le=4096)
    height: int = Field(ge=1, le=4096)
    fit: Literal["cover", "contain", "stretch"] = Field(
        default="cover",
        description="cover: fill and crop; contain: as large as fits inside; stretch: distort.",
    )


class Outputs(Values):
    image: Artifact
    width: int
    height: int


@register
class Resize(LocalTool[Inputs, Outputs]):
    """Scale a picture (Lanczos) to a size in pixels."""

    key, title = "image.resize", "Resize"
    isolation = "process"
    requires = ("PIL",)
    example = Inputs(image="${{ steps.art.image }}", width=256, height=256)

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        from PIL import Image, ImageOps  # noqa: PLC0415

        from generations.adapters.local.drawing.pictures import (  # noqa: PLC0415
            keep_picture,
            open_picture,
            within,
        )

        picture, size = open_picture(call, inputs.image), (inputs.width, inputs.height)
        if inputs.fit == "cover":
            resized = ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
        else:
            size = within(picture.size, size) if inputs.fit == "contain" else size
            resized = picture.resize(size, Image.Resampling.LANCZOS)
        kept = keep_picture(call, resized, "resized.png")
        return Outputs(image=kept.id, width=size[0], height=size[1])
