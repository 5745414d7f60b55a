"""Which JSON values every part of spellhub can store and send on."""

import math
from typing import Any

MAX_DEPTH = 32
TOO_DEEP = f"It is nested deeper than {MAX_DEPTH} levels."


def flaw_of(value: Any, depth: int = 0) -> str:  # noqa: PLR0911 - one for each kind
    """Say why a value cannot be stored as JSON in every database; empty when it can.

    Refused are NaN and infinities, NUL characters, lone surrogates, integers beyond 64 bits, depth
    beyond 32, and anything that is not JSON.
    """
    if depth > MAX_DEPTH:
        return TOO_DEEP
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return _flaw_of_text(value)
    if isinstance(value, int):
        return "" if -(2**63) <= value < 2**64 else "A whole number does not fit into 64 bits."
    if isinstance(value, float):
        return "" if math.isfinite(value) else "NaN and infinities are not JSON numbers."
    if isinstance(value, dict):
        return _first(
            (flaw_of(key, depth + 1) if isinstance(key, str) else "A key is not text.")
            or flaw_of(item, depth + 1)
            for key, item in value.items()
        )
    if isinstance(value, list | tuple):
        return _first(flaw_of(item, depth + 1) for item in value)
    return f"A {type(value).__name__} is not a JSON value."


def _first(flaws: Any) -> str:
    return next((flaw for flaw in flaws if flaw), "")


def _flaw_of_text(text: str) -> str:
    if "\x00" in text:
        return "A text holds the character U+0000, which cannot be stored."
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "A text holds half of a surrogate pair."
    return ""
