"""Apply an effect to a picture."""

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, Colour, LocalTool, Seed, Values, register
from generations.adapters.local.words import FilterName


class Inputs(Values):
    image: Artifact = Field(description="More than 2048 pixels a side are scaled down.")
    filter: FilterName
    strength: float = Field(default=0.6, ge=0, le=1)
    size: float = Field(
        default=1, ge=0.25, le=4, description="Of dots, lines, tiles, strokes; 1: as usual."
    )
    colours: list[Colour] | None = Field(
        default=None,
        min_length=2,
        max_length=10,
        description=(
            "duotone: from dark to light; posterize and pixelate: the only ones; edges, engraving, "
            "halftone, pencil and risograph: the paper, then the ink or inks."
        ),
    )
    seed: Seed = 0


class Outputs(Values):
    image: Artifact
    width: int
    height: int


@register
class Filter(LocalTool[Inputs, Outputs]):
    """Apply an effect: print in dots or risograph inks, paint, draw, engrave and more."""

    key, title = "image.filter", "Filter"
    isolation = "process"
    deadline_s = 120
    memory_mib = 2048
    requires = ("numpy", "PIL", "cv2", "pyfastnoiselite")
    example = Inputs(image="${{ steps.art.image }}", filter="risograph", seed=7)

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        import numpy as np  # noqa: PLC0415

        from generations.adapters.local.drawing.colours import printed  # noqa: PLC0415
        from generations.adapters.local.drawing.effects import (  # noqa: PLC0415
            EFFECTS,
            SEE_THROUGH,
            Photo,
        )
        from generations.adapters.local.drawing.pictures import (  # noqa: PLC0415
            flat,
            keep_picture,
            open_picture,
        )
        from generations.adapters.local.drawing.plane import Plane  # noqa: PLC0415

        picture = open_picture(call, inputs.image, max_side=2048)
        random = np.random.default_rng(inputs.seed)
        pixels = np.asarray(flat(picture, "#ffffff"), dtype=np.float32)
        photo = Photo(
            pixels=pixels,
            plane=Plane.of(*picture.size),
            random=random,
            strength=inputs.strength,
            size=inputs.size,
            colours=tuple(inputs.colours or ()),
        )
        made = printed(EFFECTS[inputs.filter](photo), random)
        if inputs.filter in SEE_THROUGH:
            made.putalpha(picture.getchannel("A"))
        kept = keep_picture(call, made, f"{inputs.filter}.png")
        return Outputs(image=kept.id, width=made.width, height=made.height)
