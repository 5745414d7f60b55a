"""RIFF: a list of chunks, in which WEBP (RFC 9649) and WAV files are written."""

import struct
from collections.abc import Iterator

from generations.pictures.bare import Unreadable

_HEAD = struct.Struct("<4sI")
_KEPT = {
    b"WEBP": frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}),
    b"WAVE": frozenset({b"fmt ", b"fact", b"data"}),
}
_SAYS_EXIF_OR_XMP = 0x0C  # of the flags of VP8X


def bare(data: bytes) -> bytes:
    """Return the picture or the sound without EXIF, XMP, lists of titles, and what follows it."""
    form = data[8:12]
    if data[:4] != b"RIFF" or form not in _KEPT:
        raise Unreadable("It does not begin as a WEBP or a WAV does.")
    kept = b"".join(_written(kind, body) for kind, body in _chunks(data) if kind in _KEPT[form])
    return _HEAD.pack(b"RIFF", len(kept) + 4) + form + kept


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    end = 8 + int.from_bytes(data[4:8], "little")
    # Some leave out the byte that makes the last chunk even.
    if len(data) + 1 < end:
        raise Unreadable("The file is cut off.")
    at = 12
    while at + _HEAD.size <= end:
        kind, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if at + length > min(end, len(data)):
            raise Unreadable("The file says that it is longer than it is.")
        yield kind, data[at : at + length]
        at += length + length % 2


def _written(kind: bytes, body: bytes) -> bytes:
    if kind == b"VP8X" and body:
        body = bytes([body[0] & ~_SAYS_EXIF_OR_XMP]) + body[1:]
    return _HEAD.pack(kind, len(body)) + body + b"\0" * (len(body) % 2)
