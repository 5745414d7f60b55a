"""Making and finding the addresses of live pages."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from casts.models import Cast, LiveLink
from spellhub import database

LIFETIME = timedelta(days=7)


def share(cast: Cast, *, lifetime: timedelta = LIFETIME, strips_metadata: bool = False) -> LiveLink:
    """Make an unguessable address of a cast's live page (256 random bits).

    With ``strips_metadata`` its pictures are given away without anything but their pixels.
    """
    expires_at = database.now() + lifetime
    return LiveLink.objects.create(
        cast=cast,
        token=secrets.token_urlsafe(32),
        expires_at=expires_at,
        strips_metadata=strips_metadata,
    )


def address_of(link: LiveLink) -> str:
    """Return the full address of a live page, for people to open."""
    return f"{settings.BASE_URL}{path_of(link)}"


def path_of(link: LiveLink) -> str:
    """Return the address of a live page on this site."""
    return reverse("live", args=[link.token])
