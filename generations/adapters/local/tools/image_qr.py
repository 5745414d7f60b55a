"""Draw a QR code."""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import Artifact, Colour, LocalTool, Values, register
from generations.adapters.local.drawing.palettes import luminance

if TYPE_CHECKING:
    from PIL import Image

CONTRAST = 0.4
"""Least difference of luminance: the symbol contrast of grade C in ISO/IEC 15415."""

_LEVELS = {"low": "l", "medium": "m", "quartile": "q", "high": "h"}


class Inputs(Values):
    text: str = Field(
        min_length=1, max_length=2900, description="What it says: an address, or any text."
    )
    size: int = Field(default=512, ge=64, le=2048, description="Of a side, in pixels.")
    dark: Colour = "#000000"
    light: Colour = "#ffffff"
    error: Literal["low", "medium", "quartile", "high"] | None = Field(
        default=None,
        description="How much may be damaged: 7, 15, 25, 30 %. None: medium, with an emblem high.",
    )
    quiet_zone: int = Field(default=4, ge=1, le=20, description="Around it, in modules.")
    modules: Literal["square", "dots"] = "square"
    emblem: Artifact | None = Field(
        default=None, description="A picture in the middle; the code is read again with it."
    )


class Outputs(Values):
    image: Artifact
    width: int
    height: int
    modules: int = Field(description="Of a side, without the quiet zone.")


@register
class Qr(LocalTool[Inputs, Outputs]):
    """Draw a QR code that can be read: every module has the same whole number of pixels."""

    key, title = "image.qr", "QR code"
    isolation = "process"
    requires = ("cv2", "numpy", "PIL", "segno")
    example = Inputs(text="https://example.org/lighthouse", size=256, dark="#0f4c5c")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        from generations.adapters.local.drawing import codes  # noqa: PLC0415
        from generations.adapters.local.drawing.pictures import (  # noqa: PLC0415
            keep_picture,
            open_picture,
        )

        _check_colours(inputs)
        matrix = _matrix(inputs)
        look = codes.Look(inputs.size, inputs.quiet_zone, inputs.dark, inputs.light, inputs.modules)
        if (least := codes.smallest_side(matrix, look)) > inputs.size:
            raise InvalidInput(f"This text needs a size of at least {least} pixels.")
        emblem = open_picture(call, inputs.emblem, max_side=1024) if inputs.emblem else None
        picture = codes.draw(matrix, look, emblem)
        if (emblem or inputs.modules == "dots") and _read(picture) != inputs.text:
            raise InvalidInput(
                "The code could not be read again: give it a larger size, a shorter text, square "
                "modules, or no emblem."
            )
        kept = keep_picture(call, picture, "qr.png")
        width, height = picture.size
        return Outputs(image=kept.id, width=width, height=height, modules=len(matrix))


def _check_colours(inputs: Inputs) -> None:
    if luminance(inputs.light) - luminance(inputs.dark) < CONTRAST:
        raise InvalidInput(
            f"{inputs.dark} on {inputs.light} could not be read: `dark` must be much darker than "
            "`light`."
        )


def _matrix(inputs: Inputs) -> Any:
    import segno  # noqa: PLC0415

    level = _LEVELS[inputs.error or ("high" if inputs.emblem else "medium")]
    try:
        return segno.make(inputs.text, error=level, micro=False, encoding="utf-8").matrix
    except segno.DataOverflowError:
        raise InvalidInput(
            "The text is too long for a QR code of this error level; take a lower one."
        ) from None


def _read(picture: "Image.Image") -> str:
    import cv2  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    cv2.setNumThreads(1)
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(np.asarray(picture.convert("L")))
    return text
