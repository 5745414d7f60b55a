"""Which kinds of files an input takes: the ``contentMediaType`` of its schema, with ``*``."""

_DRAWING = "image/svg+xml"


def wanted(stated: object) -> list[str]:
    """Return the media types that a schema states, such as ``image/*``; empty for any."""
    text = stated if isinstance(stated, str) else ""
    return [one.strip().lower() for one in text.split(",") if one.strip()]


def accepts(types: list[str], media_type: str) -> bool:
    """Whether a file of a media type is one of these.

    ``image/*`` means pictures made of pixels: an SVG is taken only where it is named.
    """
    if not types or media_type in types:
        return True
    kind = media_type.partition("/")[0]
    return media_type != _DRAWING and (f"{kind}/*" in types or "*/*" in types)
