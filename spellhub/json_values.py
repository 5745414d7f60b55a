"""Which JSON values every part of spellhub can store and send on, and reading them strictly."""

import json
import math
from typing import Any, NoReturn

MAX_DEPTH = 32
TOO_DEEP = f"It is nested deeper than {MAX_DEPTH} levels."
# A whole number of 64 bits has at most 20 digits and a sign.
MAX_DIGITS = 21


class NotStrict(ValueError):
    """A body that is no strict JSON, or could not be stored; ``detail`` is a sentence.

    ``pointer`` is the JSON pointer of the part that is wrong, where there is one.
    """

    def __init__(self, code: str, detail: str, pointer: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.pointer = pointer


def value_in(raw: bytes) -> Any:
    """Return the JSON value that a body is (RFC 8259, UTF-8, no key twice); raises NotStrict."""
    value = _parsed(_text_of(raw))
    flaw = flaw_of(value)
    if flaw == TOO_DEEP:
        # Told alike whether the parser or the limit stopped it: that depends on our own stack.
        raise NotStrict("too_deep", TOO_DEEP)
    if flaw:
        raise NotStrict("unstorable_value", flaw, _pointer_to_flaw(value))
    return value


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


def _text_of(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotStrict("not_utf8", f"The body is not UTF-8 at byte {error.start}.") from error


def _parsed(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_whole_number,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise NotStrict("not_json", f"The body is not JSON: {error.msg} at {where}.") from error
    except RecursionError as error:
        raise NotStrict("too_deep", TOO_DEEP) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        _refuse("duplicate_key", f"The key {_shown(twice)} stands twice in one object.")
    return value


def _no_constant(name: str) -> NoReturn:
    _refuse("not_a_number", f"{name} is not JSON.")


def _whole_number(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        _refuse("number_too_large", "A whole number does not fit into 64 bits.")
    return int(digits)


def _pointer_to_flaw(value: Any, depth: int = 0) -> str:
    """Return the JSON pointer of the first part of a value that cannot be stored."""
    if depth == MAX_DEPTH or not isinstance(value, dict | list):
        return ""
    parts = list(value.items() if isinstance(value, dict) else enumerate(value))
    for key, item in parts:
        if isinstance(key, str) and flaw_of(key):
            return ""
        if flaw_of(item, depth + 1):
            below = _pointer_to_flaw(item, depth + 1)
            return f"/{str(key).replace('~', '~0').replace('/', '~1')}{below}"
    return ""


def _shown(text: str) -> str:
    return json.dumps(text if len(text) <= 60 else f"{text[:59]}…")


def _refuse(code: str, detail: str) -> NoReturn:
    raise NotStrict(code, detail)
