"""Tools run on their own: each has a hidden spell of one step, so that a run is a cast like any.

The spell belongs to spellhub itself and is made, or given a new version, when it is first needed.
"""

import hashlib
import json
import re
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from casts import definition as spells
from casts import library
from casts.models import Spell, SpellVersion
from generations.adapters.base import ToolSpec

SYSTEM_ACCOUNT = "spellhub"
STEP = "run"
MAX_SLUG = 60


class SlugOccupied(RuntimeError):
    """Somebody's own spell has the slug of a tool's hidden spell."""


def version_for(tool: ToolSpec) -> SpellVersion:
    """Return the spell version that runs a tool, made on demand. Raises SlugOccupied."""
    slug = slug_of(tool)
    version = _latest(slug)
    if version is None or not _fits(version, tool):
        version = _save(slug, tool)
    if not is_hidden(version.spell):
        raise SlugOccupied(f"The spell {slug} is somebody's own; give it another slug.")
    return version


def slug_of(tool: ToolSpec) -> str:
    """Return the slug of a tool's hidden spell; two tools never have the same.

    A slug has at most 60 letters and no underscore; where that would lose something of the key, a
    piece of its digest stands for it.
    """
    slug = library.TOOL_PREFIX + re.sub(r"[._]", "-", tool.key)
    if len(slug) <= MAX_SLUG and "_" not in tool.key:
        return slug
    digest = hashlib.sha256(tool.key.encode()).hexdigest()[:8]
    return f"{slug[: MAX_SLUG - 9].rstrip('-')}-{digest}"


def is_hidden(spell: Spell) -> bool:
    """Whether a spell only serves to run a tool."""
    return spell.slug.startswith(library.TOOL_PREFIX) and spell.owner.username == SYSTEM_ACCOUNT


def without_hidden(spells: QuerySet[Spell]) -> QuerySet[Spell]:
    """Leave the tools' hidden spells out."""
    return spells.exclude(owner__username=SYSTEM_ACCOUNT, slug__startswith=library.TOOL_PREFIX)


def definition_for(tool: ToolSpec) -> dict[str, Any]:
    """Return the definition of a spell that calls a tool with its own inputs."""
    inputs = {name: _refer("inputs", name) for name in tool.input_schema.get("properties", {})}
    outputs = {
        name: _refer(f"steps.{STEP}", name) for name in tool.output_schema.get("properties", {})
    }
    return {
        "slug": slug_of(tool),
        "name": tool.title[:100] or tool.key,
        "description": f"Runs {tool.key} on its own.",
        "visibility": "unlisted",
        "inputs": tool.input_schema,
        "steps": [{"key": STEP, "tool": tool.key, "inputs": inputs}],
        "outputs": outputs or {"result": f"${{{{ steps.{STEP} }}}}"},
    }


def _refer(root: str, name: str) -> str:
    # Quoted, because a name may be a word of the expression language.
    return f"${{{{ {root}.{json.dumps(name)} }}}}"


def _latest(slug: str) -> SpellVersion | None:
    versions = SpellVersion.objects.select_related("spell__owner").filter(spell__slug=slug)
    return versions.order_by("-number").first()


def _fits(version: SpellVersion, tool: ToolSpec) -> bool:
    inputs = spells.parse(version.definition).inputs
    return version.tool_versions == {tool.key: tool.version} and inputs == tool.input_schema


def _save(slug: str, tool: ToolSpec) -> SpellVersion:
    owner, _ = User.objects.get_or_create(username=SYSTEM_ACCOUNT, defaults={"password": "!"})
    spell = Spell.objects.select_related("owner").filter(slug=slug).first()
    if spell is not None and not is_hidden(spell):
        raise SlugOccupied(f"The spell {slug} is somebody's own; give it another slug.")
    try:
        return library.save(definition_for(tool), owner, spell=spell, of_tool=True)[0]
    except library.SlugTaken:
        # Another request made it in the meantime.
        version = _latest(slug)
        if version is None:
            raise
        return version
