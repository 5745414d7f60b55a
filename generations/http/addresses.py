"""Which IP addresses may be called for users: only those of the public internet. Pure.

After the IANA special-purpose address registries (RFC 6890 and what updates it), stricter in two
ways: of IPv6 only the range that is given out for public use counts, and every form that carries
an IPv4 address inside is refused, whatever that address is.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SPECIAL_V4 = {
    "0.0.0.0/8": "an unspecified address",
    "10.0.0.0/8": "a private address",
    "100.64.0.0/10": "an address shared behind a carrier's NAT",
    "127.0.0.0/8": "a loopback address",
    "168.63.129.16/32": "an address of the cloud it runs in",
    "169.254.0.0/16": "a link-local address",
    "172.16.0.0/12": "a private address",
    "192.0.0.0/24": "a reserved address",
    "192.0.2.0/24": "an address for documentation",
    "192.31.196.0/24": "a reserved address",
    "192.52.193.0/24": "a reserved address",
    "192.88.99.0/24": "a 6to4 relay",
    "192.168.0.0/16": "a private address",
    "192.175.48.0/24": "a reserved address",
    "198.18.0.0/15": "an address for benchmarks",
    "198.51.100.0/24": "an address for documentation",
    "203.0.113.0/24": "an address for documentation",
    "224.0.0.0/4": "a multicast address",
    "240.0.0.0/4": "a reserved address",
}
# The first that fits names the address; the longer prefixes stand before those they lie in.
_SPECIAL_V6 = {
    "::/128": "an unspecified address",
    "::1/128": "a loopback address",
    "::/96": "an IPv4 address in its IPv4-compatible form",
    "::ffff:0:0/96": "an IPv4 address in its IPv4-mapped form",
    "::ffff:0:0:0/96": "an IPv4 address in its translated form",
    "64:ff9b::/96": "an IPv4 address in its NAT64 form",
    "64:ff9b:1::/48": "an IPv4 address in its NAT64 form",
    "2001::/32": "an IPv4 address in its Teredo form",
    "2001:2::/48": "an address for benchmarks",
    "2001::/23": "a reserved address",
    "2001:db8::/32": "an address for documentation",
    "2002::/16": "an IPv4 address in its 6to4 form",
    "2620:4f:8000::/48": "a reserved address",
    "3ffe::/16": "a reserved address",
    "3fff::/20": "an address for documentation",
    "fc00::/7": "a private address",
    "fe80::/10": "a link-local address",
    "fec0::/10": "a private address",
    "ff00::/8": "a multicast address",
}
_PUBLIC_V6 = IPv6Network("2000::/3")
# The interface identifiers of ISATAP (RFC 5214): an IPv4 address in the last 32 bits.
_ISATAP = (0x00005EFE, 0x02005EFE)

_NETWORKS_V4 = [(IPv4Network(network), kind) for network, kind in _SPECIAL_V4.items()]
_NETWORKS_V6 = [(IPv6Network(network), kind) for network, kind in _SPECIAL_V6.items()]


def flaw_of_address(address: Address) -> str:
    """Say what kind of address may not be called ("a loopback address"); empty for a public one."""
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _NETWORKS_V4 if address in network), "")
    for network, kind in _NETWORKS_V6:
        if address in network:
            return kind
    if address not in _PUBLIC_V6 or address.scope_id:
        return "a reserved address"
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        return "an IPv4 address in its ISATAP form"
    return ""
