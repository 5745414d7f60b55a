"""What is asked of a server."""

import json
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from generations.adapters.base import InvalidInput
from generations.http.targets import url_in

SUCCESS = range(200, 300)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = SAFE | {"POST", "PUT", "PATCH", "DELETE"}
AGENT = "spellhub"
MAX_HEADER = 8192

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?")
# About the connection and not about what is asked: the client's own.
_OURS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


@dataclass(frozen=True)
class Request:
    """One request; ``expected`` are the statuses that are an answer and not a failure.

    ``credentials`` are headers whose values are secret: they go to the origin of ``url`` and to no
    other, and are taken out of every message. The parts that may hold a secret are not shown.
    """

    method: str
    url: str = field(repr=False)
    query: Mapping[str, Any] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes | None = field(default=None, repr=False)
    expected: Container[int] = SUCCESS

    @property
    def is_safe(self) -> bool:
        """Whether asking changes nothing, so that it may be asked again."""
        return self.method in SAFE

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secret values, and the parts of them that are secret by themselves."""
        values = self.credentials.values()
        return tuple({part for value in values for part in (value, value.split(" ")[-1]) if part})

    def built(self) -> httpx.Request:
        """Return the request as it is sent; raises InvalidInput, or BadUrl."""
        if self.method not in METHODS:
            raise InvalidInput(f"The method {self.method[:20]!r} is not one that may be sent.")
        url = url_in(self.url)
        if self.query:
            url = url_in(str(url.copy_merge_params(dict(self.query))))
        headers = {"User-Agent": AGENT, "Accept": "*/*"}
        for given in (self.headers, self.credentials):
            headers |= {_checked_name(name): _checked(name, text) for name, text in given.items()}
        return httpx.Request(self.method, url, headers=headers, content=self.content)


def json_request(method: str, url: str, value: Any, **more: Any) -> Request:
    """Return a request with a JSON body; ``more`` are further fields of Request."""
    headers = {"Content-Type": "application/json", **more.pop("headers", {})}
    content = json.dumps(value, allow_nan=False).encode()
    return Request(method, url, headers=headers, content=content, **more)


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InvalidInput("The name of a header is made of letters, digits and hyphens.")
    if name.lower() in _OURS or name.lower().startswith("proxy-"):
        raise InvalidInput(f"The header {name} is the client's own and cannot be given.")
    return name


def _checked(name: str, text: str) -> str:
    """Return the value of a header; it is not quoted where it is wrong: it may be a secret."""
    if len(text) > MAX_HEADER or not _VALUE.fullmatch(text):
        raise InvalidInput(
            f"The header {name} must be printable ASCII on one line, without spaces around it, "
            f"of {MAX_HEADER} characters at most."
        )
    return text
