"""Fitting text into a box."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files

from PIL import ImageDraw, ImageFont

from generations.adapters.local.words import Align, FontName


@dataclass(frozen=True)
class Face:
    """A font file in an installed package."""

    package: str
    file: str


_PLAIN = Face("font_manrope", "Manrope-Medium.ttf")

# All of these fonts are under the SIL Open Font License 1.1.
TITLES: dict[FontName, Face] = {
    "fredoka": Face("font_fredoka_one", "FredokaOne-Regular.ttf"),
    "fjalla": Face("font_fjallaone", "FjallaOne-Regular.ttf"),
    "manrope": Face("font_manrope", "Manrope-ExtraBold.ttf"),
    "source-serif": Face("font_source_serif_pro", "SourceSerifPro-Bold.ttf"),
}
SUBTITLES: dict[FontName, Face] = {
    "fredoka": _PLAIN,
    "fjalla": _PLAIN,
    "manrope": _PLAIN,
    "source-serif": Face("font_source_serif_pro", "SourceSerifPro-It.ttf"),
}

_SMALLEST = 9  # pixels
_CAPITALS = 0.74  # their height, of the size, about
_LEADING = 1.16  # from line to line, of the size


@dataclass(frozen=True)
class Block:
    """Lines of text in a face of a size in pixels."""

    lines: tuple[str, ...]
    face: Face
    size: int

    @property
    def height(self) -> int:
        """From the top of the first line's capitals to the last line's baseline."""
        return round(self.size * (_CAPITALS + _LEADING * (len(self.lines) - 1)))

    @property
    def width(self) -> float:
        """The length of the longest line."""
        measure = Measure(self.face, self.size)
        return max(measure(line) for line in self.lines)

    def draw(
        self, pen: ImageDraw.ImageDraw, place: tuple[float, float], align: Align, scale: int
    ) -> None:
        """Draw on a mask ``scale`` times as large.

        The top of the first capitals comes to ``place``, with the left end or the middle of lines.
        """
        font, anchor = _font(self.face, self.size * scale), "ms" if align == "center" else "ls"
        for number, line in enumerate(self.lines):
            baseline = place[1] + self.size * (_CAPITALS + _LEADING * number)
            pen.text((place[0] * scale, baseline * scale), line, fill=255, font=font, anchor=anchor)


class Measure:
    """Measures text in a face of a size, as if pixels had no edges: a larger font, scaled down."""

    def __init__(self, face: Face, size: int) -> None:
        self._font = _font(face, size * 4)
        self.size = size

    def __call__(self, text: str) -> float:
        return self._font.getlength(text) / 4


def fit(text: str, face: Face, box: tuple[int, int], size: int) -> Block:
    """Return the text in the largest size up to ``size`` at which it fits into the box.

    Text that does not fit even in the smallest size is cut, with an ellipsis.
    """
    low, high = _SMALLEST, max(size, _SMALLEST)
    best = _set(text, face, low, box[0])
    while low <= high:
        middle = (low + high) // 2
        block = _set(text, face, middle, box[0])
        if block.width <= box[0] and block.height <= box[1]:
            best, low = block, middle + 1
        else:
            high = middle - 1
    return _cut(best, box[1])


def _set(text: str, face: Face, size: int, width: int) -> Block:
    measure = Measure(face, size)
    lines = [line for part in text.splitlines() for line in _balanced(part, measure, width)]
    return Block(tuple(lines) or ("",), face, size)


def _cut(block: Block, height: int) -> Block:
    room = max(1, 1 + int((height / block.size - _CAPITALS) / _LEADING))
    if len(block.lines) <= room:
        return block
    kept = (*block.lines[: room - 1], block.lines[room - 1][:-1].rstrip() + "…")
    return Block(kept, block.face, block.size)


@lru_cache(maxsize=64)
def _font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    with as_file(files(face.package) / "files" / face.file) as path:
        return ImageFont.truetype(path, size)


def _balanced(text: str, measure: Measure, width: int) -> list[str]:
    """Wrap into as few lines as fit, and these about equally long."""
    lines = _wrapped(text, measure, width)
    low, high = width // 2, width
    while low < high:
        middle = (low + high) // 2
        tighter = _wrapped(text, measure, middle)
        if len(tighter) <= len(lines) and all(measure(line) <= middle for line in tighter):
            lines, high = tighter, middle
        else:
            low = middle + 1
    return lines


def _wrapped(text: str, measure: Measure, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer) <= width:
            lines[-1] = longer
        else:
            lines += _broken(word, measure, width)
    return lines


def _broken(word: str, measure: Measure, width: int) -> list[str]:
    """Break a word that is longer than a line even in the smallest size."""
    if measure.size > _SMALLEST or measure(word) <= width:
        return [word]
    pieces = [word[0]]
    for letter in word[1:]:
        if measure(pieces[-1] + letter) <= width:
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces
