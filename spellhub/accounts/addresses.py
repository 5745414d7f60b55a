"""From which address a request comes, as far as that can be believed."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"
# What one customer of an IPv6 network has is not an address but at least so many bits.
_IPV6_PREFIX = 64


def address_of(request: HttpRequest | None) -> str:
    """Return the address of the client; for IPv6 its network of 64 bits.

    ``X-Forwarded-For`` is read from its end, and only as far as ``settings.TRUSTED_PROXIES`` wrote
    it: whatever else stands there is the client's own invention.
    """
    if request is None:
        return UNKNOWN
    forwarded = request.headers.get("X-Forwarded-For", "")
    name = UNKNOWN
    hops = [*forwarded.split(","), request.META.get("REMOTE_ADDR", "")]
    for hop in reversed(hops):
        address = _parsed(hop.strip())
        if address is None:
            break
        name = _network_of(address)
        if not any(address in network for network in settings.TRUSTED_PROXIES):
            break
    return name


def _parsed(hop: str) -> IPv4Address | IPv6Address | None:
    """Read an address; an IPv4 one that came in through IPv6 is an IPv4 one."""
    try:
        address = ip_address(hop)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network_of(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), _IPV6_PREFIX), strict=False))
    return str(address)
