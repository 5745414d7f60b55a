"""Turn a picture into shapes."""

from typing import Literal

from pydantic import Field

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import Artifact, Colour, LocalTool, Values, register


class Inputs(Values):
    image: Artifact
    detail: Literal["low", "medium", "high"] = Field(
        default="medium", description="The picture is traced at 512, 1024 or 1440 pixels a side."
    )
    colours: int | None = Field(
        default=None, ge=2, le=64, description="At most; None: 12, 20 or 32, as the detail is."
    )
    ink: Colour | None = Field(
        default=None, description="Trace only what is dark, in this one colour, on nothing."
    )


class Outputs(Values):
    svg: Artifact
    width: int
    height: int
    paths: int


@register
class ToSvg(LocalTool[Inputs, Outputs]):
    """Trace a picture into an SVG of flat shapes, which can be scaled and cut.

    A picture with endless detail is traced more coarsely, so that the file stays small.
    """

    key, title = "image.to_svg", "To SVG"
    isolation = "process"
    deadline_s = 120
    requires = ("cv2", "numpy", "PIL", "vtracer")
    example = Inputs(image="${{ steps.art.image }}", detail="low")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        from generations.adapters.local.drawing import tracing  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import open_picture  # noqa: PLC0415

        if inputs.ink and inputs.colours:
            raise InvalidInput("Give `colours` or `ink`, not both.")
        picture = open_picture(call, inputs.image)
        if inputs.ink:
            drawing = tracing.trace_ink(picture, inputs.detail, inputs.ink)
        else:
            colours = inputs.colours or tracing.COLOURS[inputs.detail]
            drawing = tracing.trace(picture, inputs.detail, colours)
        svg = drawing.svg.encode()
        kept = call.keep([svg], media_type="image/svg+xml", name="traced.svg")
        width, height = picture.size
        return Outputs(svg=kept.id, width=width, height=height, paths=drawing.paths)
