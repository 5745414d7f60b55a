"""``generations/``: the attempts of the account's casts, read only."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from generations.api.readings import CostReading, FailureReading, failure_reading
from generations.models import Charge, Generation
from generations.states import HoldReason, Status
from spellhub.accounts import scoping
from spellhub.money import MoneyField
from spellhub.rest.openapi import one_of
from spellhub.rest.problems import Problem
from spellhub.rest.views import Collection, Endpoint


class GenerationReading(BaseModel):
    """One attempt of one step of one cast."""

    id: UUID
    cast: UUID
    step: str
    item: Annotated[int, Field(description="Its place, from 0, in the list of its step.")]
    item_count: int
    round: int
    attempt: int
    tool: str
    tool_version: str
    adapter: str
    status: Annotated[str, Field(json_schema_extra=one_of(Status))]
    hold_reason: Annotated[str | None, Field(json_schema_extra=one_of(HoldReason, or_null=True))]
    inputs: dict[str, Any]
    outputs: dict[str, Any] | None
    failure: FailureReading | None
    cost: CostReading
    cached_from: Annotated[
        UUID | None, Field(description="The attempt whose outputs were reused at no cost.")
    ]
    job_id: str | None
    lost: Annotated[int, Field(description="How many workers were lost while they ran it.")]
    progress: float | None
    deadline_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class GenerationFilters(filters.FilterSet):  # type: ignore[misc]
    """``status`` may be given several times: any of them."""

    cast = filters.UUIDFilter()
    step = filters.CharFilter()
    tool = filters.CharFilter()
    status = filters.MultipleChoiceFilter(choices=Status.choices)
    created_after = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gt")
    created_before = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Generation
        fields: ClassVar[list[str]] = []


class GenerationsView(Collection):
    """Attempts."""

    queryset = Generation.objects.none()
    filterset_class = GenerationFilters

    @extend_schema(responses=GenerationReading)
    def get(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """List attempts, newest first."""
        page = self.paginate_queryset(self.filter_queryset(_own(request)))
        return self.get_paginated_response([_reading(generation) for generation in page or ()])


class GenerationView(Endpoint):
    """One attempt."""

    @extend_schema(responses=GenerationReading)
    def get(self, request: Request, generation_id: UUID) -> Response:
        """Read an attempt."""
        generation = _own(request).filter(pk=generation_id).first()
        if generation is None:
            raise Problem(404, "not_found", "You have no such generation.")
        return Response(_reading(generation))


def _own(request: Request) -> QuerySet[Generation]:
    settled = Charge.objects.filter(generation=OuterRef("pk"), kind=Charge.Kind.SETTLED)
    cost = Subquery(settled.values("amount")[:1], output_field=MoneyField())
    return scoping.own(Generation.objects.all(), request, "cast__account").annotate(settled=cost)


def _reading(generation: Any) -> dict[str, Any]:
    plain = {
        name: getattr(generation, name)
        for name in GenerationReading.model_fields
        if name not in {"cast", "failure", "cost", "cached_from"}
    }
    reading = GenerationReading(
        **plain,
        cast=generation.cast_id,
        failure=failure_reading(generation.failure),
        cost=CostReading(amount=generation.settled or Decimal(0)),
        cached_from=generation.cached_from_id,
    )
    return reading.model_dump(mode="json")
