"""Performing the calls of the tools ``http.get`` and ``http.post``."""

import json
import ssl
from collections.abc import Iterable
from itertools import chain
from typing import Any

from django.conf import settings

from generations.adapters.base import (
    Call,
    CallCancelled,
    Done,
    Health,
    InvalidInput,
    NoSuchTool,
    ToolSpec,
)
from generations.adapters.http import specs
from generations.adapters.http.headers import sendable, shown
from generations.http import LARGEST_JSON, Client, Guard, Incoming, Request
from generations.http.requests import SUCCESS

# What may stand among the outputs of a step: more is a file.
LARGEST_TEXT = 1024 * 1024
_WITHOUT_BODY = frozenset({204, 205, 304})
_TEXTS = ("text/", "application/xml", "application/yaml", "application/javascript")


class HttpAdapter:
    """Calls what a spell names; ``guard`` and ``tls`` are those of the settings unless given."""

    name = specs.ADAPTER

    def __init__(self, guard: Guard | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._guard = guard
        self._tls = tls

    def tools(self) -> Iterable[ToolSpec]:
        """See Adapter."""
        return (specs.GET, specs.POST)

    def check(self) -> Health:
        """Look whether the settings say where may be called."""
        try:
            Guard.of_settings()
        except ValueError as error:
            return Health(ok=False, problem=f"SPELLHUB_HTTP_ALLOW: {error}")
        return Health(ok=True)

    def execute(self, call: Call, tool: ToolSpec) -> Done:
        """Perform the call; raises ToolError."""
        if tool.key not in {specs.GET.key, specs.POST.key}:
            raise NoSuchTool(f"There is no tool {tool.key!r} of http.")
        request = _request(call, tool)
        if not call.is_wanted():
            # The last look before sending: who has lost the claim must not send.
            raise CallCancelled("The step was taken over or ended before its request was sent.")
        client = Client(call.seconds_left(), guard=self._guard, tls=self._tls)
        with client.open(request, largest=settings.MAX_UPLOAD_BYTES) as incoming:
            outputs = _outputs(incoming)
            if request.method == "HEAD" or incoming.status in _WITHOUT_BODY:
                return Done(outputs)
            return _with_body(call, incoming, outputs)


def _request(call: Call, tool: ToolSpec) -> Request:
    inputs = call.inputs
    headers = sendable(inputs.get("headers", {}))
    content: bytes | None = None
    if not tool.repeatable:
        headers.setdefault("idempotency-key", call.key)
        content, media_type = _content(inputs)
        if content is not None:
            headers.setdefault("content-type", media_type)
    return Request(
        inputs.get("method", "GET" if tool.repeatable else "POST"),
        inputs["url"],
        query=inputs.get("query", {}),
        headers=headers,
        content=content,
        expected=frozenset(inputs.get("expect", ())) or SUCCESS,
    )


def _content(inputs: Any) -> tuple[bytes | None, str]:
    if "json" in inputs and "text" in inputs:
        raise InvalidInput("Give the body as json or as text, not as both.")
    if "json" in inputs:
        return json.dumps(inputs["json"], allow_nan=False).encode(), "application/json"
    if "text" in inputs:
        return inputs["text"].encode(), "text/plain; charset=utf-8"
    return None, ""


def _outputs(incoming: Incoming) -> dict[str, Any]:
    nothing: dict[str, Any] = {"json": None, "text": None, "file": None}
    return nothing | {"status": incoming.status, "headers": shown(incoming.headers)}


def _with_body(call: Call, incoming: Incoming, outputs: dict[str, Any]) -> Done:
    wanted = call.inputs.get("answer", "auto")
    kind = _kind_of(incoming.media_type) if wanted == "auto" else wanted
    if kind == "json":
        return Done(outputs | {"json": incoming.whole(LARGEST_JSON).json()})
    if kind == "text":
        return Done(outputs | {"text": incoming.whole(LARGEST_TEXT).text()})
    pieces = incoming.pieces()
    first = next(filter(None, pieces), b"")
    if not first and wanted == "auto":
        return Done(outputs)
    kept = call.keep(chain([first], pieces), media_type=incoming.media_type)
    return Done(outputs | {"file": kept.id}, artifacts=[kept])


def _kind_of(media_type: str) -> str:
    if media_type == "application/json" or media_type.endswith("+json"):
        return "json"
    return "text" if media_type.startswith(_TEXTS) else "file"
