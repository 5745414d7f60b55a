"""The rules of addresses: what is public, and that nothing else passes for it."""

from ipaddress import ip_address

import pytest

from generations.http.addresses import flaw_of_address

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "168.63.129.15",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:4860:4860::8888",
    "2001:200::1",
    "2003::1",
    "2400:cb00::1",
    "2606:2800:220:1:248:1893:25c8:1946",
    "2a00:1450:4001:81b::200e",
]
SPECIAL = {
    "0.0.0.0": "unspecified",  # noqa: S104
    "0.1.2.3": "unspecified",
    "10.0.0.0": "private",
    "10.255.255.255": "private",
    "100.64.0.1": "carrier",
    "100.100.100.200": "carrier",
    "100.127.255.255": "carrier",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "cloud",
    "169.254.0.1": "link-local",
    "169.254.169.254": "link-local",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.1": "reserved",
    "192.0.0.192": "reserved",
    "192.0.2.1": "documentation",
    "192.31.196.1": "reserved",
    "192.52.193.1": "reserved",
    "192.88.99.1": "6to4",
    "192.168.0.1": "private",
    "192.168.255.255": "private",
    "192.175.48.1": "reserved",
    "198.18.0.1": "benchmarks",
    "198.19.255.255": "benchmarks",
    "198.51.100.1": "documentation",
    "203.0.113.255": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "::127.0.0.1": "IPv4-compatible",
    "::8.8.8.8": "IPv4-compatible",
    "::ffff:127.0.0.1": "IPv4-mapped",
    "::ffff:7f00:1": "IPv4-mapped",
    "::ffff:8.8.8.8": "IPv4-mapped",
    "::ffff:0:127.0.0.1": "translated",
    "64:ff9b::7f00:1": "NAT64",
    "64:ff9b::8.8.8.8": "NAT64",
    "64:ff9b:1::a00:1": "NAT64",
    "100::1": "reserved",
    "1fff::1": "reserved",
    "2001::1": "Teredo",
    "2001:0:7f00:1::": "Teredo",
    "2001:2::1": "benchmarks",
    "2001:10::1": "reserved",
    "2001:20::1": "reserved",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4",
    "2002:808:808::1": "6to4",
    "2620:4f:8000::1": "reserved",
    "3ffe::1": "reserved",
    "3fff::1": "documentation",
    "4000::1": "reserved",
    "5f00::1": "reserved",
    "fc00::1": "private",
    "fd00:ec2::254": "private",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "febf::1": "link-local",
    "fec0::1": "private",
    "ff02::1": "multicast",
    "ff0e::1": "multicast",
    "2a00:1450::5efe:127.0.0.1": "ISATAP",
    "2a00:1450::200:5efe:10.0.0.1": "ISATAP",
    "2a00:1450:4001:81b::200e%eth0": "reserved",
}
# Python's own word for "public" is too generous: all of these are global to it.
TOO_GENEROUS = ["64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "224.0.0.1", "ff0e::1"]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_called(address: str) -> None:
    assert flaw_of_address(ip_address(address)) == ""


@pytest.mark.failure("K4")
@pytest.mark.parametrize("address", SPECIAL)
def test_any_other_address_is_refused_by_its_kind(address: str) -> None:
    """Guard: the tables of addresses.py."""
    assert SPECIAL[address] in flaw_of_address(ip_address(address))


@pytest.mark.failure("K4")
@pytest.mark.parametrize("address", TOO_GENEROUS)
def test_what_the_standard_library_calls_global_is_not_believed(address: str) -> None:
    """Guard: the tables of addresses.py, which do not ask is_global."""
    assert flaw_of_address(ip_address(address))


@pytest.mark.failure("K4")
def test_no_address_that_the_standard_library_calls_private_is_public() -> None:
    """Guard: the tables of addresses.py; the two differ in one direction only."""
    for first in range(256):
        for second in (0, 1, 18, 31, 51, 63, 64, 88, 100, 127, 168, 175, 254, 255):
            address = ip_address(f"{first}.{second}.113.1")
            assert address.is_global or flaw_of_address(address), address
    for first in range(0, 0x10000, 7):
        address = ip_address(f"{first:x}::1")
        assert address.is_global or flaw_of_address(address), address
