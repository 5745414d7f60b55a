"""Saving spells: the one door for the API, the admin and ``loadspells``."""

import hashlib
import json
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max

from casts import definition as spells
from casts.definition import Checked, Problem
from casts.models import Spell, SpellVersion
from generations.tools import catalogue
from spellhub.database import locked

# Addresses under ``spells/`` that mean something else, and the hidden spells of tools.
RESERVED_SLUGS = frozenset({"validate"})
TOOL_PREFIX = "tool-"


class DefinitionInvalid(ValueError):
    """The definition has mistakes; ``problems`` lists every one."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.pointer or '/'}: {p.detail}" for p in problems))
        self.problems = problems


class SlugTaken(ValueError):
    """Another account's spell, or another spell, has this slug."""


def check(document: Any, *, of_tool: bool = False) -> Checked:
    """Check a definition against the tools that are installed.

    Slugs that mean something else are refused; ``of_tool`` says that spellhub itself saves the
    hidden spell of a tool.
    """
    checked = spells.check(document, catalogue.by_key())
    slug = document.get("slug") if isinstance(document, dict) else None
    if of_tool or not isinstance(slug, str) or not _is_reserved(slug):
        return checked
    detail = f"The slug `{slug}` is kept for spellhub itself; take another one."
    problem = Problem("/slug", "reserved_slug", detail)
    return replace(checked, definition=None, problems=(*checked.problems, problem))


def _is_reserved(slug: str) -> bool:
    return slug in RESERVED_SLUGS or slug.startswith(TOOL_PREFIX)


def save(
    document: Any, owner: User, *, spell: Spell | None = None, of_tool: bool = False
) -> tuple[SpellVersion, bool]:
    """Save a definition; return its version and whether that is a new one.

    With ``spell`` it changes that spell, whose slug the document must keep; without, it makes a
    new spell. Raises DefinitionInvalid and SlugTaken.
    """
    checked = check(document, of_tool=of_tool)
    if checked.definition is None or checked.errors:
        raise DefinitionInvalid(checked.problems)
    try:
        # One transaction: a spell has at least one version, always.
        with transaction.atomic():
            return _write(checked, owner, spell)
    except IntegrityError as error:
        raise SlugTaken(f"There is a spell {checked.definition.slug!r} already.") from error


def _write(checked: Checked, owner: User, spell: Spell | None) -> tuple[SpellVersion, bool]:
    definition = checked.definition
    assert definition is not None  # noqa: S101 - save() has refused the others
    if spell is None:
        spell = Spell(slug=definition.slug, owner=owner)
    elif spell.slug != definition.slug:
        raise DefinitionInvalid(
            (Problem("/slug", "slug_fixed", f"The slug of this spell stays {spell.slug!r}."),)
        )
    else:
        spell = locked(Spell.objects.all()).get(pk=spell.pk)
    spell.name, spell.description = definition.name, definition.description
    spell.visibility, spell.open = definition.visibility, definition.open
    spell.save()
    return _version(checked, owner, spell)


def _version(checked: Checked, owner: User, spell: Spell) -> tuple[SpellVersion, bool]:
    assert checked.definition is not None  # noqa: S101
    pins = {step.tool: catalogue.get(step.tool).version for step in checked.definition.steps}
    text = json.dumps([checked.document, pins], sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    latest = spell.versions.order_by("-number").first()
    if latest and latest.digest == digest:
        return latest, False
    number = spell.versions.aggregate(last=Max("number"))["last"] or 0
    version = SpellVersion.objects.create(
        spell=spell,
        number=number + 1,
        definition=checked.document,
        tool_versions=pins,
        digest=digest,
        created_by=owner,
    )
    return version, True


def castable_by(account: User, slug: str) -> Spell | None:
    """Return a spell that the account may cast, or None: it is its own, unlisted or public."""
    spell = Spell.objects.filter(slug=slug).first()
    if spell is None:
        return None
    is_private = spell.visibility == Spell.Visibility.PRIVATE
    return None if is_private and spell.owner_id != account.pk else spell
