"""The picture of a spell's steps, for whoever may read its definition."""

from functools import lru_cache
from hashlib import sha256
from typing import get_args

from django.contrib.auth.models import AnonymousUser, User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from casts.engine.turn import script_of
from casts.graphs import Theme, svg_of
from casts.models import Spell, SpellVersion

# The style stands in the picture itself; nothing else of it may act, wherever it is opened.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
def graph(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Draw the newest version of a spell; 404 for those who may not read its definition."""
    spell = Spell.objects.filter(slug=slug).first()
    version = spell.versions.first() if spell else None
    if spell is None or version is None or not may_read(spell, request.user):
        raise Http404(f"There is no spell {slug!r} whose definition you may read.")
    return picture_of(version, request)


def may_read(spell: Spell, reader: User | AnonymousUser) -> bool:
    """Whether somebody may read the definition of a spell: its owner, staff, or all if it is open.

    A private spell is nobody's business but theirs, also if it is open.
    """
    if spell.owner_id == reader.pk or reader.has_perm("casts.view_spellversion"):
        return True
    return spell.open and spell.visibility != Spell.Visibility.PRIVATE


def picture_of(version: SpellVersion, request: HttpRequest) -> HttpResponseBase:
    """Answer with the graph of a version, in the ``theme`` of the address (auto, light, dark)."""
    asked = request.GET.get("theme", "")
    theme: Theme = next((theme for theme in get_args(Theme) if theme == asked), "auto")
    text = _drawn(version.pk, version.digest, theme)
    etag = f'"{sha256(text.encode()).hexdigest()[:32]}"'
    response = HttpResponse(text, content_type="image/svg+xml; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=60"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    return get_conditional_response(request, etag=etag, response=response) or response


@lru_cache(maxsize=64)
def _drawn(version_id: int, digest: str, theme: Theme) -> str:
    return svg_of(script_of(version_id, digest).definition, theme)
