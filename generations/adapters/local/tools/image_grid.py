"""Put many pictures on one sheet."""

import math
from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import Artifact, Colour, LocalTool, Values, register

_BOUNDS = Field(ge=-(10**15), le=10**15)
Number = Annotated[int, _BOUNDS] | Annotated[float, _BOUNDS]
Label = Annotated[str, Field(max_length=100)] | Number | None


class Inputs(Values):
    images: list[Artifact | None] = Field(
        min_length=1, max_length=100, description="By rows; null leaves a cell empty."
    )
    labels: list[Label] | None = Field(
        default=None, max_length=100, description="Under the cells, in the same order."
    )
    columns: int | None = Field(
        default=None, ge=1, le=20, description="None: as many as make the sheet about square."
    )
    cell_width: int = Field(default=256, ge=16, le=1024)
    cell_height: int = Field(default=256, ge=16, le=1024)
    fit: Literal["cover", "contain"] = Field(
        default="cover", description="cover: fill the cell and crop; contain: show all."
    )
    gap: int = Field(default=16, ge=0, le=256, description="Between cells, in pixels.")
    margin: int = Field(default=32, ge=0, le=512, description="Around them, in pixels.")
    corners: int = Field(default=0, ge=0, le=512, description="The radius of round corners.")
    background: Colour = "#ffffff"


class Outputs(Values):
    image: Artifact
    width: int
    height: int


@register
class Grid(LocalTool[Inputs, Outputs]):
    """Put up to 100 pictures into cells of one size, with labels: a contact sheet.

    A sheet of more than 4096 pixels a side is made with smaller cells.
    """

    key, title = "image.grid", "Grid"
    isolation = "process"
    deadline_s = 120
    requires = ("PIL", "font_manrope")
    example = Inputs(
        images=["${{ steps.a.image }}", "${{ steps.b.image }}"],
        labels=["first", "second"],
        cell_width=96,
        cell_height=96,
        corners=8,
    )

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        from generations.adapters.local.drawing.contact_sheets import (  # noqa: PLC0415
            Sheet,
            lay_out,
        )
        from generations.adapters.local.drawing.pictures import (  # noqa: PLC0415
            keep_picture,
            open_picture,
        )

        count, labels = len(inputs.images), [_written(label) for label in inputs.labels or []]
        if len(labels) > count:
            raise InvalidInput(f"There are {len(labels)} labels for {count} pictures.")
        columns = min(count, inputs.columns or _columns(inputs))
        sheet = Sheet(
            columns=columns,
            rows=math.ceil(count / columns),
            cell=(inputs.cell_width, inputs.cell_height),
            gap=inputs.gap,
            margin=inputs.margin,
            corners=inputs.corners,
            background=inputs.background,
            fit=inputs.fit,
            has_labels=any(label.strip() for label in labels),
        ).within_bounds()
        pictures = [partial(open_picture, call, one) if one else None for one in inputs.images]
        made = lay_out(pictures, labels, sheet)
        kept = keep_picture(call, made, "grid.png")
        return Outputs(image=kept.id, width=made.width, height=made.height)


def _written(label: Label) -> str:
    return "" if label is None else str(label)


def _columns(inputs: Inputs) -> int:
    shape = inputs.cell_height / inputs.cell_width
    return min(20, max(1, math.ceil(math.sqrt(len(inputs.images) * shape))))
