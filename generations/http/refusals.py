"""Why an exchange ends before its answer is whole; as httpx has them, for clients built on it."""

import httpx


class BadUrl(httpx.TransportError):
    """The URL is not one that may be called; the message is a sentence. Nothing was sent."""


class Blocked(httpx.TransportError):
    """The URL leads to an address or port that may not be called. Nothing was sent."""


class BadRedirect(httpx.TransportError):
    """A server sends the request on to where it cannot go."""


class Unresolved(httpx.ConnectError):
    """The name of the host could not be resolved. Nothing was sent."""


class TooLarge(httpx.TransportError):
    """The body is larger than the limit, as it came or unpacked."""


class BadEncoding(httpx.TransportError):
    """The body cannot be unpacked."""
