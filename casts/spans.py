"""Times as people read and write them. Pure."""

import re
from datetime import UTC, datetime, timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SPAN = re.compile(r"(?:\d+(?:\.\d+)?[smhd])+")
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhd])")


def spoken(span: timedelta) -> str:
    """Return a length of time, short: ``40 ms``, ``3.1 s``, ``1 m 48 s``, ``3 d 4 h``."""
    seconds = max(span.total_seconds(), 0.0)
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, seconds_left = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} m {seconds_left:02} s"
    hours, minutes_left = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes_left:02} m"
    days, hours_left = divmod(hours, 24)
    return f"{days} d {hours_left} h"


def clock(at: datetime, now: datetime) -> str:
    """Return a time of day in UTC, with its date when that is not today's."""
    at, now = at.astimezone(UTC), now.astimezone(UTC)
    if at.date() == now.date():
        return f"{at:%H:%M:%S} UTC"
    year = "" if at.year == now.year else f" {at.year}"
    return f"{at.day} {at:%b}{year} {at:%H:%M:%S} UTC"


def ahead(at: datetime | None, now: datetime) -> str:
    """Return when something comes: ``in 20 s (09:31:02 UTC)``, or ``at any moment``."""
    if at is None or at <= now:
        return "at any moment"
    return f"in {spoken(at - now)} ({clock(at, now)})"


def parse(text: str) -> timedelta:
    """Read ``90s``, ``10m``, ``1h30m``; a bare number means seconds. Raises ValueError."""
    wanted = f"{text}s" if text.isdecimal() else text
    if not _SPAN.fullmatch(wanted):
        raise ValueError(f"{text!r} is not a length of time such as 90s, 10m or 1h30m.")
    parts = _PART.findall(wanted)
    return timedelta(seconds=sum(float(number) * _UNITS[unit] for number, unit in parts))
