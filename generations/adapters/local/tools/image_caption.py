"""Give a picture a title."""

from typing import Literal

from pydantic import Field

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import Artifact, Colour, LocalTool, Values, register
from generations.adapters.local.words import Align, FontName, Position

_LETTERS = {"small": 0.045, "medium": 0.07, "large": 0.105}  # of the picture's width


class Inputs(Values):
    image: Artifact
    text: str = Field(min_length=1, max_length=500)
    subtitle: str | None = Field(default=None, max_length=500)
    font: FontName = "source-serif"
    position: Position = Field(
        default="bottom",
        description="below: on a sheet that the picture is mounted on; else over the picture.",
    )
    size: Literal["small", "medium", "large"] = Field(
        default="medium", description="At most; long texts get smaller letters until they fit."
    )
    align: Align = "left"
    background: Colour = Field(default="#f7f4ee", description="Of the sheet.")
    colour: Colour | None = Field(default=None, description="Of the text; None: what can be read.")


class Outputs(Values):
    image: Artifact
    width: int
    height: int


@register
class Caption(LocalTool[Inputs, Outputs]):
    """Write a title, and a subtitle if there is one, under a picture or over it."""

    key, title = "image.caption", "Caption"
    isolation = "process"
    requires = (
        "numpy",
        "PIL",
        "font_fjallaone",
        "font_fredoka_one",
        "font_manrope",
        "font_source_serif_pro",
    )
    example = Inputs(image="${{ steps.art.image }}", text="Lighthouse, by night")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        from generations.adapters.local.drawing import captions  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import (  # noqa: PLC0415
            flat,
            keep_picture,
            open_picture,
        )

        if not inputs.text.strip():
            raise InvalidInput("The text has nothing but white space.")
        picture = flat(open_picture(call, inputs.image), inputs.background)
        caption = captions.Caption(
            text=inputs.text,
            subtitle=(inputs.subtitle or "").strip(),
            font=inputs.font,
            letters=_LETTERS[inputs.size],
            align=inputs.align,
            background=inputs.background,
            colour=inputs.colour,
        )
        if inputs.position == "below":
            made = captions.add_below(picture, caption)
        else:
            made = captions.add_over(picture, caption, inputs.position)
        kept = keep_picture(call, made, "captioned.png")
        return Outputs(image=kept.id, width=made.width, height=made.height)
