"""``/spells/``: the spells that one may cast."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from casts import tool_spells
from casts.api.spell_reading import readable
from casts.models import Spell, SpellVersion
from casts.pages.casting.pictures import Picture, pictures_of
from generations.tools import catalogue

ON_A_PAGE = 24


@dataclass(frozen=True)
class Card:
    """A spell as the list shows it."""

    spell: Spell
    tools: tuple[str, ...]
    picture: Picture | None
    is_own: bool


class Search(forms.Form):
    """What is looked for, in names and descriptions."""

    q = forms.CharField(max_length=100, required=False)


@cache_control(private=True, no_cache=True)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """List everybody's public spells, and all of one's own, by name."""
    search = Search(request.GET)
    wanted = search.cleaned_data["q"] if search.is_valid() else ""
    spells = readable(_found(listed_for(request.user), wanted)).order_by(Lower("name"), "pk")
    shown = Paginator(spells, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "here": "spells",
        "cards": _cards(list(shown), request.user),
        "page": shown,
        "wanted": request.GET.get("q", "")[:100],
        "problem": " ".join(map(str, search.errors.get("q", ()))),
    }
    return render(request, "spells/shelf.html", context)


def listed_for(account: User | AnonymousUser) -> QuerySet[Spell]:
    """Return the spells that are listed for somebody: public ones, and their own."""
    listed = Q(visibility=Spell.Visibility.PUBLIC)
    if isinstance(account, User):
        listed |= Q(owner=account)
    return tool_spells.without_hidden(Spell.objects.filter(listed, archived=False))


def tool_titles(version: SpellVersion) -> tuple[str, ...]:
    """Return what the tools of a spell are called, in the order in which it uses them."""
    keys = dict.fromkeys(step["tool"] for step in version.definition["steps"])
    specs = (catalogue.find(key) for key in keys)
    return tuple(spec.title if spec else key for spec, key in zip(specs, keys, strict=True))


def _found(spells: QuerySet[Spell], wanted: str) -> QuerySet[Spell]:
    if not wanted:
        return spells
    return spells.filter(Q(name__icontains=wanted) | Q(description__icontains=wanted))


def _cards(spells: list[Any], account: User | AnonymousUser) -> list[Card]:
    pictures = pictures_of(spells, account)
    return [
        Card(
            spell,
            tool_titles(spell.newest[0]),
            pictures.get(spell.pk),
            is_own=spell.owner_id == account.pk,
        )
        for spell in spells
    ]
