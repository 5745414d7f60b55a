"""Pictures to try things on: small, hostile, and saying more than they show."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

SVG_ROOT = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RED = '<rect width="40" height="20" fill="red"/>'


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Write a picture as a file of a kind."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def plain(kind: str = "PNG", size: tuple[int, int] = (6, 4), colour: str = "navy") -> bytes:
    """A picture of one colour."""
    return encoded(Image.new("RGB", size, colour), kind)


def halves(size: tuple[int, int] = (40, 20)) -> Image.Image:
    """A picture that is red on the left and blue on the right, so that turning it shows."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    return picture


def opened(data: bytes) -> Image.Image:
    """Read a picture in full."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def exif(orientation: int = 1) -> Image.Exif:
    """What a camera says: how it was held, who held it, and where."""
    said = Image.Exif()
    said[0x0112] = orientation
    said[0x013B] = "Ada"
    said.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return said


def talkative(kind: str, picture: Image.Image, orientation: int = 1) -> bytes:
    """A picture that says much of itself, in the ways of its kind; all of it names Ada."""
    if kind == "GIF":
        return encoded(picture, kind, comment=b"by Ada")
    if kind == "PNG":
        said = PngInfo()
        said.add_text("Author", "Ada")
        said.add_itxt("XML:com.adobe.xmp", "<x>Ada</x>")
        said.add_text("Comment", "Ada " * 50, zip=True)
        return encoded(picture, kind, pnginfo=said, exif=exif(orientation)) + b"trailing Ada"
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Ada</x:xmpmeta>"
    more = {"JPEG": {"comment": b"by Ada", "quality": 95, "subsampling": 0}}.get(kind, {})
    if kind == "WEBP":
        more = {"lossless": True}
    return encoded(picture, kind, exif=exif(orientation), xmp=xmp, **more) + b"trailing Ada"


def png_chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)


def png_bomb(width: int, height: int, *more: bytes) -> bytes:
    """A PNG of a few bytes that says it is enormous."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = png_chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
    parts = [png_chunk(b"IHDR", header), *more, pixels, png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def gif_bomb(width: int, height: int) -> bytes:
    """A GIF of a few bytes that says it is enormous."""
    return b"GIF89a" + struct.pack("<HH", width, height) + plain("GIF")[10:]


def webp_bomb(width: int, height: int) -> bytes:
    """A WEBP of a few bytes that says it is enormous."""
    head = b"\x10\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    rest = plain("WEBP", (8, 8))[12:]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + head + rest
    return b"RIFF" + struct.pack("<I", len(body)) + body


def animation(kind: str, frames: int, size: tuple[int, int] = (8, 8)) -> bytes:
    """A picture that moves; each frame has a grey of its own, the first is black."""
    pictures = [Image.new("L", size, 40 * n % 256) for n in range(frames)]
    options = {"lossless": True} if kind == "WEBP" else {}
    return encoded(
        pictures[0], kind, save_all=True, append_images=pictures[1:], duration=20, **options
    )


def svg(inside: str = RED, head: str = 'width="40" height="20"') -> bytes:
    """A drawing of 40 by 20 pixels, or as its head says."""
    return f"<svg {SVG_ROOT} {head}>{inside}</svg>".encode()


def wav(*, says: bytes = b"") -> bytes:
    """A sound of no length, with what it says of itself."""
    kept = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    said = b"LIST" + struct.pack("<I", len(says)) + says if says else b""
    body = b"WAVE" + kept + said + b"data" + struct.pack("<I", 2) + b"\x80\x80"
    return b"RIFF" + struct.pack("<I", len(body)) + body


def swapped_profile() -> bytes:
    """A colour profile like sRGB, in which red and blue have changed places."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for number in range(int.from_bytes(data[128:132], "big")):
        at = 132 + 12 * number
        names = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}
        data[at : at + 4] = names.get(bytes(data[at : at + 4]), data[at : at + 4])
    return bytes(data)
