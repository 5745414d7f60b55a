"""Long lists, page by page: newest first, by a cursor that stays right while rows are added."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from spellhub.rest.problems import Flaw, Problem


class NewestFirst(CursorPagination):
    """Pages by descending id; ``page_size`` is 50 unless asked for, at most 100."""

    ordering = "-id"
    page_size = 50
    max_page_size = 100
    page_size_query_param = "page_size"
    cursor_query_description = "Where a page begins; take it from `next` or `previous`."
    page_size_query_description = "How many results a page holds, 1 to 100."

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """Return the rows of the page that the request asks for; raises Problem 400."""
        self._model = queryset.model
        return super().paginate_queryset(queryset, request, view)

    def get_page_size(self, request: Request) -> int:
        """Return how many rows to show; raises Problem 400."""
        text = request.query_params.get("page_size", str(self.page_size))
        is_number = text.isascii() and text.isdigit() and len(text) <= 3
        if not (is_number and 1 <= int(text) <= self.max_page_size):
            detail = f"It must be a whole number from 1 to {self.max_page_size}."
            raise _refusal("page_size", detail)
        return int(text)

    def decode_cursor(self, request: Request) -> Any:
        """Return the cursor of the request; raises Problem 400 for one that we did not make."""
        try:
            cursor = super().decode_cursor(request)
            if cursor and cursor.position is not None:
                _check_position(self._model, str(cursor.position))
        except (exceptions.NotFound, ValidationError, ValueError) as error:
            raise _refusal("cursor", "It is not one that `next` or `previous` gave.") from error
        return cursor

    def get_paginated_response(self, data: Any) -> Response:
        """Return a page as it is sent."""
        return page(data, self.get_next_link(), self.get_previous_link())

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe a page."""
        url = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": url, "previous": url},
        }


def page(
    results: Sequence[Any], next_url: str | None = None, previous_url: str | None = None
) -> Response:
    """Return a list as every list is sent."""
    return Response({"results": results, "next": next_url, "previous": previous_url})


def _check_position(model: type[Model], position: str) -> None:
    field = model._meta.pk  # noqa: SLF001 - Django's documented model API
    value = field.to_python(position)
    if isinstance(value, int) and not 0 <= value < 2**63:
        raise ValueError(position)


def _refusal(parameter: str, detail: str) -> Problem:
    flaw = Flaw(f"/{parameter}", "invalid", detail)
    return Problem(400, "invalid_query", f"{parameter}: {detail}", errors=[flaw])
