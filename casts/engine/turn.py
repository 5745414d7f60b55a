"""A cast under its lock: what is known of it, and what this transaction changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Self
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Now

from casts import definition as spells
from casts.definition import Definition
from casts.hints import hint
from casts.models import Cast, Restart, Skip, SpellVersion, facts_of
from casts.planner import Attempt, Situation
from casts.rounds import Since, since_of
from generations.failures import Failure
from generations.models import ArtifactLink, Charge, Delivery, Generation
from generations.states import FINAL, HoldReason, Status, sources_of
from generations.tools import catalogue
from spellhub.database import locked
from spellhub.events.record import Fact, record


@dataclass(frozen=True)
class Script:
    """What a spell version says, parsed once a process: versions never change."""

    definition: Definition
    tool_versions: Mapping[str, str]
    label: str


@lru_cache(maxsize=512)
def script_of(version_id: int, digest: str) -> Script:  # noqa: ARG001 - part of the key
    """Return the parsed spell version.

    The digest keeps apart versions of one id: an id of a rolled back insert is given again.
    """
    version = SpellVersion.objects.select_related("spell").get(pk=version_id)
    return Script(
        definition=spells.parse(version.definition),
        tool_versions=version.tool_versions,
        label=f"{version.spell.slug} v{version.number}",
    )


@dataclass
class Turn:
    """One transaction's hold on a cast.

    Changes of existing generations are made at once, by compare-and-set; new rows, events and the
    cast's own columns are collected and written together by ``write``.
    """

    cast: Cast
    now: datetime
    actor: str
    account_is_active: bool
    script: Script
    generations: list[Generation]
    skips: list[tuple[str, int]]
    restarts: dict[str, Since]
    fresh: list[Generation] = field(default_factory=list)
    new_skips: list[Skip] = field(default_factory=list)
    links: list[ArtifactLink] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    hints: int = 0
    _unread: dict[UUID, Delivery] | None = None

    @classmethod
    def take(cls, cast_id: UUID, actor: str) -> Self:
        """Lock the cast and read all that decides; raises Cast.DoesNotExist.

        Waits for the lock: skipping a locked cast would lose the reason we came for.
        """
        rows = Cast.objects.annotate(
            now=Now(), is_active=F("account__is_active"), digest=F("version__digest")
        )
        row: Any = locked(rows).get(pk=cast_id)
        restarts = Restart.objects.filter(cast=row)
        return cls(
            cast=row,
            now=row.now,
            actor=actor,
            account_is_active=row.is_active,
            script=script_of(row.version_id, row.digest),
            generations=list(Generation.objects.filter(cast=row).order_by("attempt", "id")),
            skips=list(Skip.objects.filter(cast=row).values_list("step", "round")),
            restarts=since_of(restarts.values_list("step", "round", "keeps_successes"))
            if row.round > 1
            else {},
        )

    def note(self, kind: str, **data: Any) -> None:
        """Collect an event."""
        self.facts.append(Fact(kind, data))

    def note_step(self, kind: str, generation: Generation, **data: Any) -> None:
        """Collect an event about an attempt; of a step with ``for_each`` it tells the item."""
        if generation.item_count > 1:
            data = {"item": generation.item, "items": generation.item_count, **data}
        self.note(
            kind,
            step=generation.step,
            attempt=generation.attempt,
            generation=str(generation.id),
            tool=generation.tool,
            **data,
        )

    def change(self, **columns: Any) -> None:
        """Collect new values of the cast's own columns."""
        for name, value in columns.items():
            setattr(self.cast, name, value)
        self.changes |= columns

    def generation(self, generation_id: UUID) -> Generation:
        """Return the cast's generation with this id."""
        return next(g for g in self.generations if g.id == generation_id)

    def move(self, generation: Generation, target: Status, **columns: Any) -> bool:
        """Move a generation by compare-and-set; say whether we won.

        The state and the epoch must still be what was read.
        """
        columns["status"] = target
        if target in FINAL:
            columns = {
                "finished_at": self.now,
                "lease_until": None,
                "next_look_at": None,
                "hold_reason": None,
                "hold_since": None,
                **columns,
            }
        if generation.status not in sources_of(target):
            return False
        if generation not in self.fresh:
            rows = Generation.objects.filter(
                pk=generation.pk, epoch=generation.epoch, status=generation.status
            )
            if generation.status == target:
                # A claim: whoever renewed the lease in the meantime keeps it.
                rows = rows.filter(self._is_unclaimed(columns))
            if not rows.update(**columns):
                return False
        for name, value in columns.items():
            setattr(generation, name, value)
        return True

    def _is_unclaimed(self, columns: Mapping[str, Any]) -> Q:
        if columns.get("lease_until") is None:
            return Q()
        return Q(lease_until__isnull=True) | Q(lease_until__lt=self.now)

    def change_final(self, generation: Generation, **columns: Any) -> bool:
        """Change what is known of the job of an attempt that is over; say whether we won."""
        rows = Generation.objects.filter(pk=generation.pk, epoch=generation.epoch)
        if not rows.update(**columns):
            return False
        for name, value in columns.items():
            setattr(generation, name, value)
        return True

    def situation(self) -> Situation:
        """Return what the planner needs, as plain values."""
        return Situation(
            definition=self.script.definition,
            tool_versions=self.script.tool_versions,
            tools=catalogue.by_key(),
            inputs=self.cast.inputs,
            cast=facts_of(self.cast),
            round=self.cast.round,
            attempts=[self._attempt(g) for g in self.generations],
            skips=self.skips,
            restarts=self.restarts,
            now=self.now,
            deadline_at=self.cast.deadline_at,
            account_is_active=self.account_is_active,
            jitter=_jitter,
        )

    def _attempt(self, generation: Generation) -> Attempt:
        stored = generation.failure
        return Attempt(
            id=generation.id,
            step=generation.step,
            round=generation.round,
            number=generation.attempt,
            status=generation.status,
            item=generation.item,
            item_count=generation.item_count,
            outputs=generation.outputs,
            failure=Failure.from_json(stored) if stored else None,
            is_abandoned=self.is_abandoned(generation),
        )

    def is_abandoned(self, generation: Generation) -> bool:
        """Whether the lease of the generation's worker ran out."""
        return generation.lease_until is not None and generation.lease_until < self.now

    def is_free(self, generation: Generation) -> bool:
        """Whether nobody asks about the generation's job now."""
        return generation.lease_until is None or self.is_abandoned(generation)

    def is_due(self, generation: Generation) -> bool:
        """Whether it is time to look at the generation, or who did so is gone."""
        due = generation.next_look_at
        return self.is_abandoned(generation) or (due is not None and due <= self.now)

    def is_to_be_cancelled(self, generation: Generation) -> bool:
        """Whether the attempt is over and its job is to be driven to an end now."""
        is_pursued = generation.cancel_intent_at is not None and generation.cancel_done_at is None
        return is_pursued and generation.status in FINAL and self.is_due(generation)

    def unread(self, generation: Generation) -> Delivery | None:
        """Return the first delivery for an attempt that nobody has read."""
        if self._unread is None:
            rows = Delivery.objects.filter(generation__cast=self.cast, read_at__isnull=True)
            rows = rows.exclude(verdict=Delivery.Verdict.REFUSED).order_by("-received_at")
            self._unread = {row.generation_id: row for row in rows if row.generation_id}
        return self._unread.get(generation.pk)

    def forget_deliveries(self) -> None:
        """Look again for deliveries when they are asked for."""
        self._unread = None

    def is_ready(self, generation: Generation) -> bool:
        """Whether a pending generation may be claimed now."""
        if generation.status != Status.PENDING:
            return False
        due = generation.next_look_at
        return generation.hold_reason is None or due is None or due <= self.now

    def add(self, **columns: Any) -> Generation:
        """Collect a new generation of this cast in its present round."""
        generation = Generation(
            cast=self.cast, round=self.cast.round, created_at=self.now, **columns
        )
        self.fresh.append(generation)
        self.generations.append(generation)
        return generation

    def skip(self, step: str, reason: str) -> None:
        """Collect the skip of a step."""
        row = Skip(cast=self.cast, step=step, round=self.cast.round, reason=reason, at=self.now)
        self.new_skips.append(row)
        self.skips.append((step, self.cast.round))
        self.note("step_skipped", step=step, reason=reason)

    def hold(self, generation: Generation, reason: HoldReason, until: datetime) -> None:
        """Let a pending generation wait for a reason that is nobody's fault."""
        columns = {"hold_reason": reason, "hold_since": self.now, "next_look_at": until}
        if generation not in self.fresh:
            Generation.objects.filter(pk=generation.pk, epoch=generation.epoch).update(**columns)
        for name, value in columns.items():
            setattr(generation, name, value)

    def write(self) -> None:
        """Write what was collected, and queue the hints, in the transaction of the lock."""
        if self.facts or self.changes or self.fresh:
            self._write_rows()
        for _ in range(self.hints):
            hint(self.cast.id)

    def _write_rows(self) -> None:
        if self.fresh:
            Generation.objects.bulk_create(self.fresh)
        if self.links:
            ArtifactLink.objects.bulk_create(self.links)
        if self.charges:
            Charge.objects.bulk_create(self.charges)
        if self.new_skips:
            Skip.objects.bulk_create(self.new_skips)
        seq = record(self.cast.topic, self.cast.seq, self.facts, actor=self.actor, at=self.now)
        quiet = {"hinted_at": None, "hint_count": 0, "quiet_until": None}
        self.change(seq=seq, **quiet)
        Cast.objects.filter(pk=self.cast.pk).update(**self.changes)

    def after(self, seconds: float) -> datetime:
        """Return the database's time in so many seconds."""
        return self.now + timedelta(seconds=seconds)


def _jitter(identifier: UUID) -> float:
    """Return a number from 0 to 1 out of the random tail of an identifier."""
    return (identifier.int & 0xFFFF) / 0xFFFF
