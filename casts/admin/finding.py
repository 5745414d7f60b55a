"""Finding the cast that somebody pasted a piece of."""

import re
from typing import Any

from django.db.models import Q, QuerySet

from casts.models import Cast
from generations.models import Generation
from spellhub.read_only import read_uuid

# Ids are shown by their tails; a pasted tail is sought among so many newest casts.
TAIL_WINDOW = 10_000
_TAIL = re.compile(r"…?([0-9a-f]{6,12})", re.IGNORECASE)


def the_one(term: str) -> Cast | None:
    """Return the cast that a whole id of it, or of one of its generations, means."""
    identifier = read_uuid(term)
    if identifier is None:
        return None
    cast = Cast.objects.filter(pk=identifier).first()
    if cast is not None:
        return cast
    row = Generation.objects.filter(pk=identifier).select_related("cast").first()
    return row.cast if row else None


def matching(casts: QuerySet[Any], term: str) -> QuerySet[Any]:
    """Narrow casts to an id, the tail of one, an account, or the start of a spell's slug."""
    identifier = read_uuid(term)
    if identifier is not None:
        return casts.filter(Q(pk=identifier) | Q(generations__pk=identifier)).distinct()
    words = Q(account__username__iexact=term) | Q(version__spell__slug__startswith=term.lower())
    tail = _TAIL.fullmatch(term)
    if tail:
        words |= Q(pk__in=_with_tail(tail[1].lower()))
    return casts.filter(words)


def _with_tail(tail: str) -> list[Any]:
    newest = Cast.objects.order_by("-id").values_list("pk", flat=True)[:TAIL_WINDOW]
    return [pk for pk in newest if pk.hex.endswith(tail)]
