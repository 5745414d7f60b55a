"""Websites of our own on this machine: they answer what a test says, byte by byte, and count."""

import contextlib
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Self

from generations.http import Guard
from generations.http.allowed import Allowed, allowed_in
from generations.http.resolver import Resolve, resolve_by_system

HERE = "127.0.0.1"


@dataclass(frozen=True)
class Visit:
    """One request that a website got."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Talk:
    """One connection to a website, for answers that take time; ``ended`` is set at the end."""

    visit: Visit
    connection: socket.socket
    ended: Event

    def send(self, piece: bytes) -> None:
        self.connection.sendall(piece)

    def repeat(self, piece: bytes, every: float = 0.0) -> None:
        """Send a piece again and again, for as long as anybody takes it."""
        while not self.ended.wait(every):
            self.send(piece)

    def reset(self) -> None:
        """Break the connection off."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.connection.close()


Page = bytes | Callable[[Talk], None]


def page(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """Return a whole answer; names of headers with hyphens are written with underscores."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def head(**headers: str) -> bytes:
    """Return the beginning of an answer whose body ends with the connection."""
    lines = [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


@dataclass
class Website:
    """A server of ``pages`` by their path, on a port of its own; with TLS when it has settings."""

    pages: Mapping[str, Page]
    host: str = HERE
    tls: ssl.SSLContext | None = None
    port: int = 0
    visits: list[Visit] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Self:
        self._listening = socket.create_server((self.host, self.port))
        self.port = self._listening.getsockname()[1]
        self._ended = Event()
        self._threads = [Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    @property
    def root(self) -> str:
        return f"http{'s' if self.tls else ''}://{self.host}:{self.port}"

    @property
    def allowed(self) -> tuple[Allowed, ...]:
        return allowed_in([f"{self.host}:{self.port}"])

    def guard(self, resolve: Resolve = resolve_by_system) -> Guard:
        """A guard that lets this website through, and nothing else that is private."""
        return Guard(self.allowed, resolve=resolve)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        # Whoever calls may go at any moment: that is what many tests are about.
        with contextlib.suppress(OSError), plain:
            plain.settimeout(20)
            connection = self.tls.wrap_socket(plain, server_side=True) if self.tls else plain
            visit = _read(connection)
            if visit is None:
                return
            self.visits.append(visit)
            answer = self.pages[visit.target.partition("?")[0]]
            if callable(answer):
                answer(Talk(visit, connection, self._ended))
            else:
                connection.sendall(answer)
            connection.close()


def _read(connection: socket.socket) -> Visit | None:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65_536)
        if not piece:
            return None
        received += piece
    start, _, body = received.partition(b"\r\n\r\n")
    first, *lines = start.decode().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): text for name, text in (line.split(": ", 1) for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        piece = connection.recv(65_536)
        if not piece:
            return None
        body += piece
    return Visit(method, target, headers, body)


class Bait:
    """Listens on every address of this machine, on one port, and must never be visited."""

    def __enter__(self) -> Self:
        self._listening = [socket.create_server(("0.0.0.0", 0))]  # noqa: S104 - that is the point
        self.port = self._listening[0].getsockname()[1]
        with contextlib.suppress(OSError):
            family = socket.AF_INET6
            self._listening.append(socket.create_server(("::", self.port), family=family))
        for listening in self._listening:
            listening.settimeout(0)
        return self

    def __exit__(self, *_: object) -> None:
        for listening in self._listening:
            listening.close()

    @property
    def was_visited(self) -> bool:
        """Whether anybody has connected since the last look."""
        return any(_has_visitor(listening) for listening in self._listening)


def _has_visitor(listening: socket.socket) -> bool:
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True
