"""Private places that the operator lets spellhub call: ``SPELLHUB_HTTP_ALLOW``. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network

from generations.http.addresses import Address, Network
from generations.http.targets import Target, is_host_name


@dataclass(frozen=True)
class Allowed:
    """A host by its name, or the addresses of a network; on one port, or on the usual ones."""

    host: str | None = None
    network: Network | None = None
    port: int | None = None

    def covers(self, target: Target, address: Address) -> bool:
        """Whether this address of a target may be called although it is not public."""
        if self.port not in {None, target.port}:
            return False
        return address in self.network if self.network else self.host == target.host


def allowed_in(entries: Iterable[str]) -> tuple[Allowed, ...]:
    """Read entries: ``host``, ``10.0.0.0/8``, ``[fd00::/8]``, each with ``:port`` where wanted.

    Raises ValueError with a sentence.
    """
    return tuple(_entry(entry.strip()) for entry in entries)


def _entry(text: str) -> Allowed:
    place, port = _split(text)
    if is_host_name(place.lower()):
        return Allowed(host=place.lower(), port=port)
    try:
        return Allowed(network=ip_network(place), port=port)
    except ValueError as error:
        raise ValueError(f"{text!r} is neither a host nor a network: {error}") from None


def _split(text: str) -> tuple[str, int | None]:
    if text.startswith("["):
        place, bracket, rest = text[1:].partition("]")
        if bracket and not rest:
            return place, None
        separator, number = rest[:1], rest[1:]
    elif text.count(":") == 1:
        place, separator, number = text.partition(":")
    else:
        return text, None
    is_port = separator == ":" and number.isascii() and number.isdigit() and len(number) <= 5
    if not is_port or not 0 < int(number) < 65536:
        raise ValueError(f"{text!r} does not end in a port from 1 to 65535.")
    return place, int(number)
