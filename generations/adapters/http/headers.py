"""Which headers a spell may send, and which of an answer it gets to see. Pure."""

from collections.abc import Mapping

from generations.adapters.base import InvalidInput

SENDABLE = frozenset(
    {
        "accept",
        "accept-language",
        "content-language",
        "content-type",
        "idempotency-key",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-unmodified-since",
        "prefer",
        "x-request-id",
    }
)
SHOWN = (
    "cache-control",
    "content-language",
    "content-type",
    "date",
    "etag",
    "expires",
    "last-modified",
    "link",
    "location",
    "retry-after",
    "x-request-id",
    "x-total-count",
)
MAX_SHOWN = 2000
_SECRET_WORDS = ("auth", "cookie", "key", "token", "secret", "password", "credential", "session")


def sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers to send, by their names in small letters; raises InvalidInput."""
    sent: dict[str, str] = {}
    for name, text in headers.items():
        small = name.lower()
        if small not in SENDABLE:
            raise InvalidInput(_why_not(name[:60], small))
        if small in sent:
            raise InvalidInput(f"The header {small} stands twice.")
        sent[small] = text
    return sent


def shown(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of an answer that a spell gets to see; never a cookie."""
    return {name: headers[name][:MAX_SHOWN] for name in SHOWN if name in headers}


def _why_not(name: str, small: str) -> str:
    if any(word in small for word in _SECRET_WORDS):
        return (
            f"The header {name} holds a credential, and inputs are stored and shown: it cannot be "
            "sent by this tool."
        )
    return f"The header {name} cannot be sent; these can: {', '.join(sorted(SENDABLE))}."
