"""Errors as programs and people read them: problem details (RFC 9457).

Every error of the endpoints is one of these, whoever raises it: a view, the framework, Django
before any view is found, or a bug.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
API_ROOT = "/internal/"
DATABASE_BACK_IN_S = 5
_NOTHING_HERE = "There is nothing here, or it belongs to another account."
_OUR_FAULT = "spellhub failed; the request id finds it in its logs."
_PLAIN: dict[tuple[type[Exception], ...], tuple[int, str, str]] = {
    (Http404,): (404, "not_found", _NOTHING_HERE),
    (PermissionDenied,): (403, "permission_denied", "You may not do this."),
    (RequestDataTooBig,): (413, "too_large", "The request is too large."),
    (TooManyFieldsSent, TooManyFilesSent, SuspiciousOperation): (
        400,
        "bad_request",
        "The request cannot be read.",
    ),
}


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong with a request; ``pointer`` is a JSON pointer (RFC 6901)."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """An error for the caller; ``more`` holds members beyond the standard ones."""

    def __init__(  # noqa: PLR0913 - the members of a problem
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Flaw] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers, self.more = tuple(errors), dict(headers or {}), dict(more or {})

    def body(self, request_id: str) -> dict[str, Any]:
        """Return the problem as it is sent."""
        return {
            "type": f"urn:spellhub:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "errors": [asdict(flaw) for flaw in self.errors],
            "request_id": request_id,
            **self.more,
        }


def invalid(errors: Sequence[Flaw]) -> Problem:
    """Return the problem of a body that is JSON but not what is wanted (422)."""
    detail = " ".join(flaw.detail for flaw in errors[:3])
    return Problem(422, "invalid", detail, errors=errors)


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """Answer an exception of a view; the framework's ``EXCEPTION_HANDLER``."""
    problem = problem_of(error)
    request_id = request_id_of(context["request"])
    return Response(
        problem.body(request_id),
        status=problem.status,
        headers=problem.headers,
        content_type=MEDIA_TYPE,
    )


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer an exception outside the framework's views."""
    problem = problem_of(error)
    return JsonResponse(
        problem.body(request_id_of(request)),
        status=problem.status,
        headers=problem.headers,
        content_type=MEDIA_TYPE,
    )


def request_id_of(request: Any) -> str:
    """Return the id that ``request_ids.middleware`` gave a request."""
    return str(getattr(request, "request_id", ""))


def problem_of(error: Exception) -> Problem:
    """Return the problem that an exception is; what nobody foresaw is logged and a 500."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    for kinds, (status, code, detail) in _PLAIN.items():
        if isinstance(error, kinds):
            return Problem(status, code, detail)
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("the database failed a request: %s", error)
        detail = "The database cannot be reached now; try again later."
        after = {"Retry-After": str(DATABASE_BACK_IN_S)}
        return Problem(503, "database_unavailable", detail, headers=after)
    logger.error("a request failed", exc_info=error)
    return Problem(500, "internal_error", _OUR_FAULT)


def _of_framework(error: exceptions.APIException) -> Problem:
    if isinstance(error, exceptions.ValidationError):
        flaws = list(_flaws(error.get_full_details()))
        return Problem(400, "invalid_query", _sentence(flaws), errors=flaws)
    if isinstance(error, exceptions.NotFound):
        return Problem(404, "not_found", _NOTHING_HERE)
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    detail = error.detail if isinstance(error.detail, str) else "The request was refused."
    code = getattr(error.detail, "code", error.default_code)
    return Problem(error.status_code, str(code), str(detail), headers=headers)


def _flaws(details: Any, pointer: str = "") -> Iterator[Flaw]:
    """Walk the framework's tree of errors."""
    if isinstance(details, Mapping) and {"message", "code"} == set(details):
        yield Flaw(pointer, str(details["code"]), str(details["message"]))
    elif isinstance(details, Mapping):
        for key, item in details.items():
            yield from _flaws(item, f"{pointer}/{key}")
    elif isinstance(details, list):
        for item in details:
            yield from _flaws(item, pointer)


def _sentence(flaws: Sequence[Flaw]) -> str:
    return " ".join(f"{flaw.pointer.lstrip('/')}: {flaw.detail}" for flaw in flaws[:3])


def _is_for_a_program(request: HttpRequest) -> bool:
    return request.path.startswith(API_ROOT)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer an address that leads nowhere (``handler404``)."""
    if not _is_for_a_program(request):
        return defaults.page_not_found(request, exception)
    slash = "" if request.path.endswith("/") else " Every address here ends in a slash."
    return answer(request, Problem(404, "not_found", _NOTHING_HERE + slash))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a request that Django refuses (``handler400``)."""
    if not _is_for_a_program(request):
        return defaults.bad_request(request, exception)
    return answer(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer what is forbidden before a view is reached (``handler403``)."""
    if not _is_for_a_program(request):
        return defaults.permission_denied(request, exception)
    return answer(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer a bug outside the framework's views, which Django has logged (``handler500``)."""
    if not _is_for_a_program(request):
        return defaults.server_error(request)
    return answer(request, Problem(500, "internal_error", _OUR_FAULT))
