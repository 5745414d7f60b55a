"""The guarded client: one exchange, with all its redirects, within one deadline."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from django.conf import settings

from generations.failures import BODY_LIMIT
from generations.http.answers import Answer, Incoming, typed
from generations.http.deadline import Deadline
from generations.http.faults import Exchange
from generations.http.guard import Guard
from generations.http.redirects import MAX_HOPS, is_redirect, redirected
from generations.http.refusals import BadRedirect, BadUrl
from generations.http.requests import Request
from generations.http.statuses import Meanings
from generations.http.targets import target_of, url_in
from generations.http.transport import GuardedTransport

# A value of more bytes takes seconds to check, and is more than can be stored.
LARGEST_JSON = 2 * 1024 * 1024


class Client:
    """Asks servers; everything asked of one client ends within ``seconds``.

    ``guard`` is the one of the settings unless given; ``meanings`` says what statuses mean at this
    provider, where that is special; ``tls`` are the settings of TLS in the place of our own.
    """

    def __init__(
        self,
        seconds: float,
        *,
        guard: Guard | None = None,
        meanings: Meanings | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._deadline = Deadline(seconds)
        self._guard = guard or Guard.of_settings()
        self._meanings = meanings or {}
        self._tls = tls

    def ask(self, request: Request, *, largest: int = LARGEST_JSON) -> Answer:
        """Return the whole answer, its body of ``largest`` bytes at most; raises ToolError."""
        with self.open(request, largest=largest) as incoming:
            return incoming.whole()

    @contextmanager
    def open(self, request: Request, *, largest: int | None = None) -> Iterator[Incoming]:
        """Give an answer whose body is still to come; raises ToolError.

        Its body may have ``largest`` bytes (settings.MAX_UPLOAD_BYTES by default).
        """
        limit = settings.MAX_UPLOAD_BYTES if largest is None else largest
        transport = GuardedTransport(self._guard, self._deadline, largest=limit, tls=self._tls)
        exchange = Exchange(
            _server_of(request.url), request.is_safe, request.secrets, self._meanings
        )
        with typed(exchange, transport):
            response = _followed(request, transport)
        try:
            if response.status_code not in request.expected:
                raise exchange.unwanted(response, _beginning(response))
            yield Incoming(response, exchange, transport)
        finally:
            response.close()


def _followed(request: Request, transport: GuardedTransport) -> httpx.Response:
    asked = request.built()
    for _ in range(MAX_HOPS + 1):
        response = transport.handle_request(asked)
        if response.status_code in request.expected or not is_redirect(asked, response):
            return response
        response.close()
        asked = redirected(asked, response)
    raise BadRedirect(f"It redirects more than {MAX_HOPS} times.")


def _beginning(response: httpx.Response) -> bytes:
    """Return what can be had of the body of a failure: its status is the answer, whatever comes."""
    read = b""
    try:
        for piece in response.iter_raw():
            read += piece
            if len(read) >= BODY_LIMIT:
                break
    except httpx.TransportError as error:
        return read or f"(no body: {error})".encode()
    return read


def _server_of(url: str) -> str:
    try:
        return str(target_of(url_in(url)))
    except BadUrl:
        return "The server"
