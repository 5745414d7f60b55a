"""GIF (89a): a list of blocks."""

from collections.abc import Iterator

from generations.pictures.bare import Unreadable

_SCREEN = 13
_DESCRIPTOR = 10
_EXTENSION, _IMAGE, _END = 0x21, 0x2C, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def bare(data: bytes) -> bytes:
    """Return the picture without comments, texts, other applications' data, and what follows."""
    if data[:6] not in (b"GIF87a", b"GIF89a") or len(data) < _SCREEN:
        raise Unreadable("It does not begin as a GIF does.")
    begin = _SCREEN + _table(data[10])
    if begin > len(data):
        raise Unreadable("The GIF is cut off.")
    return b"".join([data[:begin], *_kept(data, begin), bytes([_END])])


def _kept(data: bytes, at: int) -> Iterator[bytes]:
    while at < len(data) and data[at] != _END:
        end = _end_of_block(data, at)
        if data[at] == _IMAGE or _is_needed(data[at:end]):
            yield data[at:end]
        at = end


def _is_needed(extension: bytes) -> bool:
    if extension[1] == _CONTROL:
        return True
    # A loop is counted in one block of three bytes; anything else there is somebody's own.
    is_loop = extension[1] == _APPLICATION and extension[3:14] in _LOOPS
    return is_loop and len(extension) == 19


def _end_of_block(data: bytes, at: int) -> int:
    if data[at] == _EXTENSION:
        return _end_of_parts(data, at + 2)
    if data[at] == _IMAGE and at + _DESCRIPTOR <= len(data):
        return _end_of_parts(data, at + _DESCRIPTOR + _table(data[at + 9]) + 1)
    raise Unreadable("The GIF has bytes between its blocks.")


def _end_of_parts(data: bytes, at: int) -> int:
    while at < len(data):
        length = data[at]
        at += length + 1
        if not length:
            return at
    raise Unreadable("The GIF is cut off.")


def _table(flags: int) -> int:
    """Return how long the table of colours is, in bytes."""
    return 3 * 2 ** ((flags & 0x07) + 1) if flags & 0x80 else 0
