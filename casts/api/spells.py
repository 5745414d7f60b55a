"""``spells/``: list, save, read, change and validate spells."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from casts import library, tool_spells
from casts.api.spell_reading import (
    CheckReading,
    SavedReading,
    SpellReading,
    VersionReading,
    may_see,
    problem_readings,
    readable,
    reading_of,
    version_reading,
)
from casts.definition import DOCUMENT_SCHEMA
from casts.definition import Problem as Mistake
from casts.drift.rows import drift_of
from casts.models import Spell, SpellVersion
from spellhub.accounts import scoping
from spellhub.database import locked
from spellhub.rest.problems import Flaw, Problem, invalid
from spellhub.rest.views import Collection, Endpoint

_TAKEN = {409: "There is a spell with this slug already."}
_ANY: dict[str, Any] = {"application/json": {"type": "object", "additionalProperties": True}}
_DEFINITION: dict[str, Any] = {"application/json": DOCUMENT_SCHEMA}


class SpellsView(Collection):
    """Spells: the account's own, and everybody's public ones."""

    queryset = Spell.objects.none()
    problems: ClassVar = {"POST": _TAKEN}

    @extend_schema(responses=SpellReading)
    def get(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """List your spells and the public ones, newest first."""
        account = scoping.account_of(request)
        is_public = Q(visibility=Spell.Visibility.PUBLIC, archived=False)
        spells = tool_spells.without_hidden(Spell.objects.filter(Q(owner=account) | is_public))
        page = self.paginate_queryset(readable(spells))
        return self.get_paginated_response([reading_of(spell, account) for spell in page or ()])

    @extend_schema(
        request=_DEFINITION,
        responses={201: OpenApiResponse(SavedReading, description="Saved.")},
        parameters=[
            OpenApiParameter(
                "Location", str, OpenApiParameter.HEADER, response=[201], description="The spell."
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Save a new spell; the body is its definition."""
        account = scoping.account_of(request)
        body = _saved(request.data, account, None)
        location = request.build_absolute_uri(reverse("api:spell", args=[body["slug"]]))
        return Response(body, status=201, headers={"Location": location})


class SpellView(Endpoint):
    """One spell."""

    problems: ClassVar = {"PATCH": {403: "The spell is somebody else's."}}

    @extend_schema(responses=SpellReading)
    def get(self, request: Request, slug: str) -> Response:
        """Read a spell: your own, an unlisted or a public one."""
        account = scoping.account_of(request)
        spell = _castable(account, slug)
        return Response(reading_of(readable(Spell.objects.filter(pk=spell.pk)).get(), account))

    @extend_schema(request=_ANY, responses=SavedReading)
    def patch(self, request: Request, slug: str) -> Response:
        """Change a spell of yours; what changes makes a new version.

        The members of the body replace those of the newest definition, null takes one out; the
        whole is checked. Casts keep the version they have.
        """
        account = scoping.account_of(request)
        spell = _castable(account, slug)
        if spell.owner_id != account.pk:
            raise Problem(403, "not_yours", "Only its owner may change a spell.")
        # One transaction: what the change is based on is still the newest when it is written.
        with transaction.atomic():
            spell = locked(Spell.objects.all()).get(pk=spell.pk)
            newest = SpellVersion.objects.filter(spell=spell).order_by("-number")[:1].get()
            return Response(_saved(_merged(newest.definition, request.data), account, spell))


class VersionsView(Collection):
    """The versions of a spell."""

    queryset = SpellVersion.objects.none()

    @extend_schema(responses=VersionReading)
    def get(self, request: Request, slug: str, **_kwargs: Any) -> Response:
        """List them, newest first."""
        account = scoping.account_of(request)
        spell = _castable(account, slug)
        versions = SpellVersion.objects.filter(spell=spell).select_related("created_by")
        shows = may_see(spell, account)
        page = self.paginate_queryset(versions) or ()
        return self.get_paginated_response(
            [version_reading(version, shows_definition=shows) for version in page]
        )


class ValidateView(Endpoint):
    """Checking without saving."""

    @extend_schema(request=_ANY, responses=CheckReading)
    def post(self, request: Request) -> Response:
        """Say everything that is wrong with a definition; saves nothing."""
        account = scoping.account_of(request)
        checked = library.check(request.data)
        warnings = (*checked.warnings, *_drift(account, request.data))
        return Response(
            {
                "valid": not checked.errors,
                "errors": problem_readings(checked.errors),
                "warnings": problem_readings(warnings),
            }
        )


def _drift(account: User, document: Any) -> Iterator[Mistake]:
    """Say which tools have changed since the account saved the spell of this slug."""
    slug = document.get("slug") if isinstance(document, dict) else None
    if not isinstance(slug, str):
        return
    versions = SpellVersion.objects.filter(spell__owner=account, spell__slug=slug[:60])
    newest = versions.order_by("-number").first()
    for drift in drift_of(newest) if newest else ():
        # That a tool is gone or retired the check says itself.
        if drift.kind in {"changed", "altered"}:
            yield Mistake(drift.pointer, f"tool_{drift.kind}", drift.sentence, "warning")


def _castable(account: User, slug: str) -> Spell:
    spell = library.castable_by(account, slug)
    if spell is None:
        raise Problem(404, "unknown_spell", f"There is no spell `{slug}` for you.")
    return spell


def _saved(document: Any, account: User, spell: Spell | None) -> dict[str, Any]:
    """Save a definition; return the spell as it is sent."""
    try:
        version, _ = library.save(document, account, spell=spell)
    except library.DefinitionInvalid as error:
        raise _of_mistakes([p for p in error.problems if p.severity == "error"]) from error
    except library.SlugTaken as error:
        flaw = Flaw("/slug", "slug_taken", str(error))
        raise Problem(409, "slug_taken", str(error), errors=[flaw]) from error
    saved = readable(Spell.objects.filter(pk=version.spell_id)).get()
    warnings = problem_readings(library.check(document).warnings)
    return {**reading_of(saved, account), "warnings": warnings}


def _of_mistakes(mistakes: list[Mistake]) -> Problem:
    return invalid([Flaw(p.pointer, p.code, p.detail) for p in mistakes])


def _merged(definition: dict[str, Any], changes: Any) -> dict[str, Any]:
    merged = {**definition, **changes}
    return {key: value for key, value in merged.items() if value is not None}
