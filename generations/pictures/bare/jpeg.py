"""JPEG (ITU T.81): a list of segments, each after a marker."""

from collections.abc import Iterator

from generations.pictures.bare import Unreadable

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_APPLICATIONS = range(0xE0, 0xF0)
_COMMENT = 0xFE
# The segments of applications without which the pixels would look otherwise.
_FOR_PIXELS = ((0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe"))
_JFIF_WITHOUT_PREVIEW = 12


def bare(data: bytes) -> bytes:
    """Return the picture without comments, EXIF, previews, and whatever follows its end."""
    if not data.startswith(bytes([0xFF, _START])):
        raise Unreadable("It does not begin as a JPEG does.")
    return b"".join([data[:2], *_kept(data)])


def _kept(data: bytes) -> Iterator[bytes]:
    at = 2
    while True:
        at, marker = _marker(data, at)
        if marker == _END:
            yield bytes([0xFF, _END])
            return
        length = int.from_bytes(data[at : at + 2], "big")
        end = at + length
        if length < 2 or end > len(data):
            raise Unreadable("The JPEG is cut off.")
        if (body := _body(marker, data[at + 2 : end])) is not None:
            yield bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body
        at = end
        if marker == _SCAN:
            at = _end_of_scan(data, end)
            yield data[end:at]


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Return what follows the next marker, which may be preceded by filling, and its code."""
    if at >= len(data):
        # Decoders take a picture whose end is missing, too.
        return at, _END
    if data[at] != 0xFF:
        raise Unreadable("The JPEG has bytes between its segments.")
    while at < len(data) and data[at] == 0xFF:
        at += 1
    if at >= len(data):
        return at, _END
    return at + 1, data[at]


def _body(marker: int, body: bytes) -> bytes | None:
    """Return what to keep of a segment, None for nothing."""
    if marker == _COMMENT:
        return None
    if marker not in _APPLICATIONS:
        return body
    if not any(marker == known and body.startswith(name) for known, name in _FOR_PIXELS):
        return None
    # The rest of this one is a small picture of what was there before it was cropped.
    return body[:_JFIF_WITHOUT_PREVIEW] + b"\0\0" if marker == 0xE0 else body


def _end_of_scan(data: bytes, at: int) -> int:
    """Return where the next marker stands that is neither a stuffed byte nor a restart."""
    while (at := data.find(b"\xff", at)) >= 0:
        following = data[at + 1 : at + 2]
        if following and following != b"\xff" and following[0] and not 0xD0 <= following[0] <= 0xD7:
            return at
        at += 1 if following == b"\xff" else 2
    return len(data)
