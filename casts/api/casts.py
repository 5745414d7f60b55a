"""``casts/`` and ``casts/{id}/``: cast a spell, list casts, read one."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from casts.api.cast_reading import CastReading
from casts.api.filters import CastFilters
from casts.api.orders import Order, Placing
from casts.api.reading import read, read_all, readable
from casts.library import castable_by
from casts.models import Cast, SpellVersion
from spellhub import database
from spellhub.accounts import scoping
from spellhub.rest import bodies
from spellhub.rest.problems import Flaw, Problem
from spellhub.rest.views import Collection, Endpoint

CASTING_HEADERS = [
    OpenApiParameter(
        "Idempotency-Key",
        str,
        OpenApiParameter.HEADER,
        description="1 to 255 characters. Same key and body within 24 h: the first answer again.",
    ),
    OpenApiParameter(
        "Prefer",
        str,
        OpenApiParameter.HEADER,
        description="`wait=N`: answer when the cast has ended, at most N (60) seconds later.",
    ),
    OpenApiParameter(
        "Cache-Control",
        str,
        OpenApiParameter.HEADER,
        description="`no-cache`: run every step, also those whose earlier outputs may be reused.",
    ),
    OpenApiParameter(
        "Location", str, OpenApiParameter.HEADER, response=[200, 202], description="The cast."
    ),
    OpenApiParameter(
        "Preference-Applied",
        str,
        OpenApiParameter.HEADER,
        response=[200, 202],
        description="The wait that was granted.",
    ),
    OpenApiParameter(
        "Idempotent-Replayed",
        str,
        OpenApiParameter.HEADER,
        response=[200, 202],
        description="`true` when an earlier request with the key made the cast.",
    ),
]
CASTING_RESPONSES: dict[int, Any] = {
    202: OpenApiResponse(CastReading, description="Accepted."),
    200: OpenApiResponse(CastReading, description="It ended within the wait."),
}
CASTING_PROBLEMS: dict[int, str] = {
    404: "There is no such spell, tool, version or account for you.",
    409: "The spell is archived, or the first request with this Idempotency-Key is under way.",
}


class CastOrder(Order):
    """Which spell to cast, and how; without ``version`` its newest one."""

    spell: Annotated[str, Field(min_length=1, max_length=60)]
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class CastsView(Collection):
    """Casts of the account."""

    queryset = Cast.objects.none()
    filterset_class = CastFilters
    problems: ClassVar = {"POST": CASTING_PROBLEMS}

    @extend_schema(responses=CastReading)
    def get(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """List casts, newest first."""
        now = database.now()
        casts = readable(scoping.own(Cast.objects.all(), request), now)
        page = self.paginate_queryset(self.filter_queryset(casts))
        return self.get_paginated_response(read_all(page or (), request, now))

    @extend_schema(request=CastOrder, responses=CASTING_RESPONSES, parameters=CASTING_HEADERS)
    def post(self, request: Request) -> Response:
        """Cast a spell: your own, an unlisted or a public one."""
        order = bodies.read(CastOrder, request.data)
        account = scoping.account_of(request, order.account)
        version = _version_of(account, order)
        return Placing(request, "casts", account, version, order).answer()


class CastView(Endpoint):
    """One cast."""

    @extend_schema(responses=CastReading)
    def get(self, request: Request, cast_id: UUID) -> Response:
        """Read a cast with its steps."""
        return Response(read(own_cast(request, cast_id), request))


def own_cast(request: Request, cast_id: UUID) -> UUID:
    """Return the id of a cast that the request may touch; raises Problem 404."""
    casts: QuerySet[Cast] = scoping.own(Cast.objects.all(), request)
    if not casts.filter(pk=cast_id).exists():
        raise Problem(404, "not_found", "You have no such cast.")
    return cast_id


def _version_of(account: User, order: CastOrder) -> SpellVersion:
    spell = castable_by(account, order.spell)
    if spell is None:
        detail = f"There is no spell `{order.spell}` that this account may cast."
        flaw = Flaw("/spell", "unknown_spell", detail)
        raise Problem(404, "unknown_spell", detail, errors=[flaw])
    versions = SpellVersion.objects.select_related("spell").filter(spell=spell)
    if order.version is not None:
        versions = versions.filter(number=order.version)
    version = versions.order_by("-number").first()
    if version is None:
        detail = f"The spell `{order.spell}` has no version {order.version}."
        flaw = Flaw("/version", "unknown_version", detail)
        raise Problem(404, "unknown_version", detail, errors=[flaw])
    return version
