"""A spell as it reads over the API: all of it for its owner, less for others."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Max, OuterRef, Prefetch, QuerySet, Subquery
from pydantic import BaseModel, Field

from casts import definition as spells
from casts.definition import Step
from casts.models import Spell, SpellVersion
from casts.prices import price_of_cast
from generations.api.readings import CostReading
from generations.tools import catalogue
from spellhub.rest.openapi import one_of

_OUTPUT_OF_STEP = re.compile(r"\$\{\{\s*steps\.([a-z][a-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


class WarningReading(BaseModel):
    """What is probably not meant, or what must be corrected."""

    pointer: str
    code: str
    detail: str


class SpellReading(BaseModel):
    """A spell in its newest version.

    ``definition`` is null for others than the owner, unless the spell is open. ``outputs`` maps a
    name to a JSON Schema, empty where the type is not known. ``price`` is of each step once.
    """

    slug: str
    name: str
    description: str
    owner: str
    visibility: Annotated[str, Field(json_schema_extra=one_of(Spell.Visibility))]
    open: bool
    archived: bool
    version: int
    inputs: dict[str, Any]
    outputs: dict[str, dict[str, Any]]
    price: CostReading
    tools: list[str]
    definition: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime


class SavedReading(SpellReading):
    """A spell that was just saved, with what is probably not meant."""

    warnings: list[WarningReading]


class VersionReading(BaseModel):
    """One immutable version of a spell; ``definition`` as with the spell."""

    number: int
    created_by: str
    created_at: datetime
    tools: dict[str, str]
    definition: dict[str, Any] | None


class CheckReading(BaseModel):
    """What is wrong with a definition, and what is probably not meant."""

    valid: bool
    errors: list[WarningReading]
    warnings: list[WarningReading]


def readable(spells: QuerySet[Spell]) -> QuerySet[Spell]:
    """Prepare spells for reading: their owners, and only their newest versions."""
    newest = (
        SpellVersion.objects.filter(spell=OuterRef("spell"))
        .order_by()
        .values("spell")
        .annotate(last=Max("number"))
        .values("last")
    )
    versions = SpellVersion.objects.filter(number=Subquery(newest)).order_by("-number")
    return spells.select_related("owner").prefetch_related(
        Prefetch("versions", versions, to_attr="newest")
    )


def reading_of(spell: Any, reader: User) -> dict[str, Any]:
    """Return a spell that ``readable`` prepared, as it is sent to an account."""
    version: SpellVersion = spell.newest[0]
    definition = version.definition
    reading = SpellReading(
        slug=spell.slug,
        name=spell.name,
        description=spell.description,
        owner=spell.owner.username,
        visibility=spell.visibility,
        open=spell.open,
        archived=spell.archived,
        version=version.number,
        inputs=dict(spells.parse(definition).inputs),
        outputs=_outputs(definition),
        price=CostReading(amount=price_of_cast(spells.parse(definition))),
        tools=sorted(version.tool_versions),
        definition=definition if may_see(spell, reader) else None,
        created_at=spell.created_at,
        updated_at=spell.updated_at,
    )
    return reading.model_dump(mode="json")


def version_reading(version: SpellVersion, *, shows_definition: bool) -> dict[str, Any]:
    """Return a version as it is sent."""
    reading = VersionReading(
        number=version.number,
        created_by=version.created_by.username,
        created_at=version.created_at,
        tools=version.tool_versions,
        definition=version.definition if shows_definition else None,
    )
    return reading.model_dump(mode="json")


def may_see(spell: Spell, reader: User | AnonymousUser) -> bool:
    """Whether an account may read the definition of a spell."""
    return spell.open or spell.owner_id == reader.pk


def problem_readings(problems: Iterable[Any]) -> list[dict[str, Any]]:
    """Return problems of a definition, as they are sent."""
    return [{"pointer": p.pointer, "code": p.code, "detail": p.detail} for p in problems]


def _outputs(definition: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    steps = {step.key: step for step in spells.parse(definition).steps}
    return {
        name: _schema_of_output(value, steps)
        for name, value in definition.get("outputs", {}).items()
    }


def _schema_of_output(value: Any, steps: Mapping[str, Step]) -> dict[str, Any]:
    """Return the schema of an output that is just an output of a step, else an empty one."""
    found = _OUTPUT_OF_STEP.fullmatch(value) if isinstance(value, str) else None
    step = steps.get(found[1]) if found else None
    tool = catalogue.find(step.tool) if step else None
    if found is None or step is None or tool is None:
        return {}
    schema: dict[str, Any] = tool.output_schema.get("properties", {}).get(found[2], {})
    # A reference leads nowhere outside of the tool's own schema.
    if not schema or "$ref" in str(schema):
        return {}
    return {"type": "array", "items": schema} if step.is_each else schema
