"""What the status of an answer means that was not wanted. Pure."""

from collections.abc import Mapping

from generations.adapters.base import (
    BadOutput,
    Busy,
    InvalidInput,
    OutOfCredit,
    ProviderTimeout,
    RateLimited,
    Refused,
    ToolError,
    Unauthorized,
    Unavailable,
)

Meanings = Mapping[int, type[ToolError]]

MEANINGS: Meanings = {
    401: Unauthorized,
    402: OutOfCredit,
    403: Unauthorized,
    407: Unauthorized,
    408: Unavailable,
    409: Refused,
    423: Busy,
    425: Unavailable,
    429: RateLimited,
    451: Refused,
    501: Refused,
    504: ProviderTimeout,
    505: Refused,
    524: ProviderTimeout,
    529: Busy,
}
# A gateway speaks here for a server that may have taken the request.
_OF_GATEWAYS = frozenset({502, 504, 520, 524})


def meaning_of(status: int, *, waits: bool, own: Meanings) -> type[ToolError]:
    """Return the error that a status stands for.

    ``own`` is what it means at this provider, where that differs; ``waits`` says that the answer
    names a time to come back, which turns an outage into a lack of room.
    """
    if status in own:
        return own[status]
    if status == 503 and waits:
        return Busy
    if status in MEANINGS:
        return MEANINGS[status]
    if status < 400 or status > 599:
        return BadOutput
    return InvalidInput if status < 500 else Unavailable


def is_of_a_gateway(status: int) -> bool:
    """Whether the status leaves open if the server behind took the request."""
    return status in _OF_GATEWAYS
