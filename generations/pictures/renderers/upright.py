"""Pictures turned as they are to be seen."""

import io
from typing import Any

from PIL import Image, UnidentifiedImageError

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import Artifact, LocalTool, Values, register
from generations.pictures.rasters import open_raster, orientation_of, upright

_KINDS = {"PNG": "PNG", "JPEG": "JPEG", "MPO": "JPEG", "WEBP": "WEBP"}
_MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I"}
_OPTIONS: dict[str, dict[str, Any]] = {
    "PNG": {},
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True, "exact": True},
}


class Inputs(Values):
    picture: Artifact


class Outputs(Values):
    picture: Artifact


@register
class Upright(LocalTool[Inputs, Outputs]):
    """The picture as it is seen and nothing else, in its own format or, of others, as PNG."""

    key, title = "picture.upright", "Upright"
    isolation = "process"
    deadline_s = 30

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        with call.open(inputs.picture) as file:
            try:
                picture = open_raster(file)
                kind = _KINDS.get(picture.format or "", "PNG")
                written = _written(picture, kind)
            except MemoryError:
                raise
            except (OSError, ValueError, SyntaxError, EOFError, UnidentifiedImageError) as error:
                raise InvalidInput(f"The picture cannot be read: {error}") from error
        return Outputs(picture=call.keep([written], media_type=Image.MIME[kind]).id)


def _written(picture: Image.Image, kind: str) -> bytes:
    profile = picture.info.get("icc_profile")
    turned = upright(picture, orientation_of(picture))
    if kind == "PNG" and turned.mode not in _MODES:
        turned, profile = turned.convert("RGB"), None
    transparency = turned.info.get("transparency")
    turned.info = {} if transparency is None else {"transparency": transparency}
    out = io.BytesIO()
    turned.save(out, kind, icc_profile=profile, **_OPTIONS[kind])
    return out.getvalue()
