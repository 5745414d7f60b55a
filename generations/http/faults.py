"""What went wrong in an exchange, as the typed errors of tools; no secret is in any of them."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import httpx

from generations.adapters.base import (
    BadOutput,
    ConnectionLost,
    InvalidInput,
    ProviderTimeout,
    ToolError,
    Unavailable,
)
from generations.failures import BODY_LIMIT, MESSAGE_LIMIT, TRACE_LIMIT, redacted
from generations.http.network import Wire
from generations.http.refusals import BadEncoding, BadRedirect, BadUrl, Blocked, TooLarge
from generations.http.retry_after import seconds_in
from generations.http.statuses import Meanings, is_of_a_gateway, meaning_of
from generations.http.words import words_in

_REQUEST_IDS = ("x-request-id", "request-id", "x-fal-request-id", "x-amzn-requestid", "cf-ray")
_HIDDEN = "[redacted]"


class BlockedAddress(InvalidInput):
    """The request leads to a place that may not be called."""

    code = "blocked_address"


@dataclass(frozen=True)
class Exchange:
    """What is known of an exchange when it fails.

    ``server`` is shown to people; ``secrets`` never are; ``meanings`` are what statuses mean at
    this provider. A failure is ambiguous when the request was not safe and may have been taken.
    """

    server: str
    is_safe: bool = True
    secrets: tuple[str, ...] = field(default=(), repr=False)
    meanings: Meanings = field(default_factory=dict)

    def broken(
        self, error: httpx.TransportError, wire: Wire, status: int | None = None
    ) -> ToolError:
        """Return the error for an exchange that ended before its answer was whole."""
        match error:
            case Blocked():
                return self._error(BlockedAddress, str(error))
            case BadUrl() | httpx.LocalProtocolError():
                return self._error(InvalidInput, str(error))
        facts = {
            "http_status": status,
            "ambiguous": wire.was_sent and not self.is_safe,
            "trace": self.hide("".join(traceback.format_exception(error)), TRACE_LIMIT),
        }
        kind, verb = _kind_of(error, wire)
        return self._error(kind, f"{self.server} {verb}: {error}", **facts)

    def unwanted(self, response: httpx.Response, body: bytes) -> ToolError:
        """Return the error for an answer whose status was not expected."""
        status, headers = response.status_code, response.headers
        wait = seconds_in(headers.get("retry-after"), headers.get("date"), datetime.now(UTC))
        words = words_in(body, media_type_of(headers))
        kind = meaning_of(status, waits=wait is not None, own=self.meanings)
        return self._error(
            kind,
            f"{self.server} answered {_named(status)}" + (f": {words}" if words else "."),
            retry_after=wait,
            ambiguous=is_of_a_gateway(status) and not self.is_safe,
            **self.facts(response.status_code, headers, body),
        )

    def unusable(self, why: str, status: int, headers: httpx.Headers, body: bytes) -> BadOutput:
        """Return the error for an answer that came, and is not what was asked for."""
        return BadOutput(
            self.hide(f"{self.server} answered what cannot be used. {why}", MESSAGE_LIMIT),
            ambiguous=not self.is_safe,
            **self.facts(status, headers, body),
        )

    def facts(self, status: int, headers: httpx.Headers, body: bytes) -> Mapping[str, Any]:
        """Return what a tool error keeps of an answer."""
        return {
            "http_status": status,
            "request_id": self.hide(request_id_of(headers), 200),
            "body": self.hide(body[: 2 * BODY_LIMIT].decode("utf-8", "replace"), BODY_LIMIT),
        }

    def hide(self, text: str, limit: int) -> str:
        """Return a text without the secrets of this exchange, cut to a length."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return redacted(text, limit)

    def _error(self, kind: type[ToolError], message: str, **facts: Any) -> ToolError:
        return kind(self.hide(message, MESSAGE_LIMIT), **facts)


def request_id_of(headers: httpx.Headers) -> str:
    """Return the id that the server gave the request; empty when it gave none."""
    return next(filter(None, (headers.get(name, "") for name in _REQUEST_IDS)), "")


def media_type_of(headers: httpx.Headers) -> str:
    """Return the media type that an answer says it is of, without parameters."""
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower()


def _kind_of(error: httpx.TransportError, wire: Wire) -> tuple[type[ToolError], str]:
    if isinstance(error, TooLarge | BadEncoding | BadRedirect):
        return BadOutput, "answered what cannot be used"
    if not wire.was_sent:
        return Unavailable, "cannot be reached"
    if isinstance(error, httpx.TimeoutException):
        return ProviderTimeout, "did not answer in time"
    if isinstance(error, httpx.RemoteProtocolError) and not wire.was_ended:
        return BadOutput, "does not speak HTTP"
    return ConnectionLost, "ended the connection"


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
