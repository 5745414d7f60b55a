"""The photographs that the starter spells are tried on: nobody took them, so anyone may have them.

``dusk.jpg`` lies beside this file for the tests; the others are made when they are needed.
"""

import io
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.gallery.landscapes import Scene, photograph
from tests.pictures import exif

DUSK_FILE = Path(__file__).parent / "dusk.jpg"
SIGN = "sign"
STAMP = "stamp"
_ON_ITS_SIDE = 6  # the orientation in EXIF that asks for a quarter turn clockwise
_BLUE, _WHITE = "#0b3d78", "#f7f5ee"

SCENES = {
    "dusk": Scene(
        seed=11,
        zenith=(0.06, 0.10, 0.30),
        horizon=(0.78, 0.33, 0.16),
        light=(1.6, 0.74, 0.36),
        sun=(9, 6.5),
        low=(0.012, 0.016, 0.01),
        high=(0.03, 0.03, 0.025),
        rock=(0.06, 0.05, 0.05),
        relief=1350,
        haze=5200,
        clouds=0.5,
        tilt=0.1,
    ),
    "alps": Scene(
        seed=5,
        zenith=(0.06, 0.18, 0.50),
        horizon=(0.50, 0.68, 0.88),
        light=(1.5, 1.38, 1.18),
        sun=(-70, 34),
        low=(0.035, 0.07, 0.02),
        high=(0.09, 0.11, 0.045),
        rock=(0.17, 0.16, 0.155),
        relief=1900,
        haze=8000,
        clouds=0.5,
        tilt=0.17,
        snow_from=520,
    ),
    "dunes": Scene(
        seed=8,
        zenith=(0.10, 0.26, 0.58),
        horizon=(0.80, 0.66, 0.48),
        light=(1.6, 1.12, 0.70),
        sun=(68, 17),
        low=(0.55, 0.29, 0.12),
        high=(0.62, 0.36, 0.17),
        rock=(0.52, 0.29, 0.13),
        relief=330,
        haze=6500,
        clouds=0.15,
        tilt=-0.03,
        forms=9,
        ridged=1.0,
        roughness=0.3,
        foreground=0.35,
        lake=False,
        eye=95,
    ),
    "winter": Scene(
        seed=23,
        zenith=(0.16, 0.30, 0.55),
        horizon=(0.72, 0.76, 0.84),
        light=(1.35, 1.15, 0.98),
        sun=(-58, 20),
        low=(0.5, 0.54, 0.6),
        high=(0.55, 0.58, 0.63),
        rock=(0.10, 0.10, 0.115),
        relief=1700,
        haze=6000,
        clouds=0.35,
        tilt=0.14,
        snow_from=-200,
        forms=6,
        foreground=0.06,
        lake=False,
        eye=70,
    ),
    "dawn": Scene(
        seed=19,
        zenith=(0.13, 0.22, 0.46),
        horizon=(0.66, 0.50, 0.56),
        light=(1.8, 0.86, 0.62),
        sun=(-52, 11),
        low=(0.03, 0.05, 0.025),
        high=(0.08, 0.08, 0.05),
        rock=(0.15, 0.125, 0.12),
        relief=1800,
        haze=9000,
        clouds=0.42,
        tilt=0.15,
        snow_from=560,
        forms=6,
    ),
    "night": Scene(
        seed=31,
        zenith=(0.006, 0.011, 0.04),
        horizon=(0.045, 0.085, 0.15),
        light=(0.08, 0.1, 0.16),
        sun=(-50, 30),
        low=(0.015, 0.02, 0.02),
        high=(0.02, 0.03, 0.03),
        rock=(0.04, 0.04, 0.05),
        relief=1000,
        haze=4500,
        clouds=0,
        tilt=0.16,
        stars=True,
    ),
}


@cache
def taken(name: str) -> bytes:
    """Return a photograph as JPEG; raises KeyError for one there is not.

    They have 1200 by 900 pixels, but for ``stamp``, which is small enough to be enlarged.
    """
    if name == "dusk":
        return DUSK_FILE.read_bytes()
    out = io.BytesIO()
    _picture(name).save(out, "JPEG", quality=88)
    return out.getvalue()


def _picture(name: str) -> Image.Image:
    if name == SIGN:
        return _sign()
    if name == STAMP:
        return photograph(SCENES["alps"]).resize((240, 180), Image.Resampling.LANCZOS)
    return photograph(SCENES[name])


def dusk_as_a_camera_writes_it() -> bytes:
    """Return what ``dusk.jpg`` holds: the picture on its side, saying who was where, and how."""
    lying = photograph(SCENES["dusk"]).transpose(Image.Transpose.ROTATE_90)
    out = io.BytesIO()
    lying.save(out, "JPEG", quality=80, optimize=True, exif=exif(_ON_ITS_SIDE))
    return out.getvalue()


def _sign() -> Image.Image:
    """A sign of enamel at the foot of the mountains."""
    behind = Image.open(io.BytesIO(taken("alps"))).filter(ImageFilter.GaussianBlur(5))
    sign = Image.new("RGBA", (760, 400), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sign)
    pen.rounded_rectangle((0, 0, 759, 399), 34, fill=_WHITE)
    pen.rounded_rectangle((12, 12, 747, 387), 26, fill=_BLUE)
    for text, size, y in (("Glacier Lake", 104, 112), ("1 h 40 min", 72, 228), ("2104 m", 72, 316)):
        pen.text((380, y), text, fill=_WHITE, font=_font(size), anchor="mm")
    corners = (-14, -20, -30, 440, 800, 415, 780, -50)
    hung = sign.transform((760, 400), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    pole = ImageDraw.Draw(behind)
    pole.rectangle((582, 560, 618, 900), fill="#3c4046")
    behind.paste(hung, (220, 210), hung)
    return behind


def _font(size: int) -> ImageFont.FreeTypeFont:
    with as_file(files("font_manrope") / "files" / "Manrope-ExtraBold.ttf") as path:
        return ImageFont.truetype(path, size)
