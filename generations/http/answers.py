"""What a server answered: a body that is still coming, or a whole one."""

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from generations.http.faults import Exchange, media_type_of, request_id_of
from generations.http.transport import GuardedTransport
from generations.http.unpacking import bounded
from spellhub.json_values import NotStrict, flaw_of, value_in

# Texts only: Python also knows codecs that unpack, or that take quadratic time.
_CHARSETS = re.compile(
    r"utf-8(-sig)?|utf-16(-[bl]e)?|ascii|iso8859-\d+|cp125\d|cp932|shift_jis|euc_(jp|kr)|gbk|gb18030"
    r"|big5|koi8-[ru]"
)


@dataclass(frozen=True)
class Answer:
    """A whole answer, its body unpacked. What may hold a secret is not shown."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    exchange: Exchange = field(repr=False)

    @property
    def media_type(self) -> str:
        """What the server says the body is."""
        return media_type_of(self.headers)

    @property
    def request_id(self) -> str:
        """The id that the server gave the request, or an empty text."""
        return request_id_of(self.headers)

    def json(self) -> Any:
        """Return the JSON value in the body, read strictly; raises BadOutput."""
        try:
            return value_in(self.body)
        except NotStrict as wrong:
            raise self.unusable(wrong.detail) from None

    def text(self) -> str:
        """Return the body as text that can be stored; raises BadOutput."""
        charset = _charset_of(self.headers)
        codec = _codec_of(charset)
        if not codec:
            raise self.unusable(f"The charset {charset[:40]!r} is not known.")
        try:
            text = self.body.decode(codec)
        except UnicodeDecodeError as error:
            raise self.unusable(f"The body is not {codec} at byte {error.start}.") from None
        if flaw := flaw_of(text):
            raise self.unusable(flaw)
        return text

    def unusable(self, why: str) -> Exception:
        """Return the BadOutput for an answer that is not what was asked for; ``why`` says so."""
        return self.exchange.unusable(why, self.status, self.headers, self.body)


class Incoming:
    """An answer whose body is still to be read, once: in pieces, or as a whole."""

    def __init__(
        self, response: httpx.Response, exchange: Exchange, transport: GuardedTransport
    ) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._response = response
        self._exchange = exchange
        self._transport = transport

    @property
    def media_type(self) -> str:
        """What the server says the body is."""
        return media_type_of(self.headers)

    def pieces(self, largest: int | None = None) -> Iterator[bytes]:
        """Yield the body, unpacked, as it comes, ``largest`` bytes at most; raises ToolError."""
        with typed(self._exchange, self._transport, self.status):
            raw = self._response.iter_raw()
            yield from raw if largest is None else bounded(raw, largest)

    def whole(self, largest: int | None = None) -> Answer:
        """Read all of the body, ``largest`` bytes at most; raises ToolError."""
        body = b"".join(self.pieces(largest))
        return Answer(self.status, self.headers, body, self._exchange)


@contextmanager
def typed(
    exchange: Exchange, transport: GuardedTransport, status: int | None = None
) -> Iterator[None]:
    """Raise what ends an exchange too early as the typed error that it is.

    ``status`` is what was answered already.
    """
    try:
        yield
    except httpx.TransportError as error:
        raise exchange.broken(error, transport.wire, status) from None


def _charset_of(headers: httpx.Headers) -> str:
    found = re.search(r"charset=\"?([^\s;\"]+)", headers.get("content-type", ""), re.IGNORECASE)
    return found[1] if found else "utf-8"


def _codec_of(charset: str) -> str:
    try:
        name = codecs.lookup(charset).name
    except LookupError:
        return ""
    return name if _CHARSETS.fullmatch(name) else ""
