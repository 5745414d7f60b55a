"""``casts/{id}/links/`` and ``links/{id}/``: addresses of a cast's live page."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.db.models.functions import Now
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from casts import live_links
from casts.api.casts import own_cast
from casts.models import Cast, LiveLink
from spellhub.accounts import scoping
from spellhub.rest import bodies
from spellhub.rest.bodies import Body
from spellhub.rest.problems import Problem
from spellhub.rest.views import Collection, Endpoint

MAX_DAYS = 90


class LinkOrder(Body):
    """How long the address lets people in, and what they are given."""

    days: Annotated[int, Field(ge=1, le=MAX_DAYS)] = live_links.LIFETIME.days
    strip_metadata: Annotated[
        bool,
        Field(
            description="Give pictures away without EXIF, places, texts and provenance; files that "
            "cannot be freed from such things are not offered."
        ),
    ] = False


class LinkReading(BaseModel):
    """An address of a cast's live page; whoever has it may look."""

    id: UUID
    cast: UUID
    url: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    strip_metadata: bool


class LinksView(Collection):
    """The live-page addresses of a cast."""

    queryset = LiveLink.objects.none()

    @extend_schema(responses=LinkReading)
    def get(self, request: Request, cast_id: UUID, **_kwargs: Any) -> Response:
        """List them, newest first; those that were revoked, too."""
        links = LiveLink.objects.filter(cast=own_cast(request, cast_id))
        page = self.paginate_queryset(links)
        return self.get_paginated_response([_reading(link) for link in page or ()])

    @extend_schema(
        request=LinkOrder,
        responses={201: OpenApiResponse(LinkReading, description="Made.")},
        parameters=[
            OpenApiParameter(
                "Location", str, OpenApiParameter.HEADER, response=[201], description="The page."
            )
        ],
    )
    def post(self, request: Request, cast_id: UUID) -> Response:
        """Make an unguessable address that expires."""
        order = bodies.read(LinkOrder, request.data)
        cast = Cast.objects.get(pk=own_cast(request, cast_id))
        link = live_links.share(
            cast, lifetime=timedelta(days=order.days), strips_metadata=order.strip_metadata
        )
        reading = _reading(link)
        return Response(reading, status=201, headers={"Location": reading["url"]})


class LinkView(Endpoint):
    """One live-page address."""

    @extend_schema(responses={204: OpenApiResponse(description="It lets nobody in any more.")})
    def delete(self, request: Request, link_id: UUID) -> Response:
        """Revoke it; revoking it again changes nothing."""
        links = scoping.own(LiveLink.objects.all(), request, "cast__account").filter(pk=link_id)
        if not links.exists():
            raise Problem(404, "not_found", "You have no such link.")
        LiveLink.objects.filter(pk=link_id, revoked_at__isnull=True).update(revoked_at=Now())
        return Response(status=204)


def _reading(link: LiveLink) -> dict[str, Any]:
    reading = LinkReading(
        id=link.id,
        cast=link.cast_id,
        url=live_links.address_of(link),
        created_at=link.created_at,
        expires_at=link.expires_at,
        revoked_at=link.revoked_at,
        strip_metadata=link.strips_metadata,
    )
    return reading.model_dump(mode="json")
