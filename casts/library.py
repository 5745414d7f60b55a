"""Saving spells: the one door for the API, the admin and ``loadspells``."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.db.models import Max

from casts import definition as spells
from casts.definition import Checked, Definition, Problem
from casts.drift.rows import keep_contracts
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
    hidden spell of a tool. Retired tools are a warning.
    """
    checked = spells.check(document, catalogue.by_key(), catalogue.unavailable())
    if checked.definition is not None:
        checked = replace(checked, problems=(*checked.problems, *_retired(checked.definition)))
    slug = document.get("slug") if isinstance(document, dict) else None
    if of_tool or not isinstance(slug, str) or not _is_reserved(slug):
        return checked
    problem = Problem("/slug", "reserved_slug", _reserved(slug))
    return replace(checked, definition=None, problems=(*checked.problems, problem))


def _retired(definition: Definition) -> Iterator[Problem]:
    for index, step in enumerate(definition.steps):
        tool = catalogue.find(step.tool)
        if tool is not None and tool.retired:
            detail = f"Step `{step.key}`: {tool.key} is retired. {tool.retired}"
            yield Problem(f"/steps/{index}/tool", "tool_retired", detail, "warning")


def flaw_of_slug(slug: str) -> str:
    """Say why a spell of somebody's own cannot have this slug; empty when it can."""
    problems = spells.check_values(spells.DOCUMENT_SCHEMA["properties"]["slug"], slug)
    if problems:
        return problems[0].detail
    return _reserved(slug) if _is_reserved(slug) else ""


def _reserved(slug: str) -> str:
    return f"The slug `{slug}` is kept for spellhub itself; take another one."


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
    tools = {step.tool: catalogue.get(step.tool) for step in checked.definition.steps}
    pins = {key: tool.version for key, tool in tools.items()}
    keep_contracts(tools.values())
    # The order of the members counts: forms show the inputs in it.
    text = json.dumps([checked.document, sorted(pins.items())], separators=(",", ":"))
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


def castable_by(account: User | AnonymousUser, slug: str) -> Spell | None:
    """Return a spell that the account may cast, or None: it is its own, unlisted or public.

    Whoever has not signed in has none of their own.
    """
    spell = Spell.objects.filter(slug=slug).first()
    if spell is None:
        return None
    is_private = spell.visibility == Spell.Visibility.PRIVATE
    return None if is_private and spell.owner_id != account.pk else spell
