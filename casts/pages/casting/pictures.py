"""The picture of a spell: one made for the gallery, else the account's own newest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.staticfiles import finders
from django.db.models import OuterRef, QuerySet, Subquery
from django.templatetags.static import static
from PIL import Image

from casts.models import Cast, Spell
from casts.states import Status
from casts.tool_spells import SYSTEM_ACCOUNT
from generations.models import ArtifactLink
from generations.pages.files import thumbnail_url
from generations.pictures.thumbnails import PICTURES, Size, size_of
from spellhub.identifiers import identifiers_in

ON_CARD: Size = 640


@dataclass(frozen=True)
class Picture:
    """A picture with its size in pixels, where that is known before it loads."""

    url: str
    width: int | None
    height: int | None


def pictures_of(spells: Iterable[Spell], account: User | AnonymousUser) -> dict[int, Picture]:
    """Return the pictures of spells by their keys; those without any are left out."""
    found: dict[int, Picture] = {}
    others = []
    for spell in spells:
        made = _of_gallery(spell.slug) if spell.owner.username == SYSTEM_ACCOUNT else None
        if made is not None:
            found[spell.pk] = made
        else:
            others.append(spell.pk)
    if others and isinstance(account, User):
        found |= _of_casts(others, account)
    return found


def first_pictures(casts: Iterable[Cast], account: User, size: Size) -> dict[Any, Picture]:
    """Return the first picture among the outputs of each cast, by the casts' keys."""
    ids = {cast.pk: list(identifiers_in(cast.outputs)) for cast in casts}
    wanted = {one for several in ids.values() for one in several}
    links = ArtifactLink.objects.select_related("artifact").filter(account=account, pk__in=wanted)
    shown = {link.pk: thumbnail_of(link, size) for link in links} if wanted else {}
    found = {
        cast: next(filter(None, map(shown.get, several)), None) for cast, several in ids.items()
    }
    return {cast: picture for cast, picture in found.items() if picture}


@lru_cache(maxsize=256)
def _of_gallery(slug: str) -> Picture | None:
    """Return the picture that belongs to the program; those do not change while it runs."""
    name = f"spellhub/gallery/{slug}.webp"
    path = finders.find(name)
    if not isinstance(path, str):
        return None
    with Image.open(path) as picture:
        return Picture(static(name), *picture.size)


def _of_casts(spells: list[int], account: User) -> Mapping[int, Picture]:
    newest = Cast.objects.filter(
        account=account, status=Status.SUCCEEDED, version__spell=OuterRef("pk")
    ).order_by("-created_at", "-id")
    of_spell: QuerySet[Any] = Spell.objects.filter(pk__in=spells).annotate(
        newest=Subquery(newest.values("pk")[:1])
    )
    casts = dict(of_spell.exclude(newest=None).values_list("newest", "pk"))
    rows = Cast.objects.filter(pk__in=casts).only("id", "outputs")
    pictures = first_pictures(rows, account, ON_CARD)
    return {casts[cast]: picture for cast, picture in pictures.items()}


def thumbnail_of(link: ArtifactLink, size: Size) -> Picture | None:
    """Return the thumbnail of a file of the account's own; None where it is no picture."""
    if link.artifact.media_type not in PICTURES:
        return None
    width, height = size_of(link.artifact, size) or (None, None)
    return Picture(thumbnail_url(link.pk, size), width, height)
