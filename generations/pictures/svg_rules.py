"""What is kept of an SVG that is drawn here, and of one that is given to strangers."""

import re
from collections.abc import Mapping

from generations.pictures.svg import Attributes

_EMBEDDED = re.compile(r"#|data:image/(png|jpe?g|gif|webp)[;,]")
_NEVER_DRAWN = frozenset({"script", "foreignObject", "metadata"})
_ABOUT = frozenset({"title", "desc"})
_OURS = frozenset({"", "svg", "xlink", "xml", "xmlns"})


def harmless(name: str, attributes: Attributes) -> Attributes | None:
    """Leave out what is never drawn, and every reference that leaves the file."""
    if _local(name) in _NEVER_DRAWN:
        return None
    return {key: value for key, value in attributes.items() if _stays_inside(key, value)}


def bare(name: str, attributes: Attributes) -> Attributes | None:
    """Leave out, besides, what only says something about the picture, and what acts."""
    if _local(name) in _ABOUT or _prefix(name) not in _OURS:
        return None
    kept = harmless(name, attributes)
    return None if kept is None else _plain(kept)


def _plain(attributes: Attributes) -> Mapping[str, str]:
    return {
        key: value
        for key, value in attributes.items()
        if _prefix(key) in _OURS and not key.startswith(("on", "data-"))
    }


def _stays_inside(key: str, value: str) -> bool:
    return _local(key) != "href" or _EMBEDDED.match(value.strip()) is not None


def _prefix(name: str) -> str:
    return name.rpartition(":")[0]


def _local(name: str) -> str:
    return name.rpartition(":")[2]
