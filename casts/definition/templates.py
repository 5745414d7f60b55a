"""Where the ``${{ … }}`` of a text begin and end."""

from dataclasses import dataclass
from functools import lru_cache

OPENING, CLOSING = "${{", "}}"
_QUOTES = "'\"`"
_CACHED_LENGTH = 4_000


class Unclosed(ValueError):
    """A ``${{`` without its ``}}``; ``rest`` is the text from there."""

    def __init__(self, rest: str) -> None:
        super().__init__(rest)
        self.rest = rest


@dataclass(frozen=True)
class Source:
    """The JMESPath between ``${{`` and ``}}``."""

    text: str


Template = tuple[str | Source, ...]


def split(text: str) -> Template:
    """Return the texts and expressions that a text consists of; raises Unclosed.

    A text that is one expression and nothing else gives a single Source. Braces of JMESPath's own
    and quoted ones do not close an expression, so ``${{ '${{' }}`` writes the mark itself.
    """
    if OPENING not in text:
        return (text,)
    return _cached(text) if len(text) <= _CACHED_LENGTH else _split(text)


def _split(text: str) -> Template:
    parts: list[str | Source] = []
    at = 0
    while (opening := text.find(OPENING, at)) >= 0:
        if opening > at:
            parts.append(text[at:opening])
        start = opening + len(OPENING)
        end = _end(text, start)
        if end is None:
            raise Unclosed(text[opening:])
        parts.append(Source(text[start:end].strip()))
        at = end + len(CLOSING)
    if at < len(text):
        parts.append(text[at:])
    return tuple(parts)


_cached = lru_cache(maxsize=2048)(_split)


def _end(text: str, at: int) -> int | None:
    """Return where the closing mark stands."""
    depth = 0
    while at < len(text):
        character = text[at]
        if character in _QUOTES:
            closing = _closing_quote(text, at)
            if closing is None:
                return None
            at = closing
        elif character == "{":
            depth += 1
        elif character == "}" and depth:
            depth -= 1
        elif text.startswith(CLOSING, at):
            return at
        at += 1
    return None


def _closing_quote(text: str, at: int) -> int | None:
    """Return where a quote ends; as in JMESPath, a backslash escapes what follows it."""
    quote = text[at]
    at += 1
    while at < len(text):
        if text[at] == quote:
            return at
        at += 2 if text[at] == "\\" else 1
    return None
