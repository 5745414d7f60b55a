"""No tool that reads a picture can be made to unpack a bomb."""

import struct
import zlib
from typing import Any

import pytest

from generations.adapters.base import InvalidInput
from tests.generations.calls import expect

READERS: dict[str, dict[str, Any]] = {
    "image.grid": {"images": ["a"]},
    "image.qr": {"text": "https://example.org", "emblem": "a"},
    "image.read_text": {"image": "a"},
    "image.to_svg": {"image": "a"},
    "image.upscale": {"image": "a"},
}


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(side: int) -> bytes:
    """Return a small PNG that is of so many pixels a side."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(side * (1 + (side + 7) // 8)), 9)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.failure("K5")
@pytest.mark.parametrize("side", [7000, 20_000])
@pytest.mark.parametrize("tool", READERS)
def test_a_picture_that_unpacks_to_too_much_is_refused(tool: str, side: int) -> None:
    """The guard: open_picture looks at the pixels before it unpacks them."""
    error = expect(InvalidInput, tool, READERS[tool], files={"a": bomb(side)})
    assert "pixels" in error.message


@pytest.mark.parametrize("tool", READERS)
def test_a_file_that_is_no_picture_is_refused(tool: str) -> None:
    error = expect(InvalidInput, tool, READERS[tool], files={"a": b"<svg onload='alert(1)'/>"})
    assert "cannot be read" in error.message
