"""The places that an operator allows: read strictly, and nothing beside them let through."""

from ipaddress import ip_address

import httpx
import pytest
from django.conf import LazySettings

from generations.checks import check_allowed_places
from generations.http.allowed import allowed_in
from generations.http.targets import target_of


def covers(entry: str, url: str, address: str) -> bool:
    (allowed,) = allowed_in([entry])
    return allowed.covers(target_of(httpx.URL(url)), ip_address(address))


@pytest.mark.parametrize(
    ("entry", "url", "address"),
    [
        ("comfy.internal", "http://comfy.internal/", "10.0.0.5"),
        ("Comfy.Internal:8188", "http://comfy.internal:8188/", "10.0.0.5"),
        ("10.0.0.5", "http://10.0.0.5/", "10.0.0.5"),
        (" 10.0.0.5:8188 ", "http://10.0.0.5:8188/", "10.0.0.5"),
        ("10.0.0.0/8", "http://any.name/", "10.9.9.9"),
        ("10.0.0.0/8:9000", "http://any.name:9000/", "10.9.9.9"),
        ("::1", "http://[::1]/", "::1"),
        ("[::1]:8188", "http://[::1]:8188/", "::1"),
        ("[fd00::/8]:443", "https://any.name/", "fd00::5"),
        ("fd00::/8", "https://any.name/", "fd00::5"),
    ],
)
def test_an_entry_covers_its_place(entry: str, url: str, address: str) -> None:
    assert covers(entry, url, address)


@pytest.mark.failure("K4")
@pytest.mark.parametrize(
    ("entry", "url", "address"),
    [
        ("comfy.internal", "http://other.internal/", "10.0.0.5"),
        ("comfy.internal", "http://sub.comfy.internal/", "10.0.0.5"),
        ("comfy.internal:8188", "http://comfy.internal:8189/", "10.0.0.5"),
        ("comfy.internal:8188", "http://comfy.internal/", "10.0.0.5"),
        ("10.0.0.5", "http://any.name/", "10.0.0.6"),
        ("10.0.0.0/8", "http://any.name/", "127.0.0.1"),
        ("10.0.0.0/8", "http://any.name/", "::ffff:10.0.0.1"),
        ("::1", "http://any.name/", "127.0.0.1"),
    ],
)
def test_an_entry_covers_nothing_else(entry: str, url: str, address: str) -> None:
    """Guard: Allowed.covers compares the name or the address, and the port."""
    assert not covers(entry, url, address)


@pytest.mark.parametrize(
    "entry",
    ["", "*", "http://comfy.internal", "comfy.internal:", "comfy.internal:0", "a:99999", "a:٨٠",
     "10.0.0.5/8", "10.0.0", "256.0.0.1", "[::1", "[::1]8188", "[::1]:x", "a b", "a,b", "-a"],
)  # fmt: skip
def test_an_entry_that_cannot_be_read_is_said_at_start(entry: str, settings: LazySettings) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        allowed_in([entry])
    settings.HTTP_ALLOW = ["10.0.0.5:8188", entry]
    (error,) = check_allowed_places()
    assert error.id == "generations.E002"
    assert repr(entry) in error.msg


def test_the_entries_of_the_settings_are_read(settings: LazySettings) -> None:
    settings.HTTP_ALLOW = ["10.0.0.5:8188", "comfy.internal"]
    assert check_allowed_places() == []
