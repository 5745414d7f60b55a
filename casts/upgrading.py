"""Upgrading spells: their newest definitions, checked against the tools that are installed now."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.models import User
from django.db import transaction

from casts import library, tool_spells
from casts.definition import Problem
from casts.drift.rows import behind, drift_of
from casts.drift.verdict import Drift
from casts.models import Spell, SpellVersion
from spellhub import database
from spellhub.events.record import Fact, record

Outcome = Literal["upgraded", "would_upgrade", "current", "refused"]


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade came to: ``after`` is the new version, where one was saved.

    ``drift`` says what became of the tools; ``problems`` is what keeps the definition from being
    saved as it is (``refused``), else the warnings of the check.
    """

    slug: str
    before: SpellVersion
    after: SpellVersion | None
    outcome: Outcome
    drift: tuple[Drift, ...]
    problems: tuple[Problem, ...]

    @property
    def summary(self) -> str:
        """Say in a sentence what came of it."""
        number = self.before.number
        return {
            "upgraded": f"{self.before} is now {self.after}.",
            "would_upgrade": f"{self.before} would become {self.slug} v{number + 1}.",
            "current": f"{self.before} is up to date.",
            "refused": f"{self.before} stays as it is: its definition no longer fits the tools.",
        }[self.outcome]


def upgradable() -> Iterator[Spell]:
    """Yield the spells that need an upgrade, by slug.

    Archived ones need none, and the hidden spells of tools renew themselves.
    """
    rows = tool_spells.without_hidden(behind().filter(archived=False))
    yield from rows.order_by("slug").iterator()


def upgrade(spell: Spell, *, actor: str, reason: str = "", dry_run: bool = False) -> Upgrade:
    """Save a spell's newest definition anew if its tools changed; say what changes.

    What does not fit the tools any more is left as it is, with its problems; a spell whose tools
    did not change is left alone, so that doing it again does nothing. The version stays that of
    who wrote its definition; ``actor`` and ``reason`` are kept in an event.
    """
    # One transaction: what is checked is still the newest when it is saved, and told of.
    with transaction.atomic():
        row = database.locked(Spell.objects.all()).get(pk=spell.pk)
        newest = row.versions.select_related("spell", "created_by").order_by("-number")[:1].get()
        drift = drift_of(newest)
        checked = library.check(newest.definition, of_tool=tool_spells.is_hidden(row))
        if not any(one.blocks for one in drift):
            return Upgrade(row.slug, newest, None, "current", drift, checked.problems)
        if checked.errors:
            return Upgrade(row.slug, newest, None, "refused", drift, checked.problems)
        if dry_run:
            return Upgrade(row.slug, newest, None, "would_upgrade", drift, checked.problems)
        after = _saved(row, newest, newest.created_by)
        _tell(newest, after, drift, actor=actor, reason=reason)
        return Upgrade(row.slug, newest, after, "upgraded", drift, checked.problems)


def _saved(spell: Spell, newest: SpellVersion, author: User) -> SpellVersion:
    is_hidden = tool_spells.is_hidden(spell)
    return library.save(newest.definition, author, spell=spell, of_tool=is_hidden)[0]


def _tell(
    before: SpellVersion, after: SpellVersion, drift: tuple[Drift, ...], *, actor: str, reason: str
) -> None:
    """Record the event; its number is the version's, so that it is one of a kind."""
    data = {
        "from": before.number,
        "to": after.number,
        "reason": reason,
        "changes": list(dict.fromkeys(one.sentence for one in drift)),
    }
    topic = f"spell:{after.spell_id}"
    fact = Fact("spell_upgraded", data)
    record(topic, after.number - 1, [fact], actor=actor, at=database.now())
