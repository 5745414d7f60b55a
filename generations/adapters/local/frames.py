"""Messages in a pipe: four bytes of length, then the message."""

import struct
from collections.abc import Iterator

_LENGTH = struct.Struct(">I")


class TooLong(Exception):
    """A message that is longer than it may be, or bytes that are no message."""


def frame(body: bytes) -> bytes:
    """Put its length before a message."""
    return _LENGTH.pack(len(body)) + body


class Frames:
    """Puts messages together from the pieces that a pipe gives."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield the messages that are complete with this piece; raises TooLong."""
        self._buffer += piece
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > self._limit:
                raise TooLong(f"{length} bytes, where {self._limit} are allowed")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            yield body
