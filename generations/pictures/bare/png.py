"""PNG (ISO/IEC 15948) and its animations: a list of chunks."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generations.pictures.bare import Unreadable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_HEAD = struct.Struct(">I4s")
_FRAME = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_COLOURS = frozenset({b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD"})
_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
_FOR_PIXELS = _FRAME | _COLOURS | _ANIMATION


@dataclass(frozen=True)
class Chunk:
    """A piece of the file: four letters, and what it holds."""

    kind: bytes
    body: bytes

    def written(self) -> bytes:
        """Return the chunk as it stands in a file."""
        checksum = zlib.crc32(self.kind + self.body)
        return _HEAD.pack(len(self.body), self.kind) + self.body + struct.pack(">I", checksum)


def bare(data: bytes) -> bytes:
    """Return only the chunks that the pixels need; what follows the last one is left out."""
    return join(chunk for chunk in chunks(data) if chunk.kind in _FOR_PIXELS)


def join(pieces: Iterable[Chunk]) -> bytes:
    """Write a file of chunks."""
    return SIGNATURE + b"".join(chunk.written() for chunk in pieces)


def chunks(data: bytes) -> Iterator[Chunk]:
    """Yield the chunks up to the last; raises Unreadable."""
    if not data.startswith(SIGNATURE):
        raise Unreadable("It does not begin as a PNG does.")
    at = len(SIGNATURE)
    while at + _HEAD.size <= len(data):
        length, kind = _HEAD.unpack_from(data, at)
        begin = at + _HEAD.size
        at = begin + length + 4
        if at > len(data):
            break
        yield Chunk(kind, data[begin : begin + length])
        if kind == b"IEND":
            return
    raise Unreadable("The PNG is cut off.")
