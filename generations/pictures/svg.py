"""SVG from outside: recognised by its first element, and rewritten without what could harm.

Nothing here expands entities or follows a reference: a file that declares any is refused.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://www.w3.org/2000/svg"
HEAD_BYTES = 256 * 1024
"""Within so many bytes the first element must have come."""

MAX_BYTES = 10 * 1024 * 1024
MAX_ELEMENTS = 200_000
MAX_DEPTH = 200
MAX_TEXT = 50_000
"""Of a file that is rewritten; text in characters that are no space."""

_PUBLIC = "-//W3C//DTD SVG"
_LENGTH = re.compile(r"\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*(px|pt|pc|mm|cm|in)?")
# A length that is written longer is none: matching it could take very long.
_LONGEST_LENGTH = 40
_PIXELS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_LARGEST_VIEW = 4096

Attributes = Mapping[str, str]
Keep = Callable[[str, Attributes], Attributes | None]
"""Given an element's name and attributes, returns those to keep; None leaves the element out."""


class SvgRefused(ValueError):
    """The file is an SVG that cannot be read, or that asks for more than it may."""


@dataclass(frozen=True)
class SvgHead:
    """The first element; the size is in pixels, None where it does not say."""

    size: tuple[float, float] | None
    is_fixed: bool
    """Whether the size is asked for, not only the proportions of what is seen."""


class _AnotherDocument(Exception):
    """The document says that it is of another type, whatever comes in it."""


class _Found(Exception):
    """The first element has come."""

    def __init__(self, name: str, attributes: Attributes) -> None:
        self.name, self.attributes = name, attributes


def read_head(data: bytes) -> SvgHead | None:
    """Return what the beginning of a file says if it is an SVG, else None.

    Raises SvgRefused for an SVG that declares entities or has a DTD of its own.
    """
    parser = _parser()
    parser.StartElementHandler = _raise_found
    try:
        parser.Parse(data[:HEAD_BYTES])
    except _Found as found:
        return _head(found)
    except (expat.ExpatError, _AnotherDocument):
        return None
    return None


def _raise_found(name: str, attributes: dict[str, str]) -> None:
    raise _Found(name, attributes)


def _head(found: _Found) -> SvgHead | None:
    prefix, _, local = found.name.rpartition(":")
    namespace = found.attributes.get(f"xmlns:{prefix}" if prefix else "xmlns")
    if local != "svg" or namespace != NAMESPACE:
        return None
    width, height = (_length(found.attributes.get(side, "")) for side in ("width", "height"))
    view = _view(found.attributes.get("viewBox", ""))
    if width and height:
        return SvgHead((width, height), is_fixed=True)
    if view and width:
        return SvgHead(_finite(width, width * view[1] / view[0]), is_fixed=True)
    if view and height:
        return SvgHead(_finite(height * view[0] / view[1], height), is_fixed=True)
    return SvgHead(view and _within(view), is_fixed=False)


def _finite(width: float, height: float) -> tuple[float, float] | None:
    """Return a size, None where its proportions are beyond all numbers."""
    return (width, height) if math.isfinite(width) and math.isfinite(height) else None


def _within(view: tuple[float, float]) -> tuple[float, float]:
    """Scale a view down to what would fit on a screen: its units are not pixels."""
    factor = min(1.0, _LARGEST_VIEW / max(view))
    return view[0] * factor, view[1] * factor


def _length(text: str) -> float | None:
    found = _LENGTH.fullmatch(text.strip()) if len(text) <= _LONGEST_LENGTH else None
    if found is None:
        return None
    length = float(found[1] + (found[2] or "")) * _PIXELS[found[3] or "px"]
    return length if 0 < length < math.inf else None


def _view(text: str) -> tuple[float, float] | None:
    parts = text.replace(",", " ").split()
    if len(parts) != 4:
        return None
    width, height = _length(parts[2]), _length(parts[3])
    return (width, height) if width and height else None


def rewritten(data: bytes, keep: Keep) -> str:
    """Write an SVG anew with only what ``keep`` keeps, without comments and instructions.

    Raises SvgRefused for one that is broken, too large, or declares entities.
    """
    if len(data) > MAX_BYTES:
        raise SvgRefused(f"The SVG is larger than {MAX_BYTES} bytes.")
    writer = _Writer(keep)
    parser = _parser()
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.write
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the end
    except expat.ExpatError as error:
        raise SvgRefused(f"The SVG cannot be read: {error}.") from error
    except _AnotherDocument as error:
        raise SvgRefused("The SVG cannot be read: it says that it is something else.") from error
    return "".join(writer.written)


class _Writer:
    """Writes the elements that are kept, and counts all of them."""

    def __init__(self, keep: Keep) -> None:
        self.written: list[str] = []
        self._keep = keep
        self._depth = self._elements = self._text = 0
        self._left_out_at = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Write the beginning of an element."""
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise SvgRefused(
                f"The SVG has more than {MAX_ELEMENTS} elements, or more than {MAX_DEPTH} within "
                "each other."
            )
        if self._left_out_at:
            return
        kept = self._keep(name, attributes)
        if kept is None:
            self._left_out_at = self._depth
            return
        said = "".join(f" {key}={quoteattr(value)}" for key, value in kept.items())
        self.written.append(f"<{name}{said}>")

    def end(self, name: str) -> None:
        """Write the end of an element."""
        if not self._left_out_at:
            self.written.append(f"</{name}>")
        elif self._left_out_at == self._depth:
            self._left_out_at = 0
        self._depth -= 1

    def write(self, text: str) -> None:
        """Write text."""
        self._text += len(text.strip())
        if self._text > MAX_TEXT:
            raise SvgRefused(f"The SVG has more than {MAX_TEXT} characters of text.")
        if not self._left_out_at:
            self.written.append(escape(text))


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _check_doctype
    parser.EntityDeclHandler = _refuse_entity
    parser.ordered_attributes = False
    return parser


def _check_doctype(name: str, _system: str | None, public: str | None, has_own: int) -> None:
    """Let the one line pass that SVG 1.1 asks for: it declares nothing, and is never fetched."""
    if name.rpartition(":")[2] != "svg":
        raise _AnotherDocument
    if has_own or not (public or "").startswith(_PUBLIC):
        raise SvgRefused("The SVG has a document type of its own; save it as plain SVG.")


def _refuse_entity(*_declaration: object) -> None:
    raise SvgRefused("The SVG declares entities; save it as plain SVG.")
