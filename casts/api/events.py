"""``casts/{id}/events/``: the numbered events of a cast, and waiting for the next."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel
from rest_framework.request import Request
from rest_framework.response import Response

from casts import following
from casts.api.casts import own_cast
from casts.models import Cast
from casts.states import FINAL
from spellhub.events.models import Event
from spellhub.rest import pagination
from spellhub.rest.views import Endpoint
from spellhub.rest.waiting import Later, number_asked, seconds_asked

AT_ONCE = 200
HIGHEST_SEQ = 2**31 - 1


class EventReading(BaseModel):
    """One durable fact in the life of a cast."""

    seq: int
    type: str
    at: datetime
    data: dict[str, Any]


class EventPage(BaseModel):
    """Events in their order; ``next`` when there are more already."""

    results: list[EventReading]
    next: str | None
    previous: None


class EventsView(Endpoint):
    """What happened to a cast."""

    parameters: ClassVar = frozenset({"after", "wait"})

    @extend_schema(
        responses=EventPage,
        parameters=[
            OpenApiParameter("after", int, description="Only events after this number."),
            OpenApiParameter(
                "wait",
                int,
                description="When there are none yet, wait for one, at most so many (60) seconds.",
            ),
        ],
    )
    def get(self, request: Request, cast_id: UUID) -> Response:
        """Read the events after a number; with ``wait``, wait for the next."""
        own_cast(request, cast_id)
        after = number_asked(request, "after", HIGHEST_SEQ)
        seconds = seconds_asked(request)
        response = pagination.page(*_page(request, cast_id, after))
        if seconds and not response.data["results"] and not _is_final(cast_id):
            return _later(request, response, cast_id, after, seconds)
        return response


def _later(request: Request, response: Response, cast_id: UUID, after: int, seconds: int) -> Later:
    def is_enough(seq: int, status: str) -> bool:
        return seq > after or status in FINAL

    async def wait(seconds: float) -> bool:
        return await following.wait(cast_id, is_enough, seconds)

    def answer() -> tuple[int, Any]:
        return 200, pagination.page(*_page(request, cast_id, after)).data

    return Later(response, seconds=seconds, wait=wait, answer=answer)


def _page(request: Request, cast_id: UUID, after: int) -> tuple[list[dict[str, Any]], str | None]:
    rows = Event.objects.filter(topic=Cast(pk=cast_id).topic, seq__gt=after).order_by("seq")
    events = list(rows[: AT_ONCE + 1])
    shown = [_reading(event) for event in events[:AT_ONCE]]
    return shown, _next(request, events[AT_ONCE - 1].seq) if len(events) > AT_ONCE else None


def _next(request: Request, after: int) -> str:
    query = QueryDict(mutable=True)
    query.update(request.query_params)
    query["after"] = str(after)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _reading(event: Event) -> dict[str, Any]:
    reading = EventReading(seq=event.seq, type=event.kind, at=event.at, data=event.data)
    return reading.model_dump(mode="json")


def _is_final(cast_id: UUID) -> bool:
    return Cast.objects.filter(pk=cast_id, status__in=FINAL).exists()
