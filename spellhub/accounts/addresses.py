"""From which address a request comes, as far as that can be believed."""

from ipaddress import IPv6Address, ip_address, ip_network

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
    hops = [*forwarded.split(","), request.META.get("REMOTE_ADDR", "")]
    for hop in reversed(hops):
        name = _network_of(hop.strip())
        if name is None:
            return UNKNOWN
        if not _is_trusted(hop.strip()):
            return name
    return name or UNKNOWN


def _network_of(hop: str) -> str | None:
    try:
        address = ip_address(hop)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((int(address), _IPV6_PREFIX), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def _is_trusted(hop: str) -> bool:
    return any(ip_address(hop) in network for network in settings.TRUSTED_PROXIES)
