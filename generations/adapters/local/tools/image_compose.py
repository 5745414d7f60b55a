"""Put pictures together."""

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, Colour, LocalTool, Values, register
from generations.adapters.local.words import Layout


class Inputs(Values):
    images: list[Artifact] = Field(min_length=1, max_length=16)
    layout: Layout = Field(
        default="grid",
        description="grid: cells of the first one's size; row: equal heights; stack: equal widths.",
    )
    columns: int | None = Field(default=None, ge=1, le=16, description="Of a grid.")
    gap: int = Field(default=16, ge=0, le=256, description="Between them, in pixels.")
    margin: int = Field(default=16, ge=0, le=512, description="Around them, in pixels.")
    background: Colour = "#ffffff"


class Outputs(Values):
    image: Artifact
    width: int
    height: int


@register
class Compose(LocalTool[Inputs, Outputs]):
    """Put up to 16 pictures into one: a grid, a row or a stack."""

    key, title = "image.compose", "Compose"
    isolation = "process"
    requires = ("PIL",)
    example = Inputs(images=["${{ steps.a.image }}", "${{ steps.b.image }}"], layout="row")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        from generations.adapters.local.drawing.grids import Sheet, arrange  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import (  # noqa: PLC0415
            keep_picture,
            open_picture,
        )

        pictures = [open_picture(call, artifact, max_side=2048) for artifact in inputs.images]
        sheet = Sheet(
            layout=inputs.layout,
            columns=inputs.columns,
            gap=inputs.gap,
            margin=inputs.margin,
            background=inputs.background,
        )
        made = arrange(pictures, sheet)
        kept = keep_picture(call, made, "composed.png")
        return Outputs(image=kept.id, width=made.width, height=made.height)
