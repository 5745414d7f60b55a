"""Change the light, the colours and the frame of a picture."""

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, LocalTool, Values, register
from generations.adapters.local.words import Flip


class Inputs(Values):
    image: Artifact
    autocontrast: bool = Field(default=False, description="Stretch the tones to black and white.")
    brightness: float = Field(default=0, ge=-1, le=1)
    contrast: float = Field(default=0, ge=-1, le=1)
    gamma: float = Field(default=1, ge=0.2, le=5, description="Above 1: lighter middle tones.")
    saturation: float = Field(default=0, ge=-1, le=1, description="-1: none; 1: twice as much.")
    hue: float = Field(default=0, ge=-180, le=180, description="Degrees to turn all hues by.")
    warmth: float = Field(default=0, ge=-1, le=1, description="Towards blue, or towards amber.")
    flip: Flip = "none"
    rotate: float = Field(
        default=0, ge=-360, le=360, description="Degrees clockwise; new corners are transparent."
    )
    crop: str | None = Field(
        default=None,
        pattern=r"^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$",
        max_length=9,
        description="Proportions of the largest middle part to keep, like 16:9; after turning.",
    )


class Outputs(Values):
    image: Artifact
    width: int
    height: int


@register
class Adjust(LocalTool[Inputs, Outputs]):
    """Change brightness, contrast, gamma, saturation, hue, warmth; turn, flip, crop."""

    key, title = "image.adjust", "Adjust"
    isolation = "process"
    deadline_s = 120
    memory_mib = 1536
    requires = ("numpy", "PIL")
    example = Inputs(image="${{ steps.art.image }}", crop="4:5", contrast=0.15, warmth=0.4)

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        from generations.adapters.local.drawing import adjusting  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import (  # noqa: PLC0415
            keep_picture,
            open_picture,
        )

        picture = adjusting.flipped(open_picture(call, inputs.image), inputs.flip)
        picture = adjusting.turned(picture, inputs.rotate)
        if inputs.crop:
            picture = adjusting.cropped(picture, inputs.crop)
        if inputs.autocontrast:
            picture = adjusting.stretched(picture)
        light = adjusting.Light(
            brightness=inputs.brightness,
            contrast=inputs.contrast,
            gamma=inputs.gamma,
            saturation=inputs.saturation,
            hue=inputs.hue,
            warmth=inputs.warmth,
        )
        if light != adjusting.UNCHANGED:
            picture = adjusting.relit(picture, light)
        kept = keep_picture(call, picture, "adjusted.png")
        return Outputs(image=kept.id, width=picture.width, height=picture.height)
