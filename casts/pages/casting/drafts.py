"""What somebody typed before signing in: kept in their session, and shown once they are back."""

from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from casts.pages.casting.form import PREFIX

LARGEST = 16 * 1024
"""More characters than these are not kept: anybody can have a session."""

_KEY = "cast_draft"


def keep(request: HttpRequest, slug: str) -> bool:
    """Keep what was typed for a spell, instead of any other draft; return whether that was done."""
    typed = {
        name: request.POST.getlist(name) for name in request.POST if name.startswith(f"{PREFIX}-")
    }
    size = sum(len(name) + sum(map(len, values)) for name, values in typed.items())
    if size > LARGEST:
        return False
    request.session[_KEY] = {"slug": slug, "typed": typed}
    return True


def take(request: HttpRequest, slug: str) -> MultiValueDict[str, Any] | None:
    """Return what was typed for this spell, once; None when nothing was."""
    draft = request.session.get(_KEY)
    if draft is None or draft["slug"] != slug:
        return None
    del request.session[_KEY]
    return MultiValueDict(draft["typed"])
