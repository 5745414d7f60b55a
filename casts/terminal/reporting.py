"""What a cast came to, as lines for people or as JSON for programs."""

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from rest_framework.request import Request

from casts.api.reading import read
from casts.pages.reading import CastReading
from casts.pages.showing import Shown
from casts.spans import spoken
from casts.states import Status


class _Site:
    """Stands in for a request where there is none: addresses begin with SPELLHUB_BASE_URL."""

    def build_absolute_uri(self, path: str) -> str:
        return f"{settings.BASE_URL}{path}"


def as_json(cast_id: UUID) -> dict[str, Any]:
    """Return a cast as the API reads it."""
    return read(cast_id, cast("Request", _Site()))


def _file(item: Shown) -> str:
    """Say what file a value is, by the id with which it is fetched."""
    if item.link is None:
        return ""
    found = item.link.artifact
    size = f", {found.width}x{found.height}" if found.width else ""
    return f"{item.link.pk} ({found.media_type}{size}; --save DIR writes it)"


def lines(reading: CastReading) -> Iterator[str]:
    """Say how a cast ended, and what it gave."""
    if reading.cast.status == Status.SUCCEEDED:
        yield f"{reading.cast.version} succeeded in {spoken(reading.took)}."
        for item in reading.outputs:
            yield item.text if item.kind == "data" else f"{item.name}: {item.text or _file(item)}"
        return
    if reading.failure is None:
        yield f"{reading.cast.version} was {reading.cast.status}."
        return
    where = f" at step {reading.failure.step}" if reading.failure.step else ""
    yield f"{reading.cast.version} failed{where}: {reading.failure.code}."
    yield f"{reading.failure.explained.sentence} {reading.failure.message}".strip()
    yield f"Next: {reading.failure.explained.action}"
