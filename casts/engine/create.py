"""Accepting a cast: its row, its first event and its first hint are one transaction, or none is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from casts import definition as spells
from casts.definition import Problem
from casts.engine.boundary import HINT_PATIENCE_S
from casts.engine.turn import script_of
from casts.hints import hint
from casts.models import Cast, SpellVersion
from generations.schemas import artifacts_in
from generations.tools import catalogue
from generations.uploads import unfit
from spellhub import database
from spellhub.accounts.models import ApiKey
from spellhub.events.record import Fact, record


class InputsInvalid(ValueError):
    """The inputs do not fit the spell; ``problems`` says where and why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.pointer or '/'}: {p.detail}" for p in problems))
        self.problems = problems


class NotCastable(ValueError):
    """The spell version cannot be cast now; ``code`` and the message say why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def begin(  # noqa: PLR0913 - all by name
    version: SpellVersion,
    account: User,
    inputs: Any,
    *,
    source: str,
    actor: str,
    api_key: ApiKey | None = None,
    metadata: Mapping[str, Any] | None = None,
    uses_cache: bool = True,
) -> Cast:
    """Accept a cast of a spell version for an account and queue it.

    Without ``uses_cache`` every step runs, also where earlier outputs could be reused. The caller
    has checked that the account may cast the spell. Raises InputsInvalid and NotCastable before
    anything is written.
    """
    filled = _checked_inputs(version, account, inputs)
    _check_tools(version)
    deadline_s = (
        script_of(version.pk, version.digest).definition.deadline_s or settings.CAST_DEADLINE_S
    )
    # One transaction: a cast without its event or its hint, or the reverse, cannot exist.
    with transaction.atomic():
        now = database.now()
        cast = Cast(
            version=version,
            account=account,
            source=source,
            api_key=api_key,
            inputs=filled,
            metadata=dict(metadata or {}),
            uses_cache=uses_cache,
            created_at=now,
            hinted_at=now,
            quiet_until=now + timedelta(seconds=HINT_PATIENCE_S),
            deadline_at=now + timedelta(seconds=deadline_s),
            seq=1,
        )
        cast.save(force_insert=True)
        told = {"spell": version.spell.slug, "version": version.number, "source": source}
        record(cast.topic, 0, [Fact("cast_created", told)], actor=actor, at=now)
        hint(cast.id)
    return cast


def _checked_inputs(version: SpellVersion, account: User, inputs: Any) -> dict[str, Any]:
    definition = script_of(version.pk, version.digest).definition
    filled, problems = spells.check_inputs(definition, inputs)
    if not problems:
        problems = tuple(
            Problem(found.pointer, found.code, found.detail)
            for found in unfit(account, artifacts_in(definition.inputs, filled))
        )
    if problems:
        raise InputsInvalid(problems)
    return filled


def _check_tools(version: SpellVersion) -> None:
    if version.spell.archived:
        raise NotCastable("spell_archived", f"The spell {version.spell.slug} is archived.")
    for key, pinned in version.tool_versions.items():
        tool = catalogue.find(key)
        if tool is None:
            reason = catalogue.unavailable().get(key)
            raise NotCastable("tool_gone", reason or f"The tool {key} is not installed.")
        if tool.version != pinned:
            raise NotCastable(
                "tool_changed",
                f"The spell was checked against {key} version {pinned}; installed is "
                f"{tool.version}. Upgrade it: manage.py spell upgrade {version.spell.slug}",
            )
