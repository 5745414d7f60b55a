"""The guard: where a URL leads, and to which addresses, if it may be called at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self

import httpx
from django.conf import settings

from generations.http.addresses import Address, flaw_of_address
from generations.http.allowed import Allowed, allowed_in
from generations.http.deadline import Deadline
from generations.http.refusals import Blocked, Unresolved
from generations.http.resolver import Resolve, resolve_by_system
from generations.http.targets import Target, target_of

USUAL_PORTS = frozenset({80, 443, 8000, 8080, 8443})


@dataclass(frozen=True)
class Guard:
    """Lets through what leads to the public internet, or to a place that is allowed by name.

    ``allow`` is where private addresses may be called; ``ports`` are those that may be called
    anywhere.
    """

    allow: tuple[Allowed, ...] = ()
    ports: frozenset[int] = USUAL_PORTS
    resolve: Resolve = resolve_by_system

    @classmethod
    def of_settings(cls) -> Self:
        """Return the guard that the settings describe; raises ValueError for a wrong entry."""
        return cls(allowed_in(settings.HTTP_ALLOW), frozenset(settings.HTTP_PORTS))

    def admit(self, url: httpx.URL, deadline: Deadline) -> tuple[Target, Sequence[Address]]:
        """Return where a URL leads and every address that it may be reached at.

        One address that may not be called is enough to refuse the host. Raises BadUrl, Blocked,
        Unresolved, or TimeoutError.
        """
        target = target_of(url)
        if target.port not in self.ports | {entry.port for entry in self.allow}:
            raise Blocked(f"{target} is blocked: port {target.port} may not be called.")
        addresses = self._addresses_of(target, deadline)
        for address in addresses:
            self._check(target, address)
        return target, addresses

    def _addresses_of(self, target: Target, deadline: Deadline) -> Sequence[Address]:
        if target.address:
            return [target.address]
        found = self.resolve(target.host, target.port, deadline.remaining())
        if not found:
            raise Unresolved(f"The name {target.host} has no address.")
        try:
            return [ip_address(text) for text in found]
        except ValueError:
            raise Unresolved(f"The name {target.host} resolves to what is no address.") from None

    def _check(self, target: Target, address: Address) -> None:
        if any(entry.covers(target, address) for entry in self._entries_for(target)):
            return
        if flaw := flaw_of_address(address):
            where = "" if target.address else f" {target.host} resolves to {address}."
            raise Blocked(f"{target} is blocked: it leads to {flaw}.{where}")
        if target.port not in self.ports:
            raise Blocked(f"{target} is blocked: port {target.port} may not be called.")

    def _entries_for(self, target: Target) -> list[Allowed]:
        """An entry without a port speaks of the usual ports only."""
        return [entry for entry in self.allow if entry.port or target.port in self.ports]
