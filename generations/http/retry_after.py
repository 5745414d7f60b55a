"""How long a server asks to wait: the header Retry-After (RFC 9110, 10.2.3). Pure."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from generations.retry import MAX_RETRY_AFTER_S

# More digits than this are more than the most in any case.
_MAX_DIGITS = 9


def seconds_in(retry_after: str | None, date: str | None, now: datetime) -> float | None:
    """Return the seconds to wait, from 0 to MAX_RETRY_AFTER_S; None when the header says nothing.

    ``date`` is the header Date of the same answer: a time is meant by the server's own clock, so
    it is compared with that one; with ``now`` where there is none.
    """
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return MAX_RETRY_AFTER_S if len(text) > _MAX_DIGITS else _capped(float(text))
    moment = _moment(text)
    if moment is None:
        return None
    return _capped((moment - (_moment(date or "") or now)).total_seconds())


def _capped(seconds: float) -> float:
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text[:64])
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
