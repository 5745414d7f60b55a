"""Connections to addresses that were checked, and to no others, within one deadline."""

import socket
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore

from generations.http.addresses import Address
from generations.http.deadline import Deadline

# A silent address may not use up the time of the others.
CONNECT_S = 10.0


@dataclass
class Wire:
    """What became of a connection: whether anything was sent, and whether the other side ended it.

    ``was_sent`` is never false when the other side may have read a part of the request.
    """

    was_sent: bool = False
    was_ended: bool = False


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to the given addresses in their order, whatever host it is asked for."""

    def __init__(self, addresses: Sequence[Address], deadline: Deadline, wire: Wire) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._wire = wire

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the host was resolved and checked before
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Return a connection to the first address that takes one."""
        failure: OSError = OSError("there is no address")
        for tries_left in range(len(self._addresses), 0, -1):
            address = self._addresses[-tries_left]
            try:
                budget = self._deadline.remaining(timeout) / tries_left
                connected = _connected(address, port, min(budget, CONNECT_S))
                return PinnedStream(connected, self._deadline, self._wire)
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise httpcore.ConnectTimeout("the connection was not made in time")
        raise httpcore.ConnectError(str(failure))


class PinnedStream(httpcore.NetworkStream):
    """One connection; every wait ends with the deadline at the latest."""

    def __init__(self, connection: socket.socket, deadline: Deadline, wire: Wire) -> None:
        self._socket = connection
        self._deadline = deadline
        self._wire = wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, at least one byte; nothing when the other side has ended."""
        try:
            received = self._waiting(timeout).recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            self._wire.was_ended = True
            raise httpcore.ReadError(str(error)) from error
        self._wire.was_ended = not received
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of a buffer."""
        left = memoryview(buffer)
        try:
            while left:
                waiting = self._waiting(timeout)
                # Where it fails in the midst, TLS does not tell how much has gone.
                self._wire.was_sent |= isinstance(waiting, ssl.SSLSocket)
                left = left[waiting.send(left) :]
                self._wire.was_sent = True
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """See NetworkStream."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Return the connection with TLS, once the other side has proven its name."""
        try:
            plain = self._waiting(timeout)
            secured = ssl_context.wrap_socket(plain, server_hostname=server_hostname)
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout("the other side did not secure it in time") from error
        except (OSError, ValueError) as error:
            self.close()
            raise httpcore.ConnectError(str(error)) from error
        return PinnedStream(secured, self._deadline, self._wire)

    def get_extra_info(self, info: str) -> Any:
        """Return the TLS object; nothing else is asked for."""
        secured = isinstance(self._socket, ssl.SSLSocket)
        return self._socket if info == "ssl_object" and secured else None

    def _waiting(self, timeout: float | None) -> socket.socket:
        self._socket.settimeout(self._deadline.remaining(timeout))
        return self._socket


def _connected(address: Address, port: int, seconds: float) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect((str(address), port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connection.close()
        raise
    return connection
