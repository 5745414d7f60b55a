"""The admin of rows that people look at but never write: verbs act on them, nobody else."""

# The admin calls its methods with all their arguments, wanted or not.
# ruff: noqa: ARG002

import json
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

COUNT_LIMIT = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """A paginator that never counts further than ``COUNT_LIMIT`` + 1 rows."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, as far as was counted."""
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[: COUNT_LIMIT + 1].count()
        return len(rows)


class NeverDeleted(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that nobody deletes: what happened stays on record."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse, to everybody."""
        return False


class ReadOnlyAdmin(NeverDeleted):
    """Rows that are only looked at; ``exact_ids`` are the columns that a pasted id is sought in."""

    exact_ids: tuple[str, ...] = ("id",)
    search_help_text = "A whole id."

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse, to everybody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse, to everybody."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find a row by a whole id; anything else by the search fields."""
        identifier = read_uuid(search_term)
        if identifier is None:
            return super().get_search_results(request, queryset, search_term)
        wanted = Q()
        for column in self.exact_ids:
            wanted |= Q(**{column: identifier})
        return queryset.filter(wanted), False


def read_uuid(text: str) -> UUID | None:
    """Return the id that somebody pasted, or None."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def as_block(value: Any) -> SafeString | str:
    """Return a JSON value laid out for reading."""
    if value in (None, {}, ""):
        return "—"
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return format_html('<pre class="definition">{}</pre>', text)
