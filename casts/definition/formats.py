"""The formats of texts that are checked; any other format is a note to the reader."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

import re2
from jsonschema import FormatChecker

from generations.schemas import ARTIFACT

_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")


def _is_uuid(text: str) -> bool:
    return str(UUID(text)) == text.lower()


def _is_date(text: str) -> bool:
    return len(text) == 10 and bool(date.fromisoformat(text))


def _is_time(text: str) -> bool:
    return _TIME.fullmatch(text) is not None and isinstance(time.fromisoformat(text.upper()), time)


def _is_moment(text: str) -> bool:
    is_shaped = text[10:11] in {"T", "t", " "} and _TIME.fullmatch(text[11:]) is not None
    return is_shaped and bool(datetime.fromisoformat(text.upper()))


def _is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def _is_host(text: str) -> bool:
    return len(text) <= 253 and _HOST.fullmatch(text) is not None


def _is_ipv4(text: str) -> bool:
    return ip_address(text).version == 4


def _is_ipv6(text: str) -> bool:
    return ip_address(text).version == 6


def _is_uri(text: str) -> bool:
    parts = urlsplit(text)
    return bool(parts.scheme and (parts.netloc or parts.path)) and not re.search(r"\s", text)


def flaw_of_pattern(pattern: str) -> str:
    """Return why google-re2 cannot use a pattern; empty when it can."""
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    except UnicodeEncodeError:
        return "it holds half of a surrogate pair"
    return ""


def _checker(predicates: dict[str, Callable[[str], bool]]) -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, predicate in predicates.items():
        checker.checks(name, raises=ValueError)(_if_text(predicate))
    return checker


def _if_text(predicate: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or predicate(value)


formats = _checker(
    {
        ARTIFACT: _is_uuid,
        "uuid": _is_uuid,
        "date": _is_date,
        "time": _is_time,
        "date-time": _is_moment,
        "email": _is_email,
        "hostname": _is_host,
        "ipv4": _is_ipv4,
        "ipv6": _is_ipv6,
        "uri": _is_uri,
        "regex": lambda text: not flaw_of_pattern(text),
    }
)
