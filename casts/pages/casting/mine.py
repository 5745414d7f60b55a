"""``/casts/``: what somebody has cast, and the way from there to each cast's page."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from casts.live_links import path_of, share
from casts.models import Cast, LiveLink, Spell
from casts.pages.casting.pictures import Picture, first_pictures
from casts.states import Status
from casts.stuck import with_stuck
from generations.models import Charge
from spellhub import database
from spellhub.identifiers import short
from spellhub.money import MoneyField

ON_A_PAGE = 24
# A link that is about to expire would close the page while somebody looks at it.
LEFT_AT_LEAST = timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """A cast as the list shows it."""

    cast: Any
    tail: str
    picture: Picture | None
    cost: str
    took: timedelta


class Filters(forms.Form):
    """Which casts are wanted, and before which one the page begins."""

    status = forms.ChoiceField(choices=[("", "Any state"), *Status.choices], required=False)
    spell = forms.ModelChoiceField(
        Spell.objects.none(), required=False, to_field_name="slug", empty_label="Any spell"
    )
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, account: User) -> None:
        super().__init__(data, auto_id="filter-%s", label_suffix="")
        spells: Any = self.fields["spell"]
        spells.queryset = Spell.objects.filter(
            pk__in=Cast.objects.filter(account=account).values("version__spell")
        ).order_by("name", "pk")
        spells.label_from_instance = lambda spell: spell.name


@never_cache
@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """List one's own casts, newest first."""
    account = _signed_in(request)
    filters = Filters(request.GET, account)
    own = Cast.objects.filter(account=account)
    now = database.now()
    found = _filtered(own, filters) if filters.is_valid() else own.none()
    casts = list(_readable(found, now)[: ON_A_PAGE + 1])
    shown = casts[:ON_A_PAGE]
    context = {
        "here": "casts",
        "filters": filters,
        "rows": _rows(shown, account, now),
        "now": now,
        "older": _address(filters, shown[-1].pk) if len(casts) > len(shown) else "",
        "is_filtered": any(request.GET.get(name) for name in ("status", "spell")),
        "is_later_page": "before" in request.GET,
        "has_any": own.exists(),
    }
    return render(request, "casts/mine.html", context)


@never_cache
@login_required
@require_safe
def cast(request: HttpRequest, cast_id: UUID) -> HttpResponse:
    """Lead to the live page of one's own cast, by a link that is open or is made for it."""
    own = Cast.objects.filter(account=_signed_in(request), pk=cast_id).first()
    if own is None:
        raise Http404("You have no such cast.")
    until = database.now() + LEFT_AT_LEAST
    # A link that hides what is in the files was made for others.
    links = LiveLink.objects.filter(cast=own, strips_metadata=False, revoked_at=None)
    link = links.filter(expires_at__gt=until).order_by("-id").first()
    return HttpResponseRedirect(path_of(link or share(own)))


def _signed_in(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("the view lets only people in who have signed in")
    return request.user


def _filtered(casts: QuerySet[Cast], filters: Filters) -> QuerySet[Cast]:
    wanted = filters.cleaned_data
    if wanted["status"]:
        casts = casts.filter(status=wanted["status"])
    if wanted["spell"]:
        casts = casts.filter(version__spell=wanted["spell"])
    if wanted["before"] is None:
        return casts
    first = casts.filter(pk=wanted["before"]).values_list("created_at", flat=True).first()
    if first is None:
        raise Http404("There is no such cast to begin before.")
    is_older = Q(created_at__lt=first) | Q(created_at=first, pk__lt=wanted["before"])
    return casts.filter(is_older)


def _readable(casts: QuerySet[Cast], now: Any) -> QuerySet[Any]:
    settled = (
        Charge.objects.filter(generation__cast=OuterRef("pk"), kind=Charge.Kind.SETTLED)
        .order_by()
        .values("generation__cast")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    costly: QuerySet[Any] = with_stuck(casts, now).annotate(
        settled=Subquery(settled, output_field=MoneyField())
    )
    return costly.select_related("version__spell").order_by("-created_at", "-pk")


def _rows(casts: list[Any], account: User, now: Any) -> list[Row]:
    pictures = first_pictures(casts, account, 256)
    return [
        Row(
            cast=one,
            tail=short(one.pk),
            picture=pictures.get(one.pk),
            cost=f"{(one.settled or Decimal(0)).normalize():f}",
            took=(one.finished_at or now) - one.created_at,
        )
        for one in casts
    ]


def _address(filters: Filters, before: UUID) -> str:
    wanted = filters.cleaned_data
    query = {"status": wanted["status"], "spell": wanted["spell"] and wanted["spell"].slug}
    return (
        f"?{urlencode({name: text for name, text in query.items() if text} | {'before': before})}"
    )
