"""Which casts a list shows."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from casts.models import Cast
from casts.states import Reason, Status
from generations.failures import CODES

YES, NO = "true", "false"
_STUCK = [(YES, "stuck"), (NO, "not stuck"), *Reason.choices]


class CastFilters(filters.FilterSet):  # type: ignore[misc]
    """``status`` and ``code`` may be given several times: any of them."""

    status = filters.MultipleChoiceFilter(choices=Status.choices)
    spell = filters.CharFilter(field_name="version__spell__slug")
    version = filters.NumberFilter(field_name="version__number", min_value=1, max_value=2**31 - 1)
    source = filters.CharFilter()
    code = filters.MultipleChoiceFilter(
        field_name="failure__code", choices=[(code, code) for code in CODES]
    )
    stuck = extend_schema_field({"type": "string", "enum": [key for key, _ in _STUCK]})(
        filters.ChoiceFilter(choices=_STUCK, method="filter_stuck")
    )
    created_after = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gt")
    created_before = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Cast
        fields: ClassVar[list[str]] = []

    def filter_stuck(self, casts: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Keep casts that are stuck, that are not, or that are for one reason."""
        if value in (YES, NO):
            return casts.filter(stuck_reason__isnull=value == NO)
        return casts.filter(stuck_reason=value)
