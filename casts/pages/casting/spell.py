"""``/spells/{slug}/``: one spell, and the form that casts it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from casts import definition as spells
from casts.api.spell_reading import may_see
from casts.library import castable_by
from casts.models import Cast, Spell, SpellVersion
from casts.pages.casting import drafts
from casts.pages.casting.form import CastForm
from casts.pages.casting.pictures import pictures_of
from casts.pages.casting.placing import Press, token_of
from casts.pages.casting.shelf import tool_titles
from casts.pages.casting.walk import price_in_words, walk_of
from casts.yaml_writing import definition_as_yaml
from spellhub.identifiers import uuid7

KEPT = "Sign in to cast. What you typed is kept; files are picked after that."
NOT_KEPT = "Sign in to cast. What you typed is too long to be kept; copy it before you go on."


class SeeOther(HttpResponseRedirect):
    """Leads on with a GET, whatever the request was (303)."""

    status_code = 303


@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a spell and its form; a POST casts it, and leads to the cast's live page."""
    spell = castable_by(request.user, slug)
    if spell is None:
        raise Http404("There is no such spell, or it is somebody else's.")
    version = spell.versions.select_related("spell__owner").latest("number")
    definition = spells.parse(version.definition)
    if request.method != "POST":
        return _show(request, version, _filled(request, version, CastForm(definition)))
    form = CastForm(definition, request.POST, request.FILES)
    if not isinstance(request.user, User):
        return _sign_in_first(request, version.spell)
    address = Press(request, request.user, version, form).cast()
    return SeeOther(address) if address else _show(request, version, form)


def _filled(request: HttpRequest, version: SpellVersion, form: CastForm) -> CastForm:
    """Fill a form with what was typed before signing in, or with the inputs of an earlier cast."""
    if (typed := drafts.take(request, version.spell.slug)) is not None:
        form.fill_typed(typed)
    elif "from" in request.GET:
        unshown = form.fill(_earlier(request, version.spell).inputs)
        if unshown:
            names = ", ".join(unshown)
            messages.warning(request, f"Not taken over from the earlier cast: {names}.")
    return form


def _earlier(request: HttpRequest, spell: Spell) -> Cast:
    """Return the cast of one's own that ``?from=`` names; raises Http404."""
    own = Cast.objects.filter(account=request.user.pk, version__spell=spell)
    try:
        return own.get(pk=UUID(request.GET["from"]))
    except (ValueError, Cast.DoesNotExist) as error:
        raise Http404("You have no such cast of this spell.") from error


def _sign_in_first(request: HttpRequest, spell: Spell) -> HttpResponse:
    kept = drafts.keep(request, spell.slug)
    messages.info(request, KEPT) if kept else messages.warning(request, NOT_KEPT)
    response = redirect_to_login(request.path)
    response.status_code = 303
    return response


def _show(request: HttpRequest, version: SpellVersion, form: CastForm) -> HttpResponse:
    if isinstance(request.user, User):
        form.look_up_files(request.user)
    else:
        form.close_files()
    is_wrong = bool(form.errors)
    context = {
        "here": "spells",
        "form": form,
        "token": str(uuid7()) if form.was_cast else token_of(request),
        **_about(request, version, form),
    }
    return render(request, "spells/spell.html", context, status=422 if is_wrong else 200)


def _about(request: HttpRequest, version: SpellVersion, form: CastForm) -> Mapping[str, Any]:
    spell, reader = version.spell, request.user
    sees = may_see(spell, reader)
    return {
        "spell": spell,
        "version": version,
        "is_own": spell.owner_id == reader.pk,
        "picture": pictures_of([spell], reader).get(spell.pk),
        "tools": tool_titles(version),
        "price": price_in_words(form.definition),
        "walk": walk_of(form.definition) if sees else (),
        "definition": definition_as_yaml(version.definition) if sees else "",
    }
