"""The words in which a server says what is wrong. Pure."""

from typing import Any

from spellhub.json_values import NotStrict, value_in

MAX_WORDS = 400
_PLACES = ("error", "message", "detail", "title", "error_description", "msg")


def words_in(body: bytes, media_type: str) -> str:
    """Return what the body of a failure says in a line, 400 characters at most; "" for a page."""
    if media_type == "text/plain":
        return _line(body.decode("utf-8", "replace"))
    try:
        return _line(_words(value_in(body)))
    except NotStrict:
        return ""


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(filter(None, map(_words, value[:5])))
    if isinstance(value, dict):
        return next(filter(None, (_words(value.get(place)) for place in _PLACES)), "")
    return ""


def _line(text: str) -> str:
    line = " ".join(text[: 4 * MAX_WORDS].split())
    return line if len(line) <= MAX_WORDS else f"{line[: MAX_WORDS - 1]}…"
