"""Unpacking a body while it comes, never more of it at a time than a piece."""

import zlib
from collections.abc import Iterable, Iterator

from generations.http.refusals import BadEncoding, TooLarge

PIECE = 65_536
# The only packing that is asked for, and so the only one there may be.
GZIP = "gzip"
_AS_GZIP = 16 + zlib.MAX_WBITS


def unpacked(pieces: Iterable[bytes], encoding: str, largest: int) -> Iterator[bytes]:
    """Yield a body unpacked; ``largest`` bytes at most, as it came and as it is.

    Raises TooLarge, or BadEncoding for a packing that is unknown or broken.
    """
    name = encoding.strip().lower()
    if name not in {"", "identity", GZIP, "x-gzip"}:
        raise BadEncoding(f"The body is packed as {name[:40]!r}, which was not asked for.")
    counted = bounded(pieces, largest)
    if name in {"", "identity"}:
        yield from counted
    else:
        yield from bounded(_gunzipped(counted), largest)


def bounded(pieces: Iterable[bytes], largest: int) -> Iterator[bytes]:
    """Yield the pieces of a body, ``largest`` bytes at most; raises TooLarge."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > largest:
            raise TooLarge(f"The body is larger than {largest} bytes.")
        yield piece


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(_AS_GZIP)
    begun = False
    try:
        for piece in pieces:
            begun = begun or bool(piece)
            left = piece
            while left:
                yield unpacking.decompress(left, PIECE)
                left = unpacking.unconsumed_tail
            if unpacking.unused_data:
                raise BadEncoding("The packed body goes on after its end.")
        yield unpacking.flush()
    except zlib.error:
        raise BadEncoding("The packed body is broken.") from None
    if begun and not unpacking.eof:
        raise BadEncoding("The packed body ends too early.")
