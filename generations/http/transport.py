"""The transport of every request to a place that users can aim: each one is checked by itself."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import httpcore
import httpx

from generations.http.deadline import Deadline
from generations.http.guard import Guard
from generations.http.network import PinnedBackend, Wire
from generations.http.targets import Target
from generations.http.unpacking import GZIP, unpacked

_PACKED = (b"content-encoding", b"content-length")


class GuardedTransport(httpx.BaseTransport):
    """Sends requests where the guard lets them, all of them within one deadline.

    Every request has a connection of its own to an address that was checked for it; redirects come
    here again and are checked again. Bodies come unpacked and bounded (``largest`` bytes). Clients
    of other libraries built on httpx are guarded by it, too:
    ``httpx.Client(transport=GuardedTransport(...), trust_env=False)``. Raises httpx's errors and
    those of refusals; ``wire`` then says whether the last request may have been sent.
    """

    def __init__(
        self,
        guard: Guard,
        deadline: Deadline,
        *,
        largest: int,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.wire = Wire()
        self._guard = guard
        self._deadline = deadline
        self._largest = largest
        self._tls = tls

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and return its answer, its body still to be read."""
        self.wire = Wire()
        try:
            target, addresses = self._guard.admit(request.url, self._deadline)
        except TimeoutError as error:
            raise httpx.ConnectTimeout(str(error)) from error
        backend = PinnedBackend(addresses, self._deadline, self.wire)
        connection = httpcore.HTTPConnection(
            origin=_url_at(target, request).origin,
            ssl_context=self._tls or default_tls(),
            network_backend=backend,
        )
        try:
            with _httpx_errors():
                answer = connection.handle_request(_asked(target, request))
        except BaseException:
            connection.close()
            raise
        return self._response(answer, connection)

    def _response(
        self, answer: httpcore.Response, connection: httpcore.HTTPConnection
    ) -> httpx.Response:
        encoding = httpx.Headers(answer.headers).get("content-encoding", "")
        kept = [pair for pair in answer.headers if pair[0].lower() not in _PACKED]
        return httpx.Response(
            status_code=answer.status,
            headers=kept if encoding else answer.headers,
            stream=_Body(answer, connection, encoding, self._largest),
            extensions={"http_version": answer.extensions["http_version"]},
        )


@cache
def default_tls() -> ssl.SSLContext:
    """Return the settings of TLS: names are verified, by the authorities that certifi lists."""
    return httpx.create_ssl_context(trust_env=False)


class _Body(httpx.SyncByteStream):
    def __init__(
        self,
        answer: httpcore.Response,
        connection: httpcore.HTTPConnection,
        encoding: str,
        largest: int,
    ) -> None:
        self._answer = answer
        self._connection = connection
        self._encoding = encoding
        self._largest = largest

    def __iter__(self) -> Iterator[bytes]:
        with _httpx_errors():
            yield from unpacked(self._answer.iter_stream(), self._encoding, self._largest)

    def close(self) -> None:
        self._connection.close()


def _asked(target: Target, request: httpx.Request) -> httpcore.Request:
    headers = request.headers.copy()
    headers["Accept-Encoding"] = GZIP
    headers["Connection"] = "close"
    return httpcore.Request(
        method=request.method,
        url=_url_at(target, request),
        headers=headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _url_at(target: Target, request: httpx.Request) -> httpcore.URL:
    return httpcore.URL(
        scheme=target.scheme, host=target.host, port=target.port, target=request.url.raw_path
    )


@contextmanager
def _httpx_errors() -> Iterator[None]:
    """Raise httpcore's errors as those of the same name of httpx."""
    try:
        yield
    except httpcore.LocalProtocolError:
        # Its message quotes the header that is wrong, which may be a secret.
        raise httpx.LocalProtocolError("the request cannot be written") from None
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__)
        raise kind(str(error)) from error
