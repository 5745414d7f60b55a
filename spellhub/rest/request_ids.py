"""An id for every request: the caller's own when it is well formed, else a new one."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from spellhub.identifiers import uuid7

HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")

_Answer = HttpResponseBase | Awaitable[HttpResponseBase]


def _mark(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "")
    request_id = given if _WELL_FORMED.fullmatch(given) else str(uuid7())
    request.request_id = request_id  # type: ignore[attr-defined]
    return request_id


@sync_and_async_middleware
def middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], _Answer]:
    """Set ``request.request_id``, and send it with the answer."""

    async def answer_later(request: HttpRequest) -> HttpResponseBase:
        request_id = _mark(request)
        response = cast("HttpResponseBase", await get_response(request))
        response[HEADER] = request_id
        return response

    def answer(request: HttpRequest) -> HttpResponseBase:
        request_id = _mark(request)
        response = cast("HttpResponseBase", get_response(request))
        response[HEADER] = request_id
        return response

    return answer_later if iscoroutinefunction(get_response) else answer
