"""The contracts of tools as rows: kept when a spell is saved, read to see what changed since."""

from collections.abc import Iterable

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from casts import definition as spells
from casts.drift.contracts import Contract
from casts.drift.verdict import Drift, is_behind, judged
from casts.models import Spell, SpellVersion
from generations.adapters.base import ToolSpec
from generations.models import ToolContract
from generations.tools import catalogue


def keep_contracts(tools: Iterable[ToolSpec]) -> None:
    """Keep what tools take and give, unless that is known of their versions already."""
    ToolContract.objects.bulk_create(
        (
            ToolContract(
                key=tool.key,
                version=tool.version,
                input_schema=tool.input_schema,
                output_schema=tool.output_schema,
            )
            for tool in tools
        ),
        ignore_conflicts=True,
    )


def drift_of(version: SpellVersion) -> tuple[Drift, ...]:
    """Return what became of the tools of a spell version since it was saved; one query."""
    definition = spells.parse(version.definition)
    pins: dict[str, str] = version.tool_versions
    return judged(definition, pins, catalogue.by_key(), _contracts(pins))


def behind() -> QuerySet[Spell]:
    """Return the spells whose newest version cannot be cast with the tools installed now."""
    tools = catalogue.by_key()
    pins = newest_versions().values_list("spell", "tool_versions")
    return Spell.objects.filter(
        pk__in=[spell for spell, pinned in pins if is_behind(pinned, tools)]
    )


def newest_versions() -> QuerySet[SpellVersion]:
    """Return the newest version of every spell."""
    last = (
        SpellVersion.objects.filter(spell=OuterRef("spell"))
        .order_by()
        .values("spell")
        .annotate(last=Max("number"))
        .values("last")
    )
    return SpellVersion.objects.filter(number=Subquery(last))


def _contracts(pins: dict[str, str]) -> dict[str, Contract]:
    if not pins:
        return {}
    wanted = Q()
    for key, version in pins.items():
        wanted |= Q(key=key, version=version)
    rows = ToolContract.objects.filter(wanted)
    return {row.key: Contract(row.input_schema, row.output_schema) for row in rows}
