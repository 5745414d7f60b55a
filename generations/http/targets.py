"""Where a URL leads: its scheme, host and port, read by one parser and in one strict form. Pure.

Whatever another program could read differently is refused, not repaired: a host that ends in a
number is an IPv4 address of four decimal parts or it is nothing.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

import httpx

from generations.http.addresses import Address
from generations.http.refusals import BadUrl

MAX_URL = 8192
DEFAULT_PORTS = {"http": 80, "https": 443}

_START = re.compile(r"https?://[^/?#]", re.IGNORECASE)
_UNFIT = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_MAX_NAME = 253


@dataclass(frozen=True)
class Target:
    """The place a request goes to; ``address`` is set when the host is written as one."""

    scheme: str
    host: str
    port: int
    address: Address | None = None

    @property
    def is_default_port(self) -> bool:
        """Whether the port is the scheme's own."""
        return self.port == DEFAULT_PORTS[self.scheme]

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.is_default_port else f":{self.port}")


def url_in(text: str) -> httpx.URL:
    """Return the absolute URL that a text is; raises BadUrl."""
    if len(text) > MAX_URL:
        raise BadUrl(f"A URL may have {MAX_URL} characters at most.")
    if _UNFIT.search(text):
        raise BadUrl("A URL may hold no spaces, control characters or backslashes.")
    if not _START.match(text):
        raise BadUrl("A URL must begin with http:// or https:// and a host.")
    try:
        url = httpx.URL(text)
        # Only reading the host finds out whether its international labels are any.
        is_whole = bool(url.host)
    except (httpx.InvalidURL, ValueError):
        is_whole = False
    if not is_whole:
        raise BadUrl("This is not a URL: its host or port cannot be read.")
    return url


def target_of(url: httpx.URL) -> Target:
    """Return where a URL leads; raises BadUrl for what is not written plainly."""
    if url.scheme not in DEFAULT_PORTS:
        raise BadUrl("A URL must begin with http:// or https://.")
    if url.userinfo:
        raise BadUrl("A URL may hold no user name or password before its host.")
    host = url.raw_host.decode("ascii").lower()
    port = DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    if not 0 < port < 65536:
        raise BadUrl("The port of a URL is a number from 1 to 65535.")
    return Target(url.scheme, host, port, _address_of(host))


def is_host_name(text: str) -> bool:
    """Whether a text is the name of a host, in ASCII and small letters, and no address."""
    return (
        len(text) <= _MAX_NAME
        and _NAME.fullmatch(text) is not None
        and _NUMBER.fullmatch(text) is None
    )


def _address_of(host: str) -> Address | None:
    if is_host_name(host):
        return None
    try:
        return IPv6Address(host) if ":" in host and "%" not in host else IPv4Address(host)
    except AddressValueError:
        raise BadUrl(
            "The host of a URL must be a name, four decimal numbers with dots, or an IPv6 address "
            "in brackets and without a zone."
        ) from None
