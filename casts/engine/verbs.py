"""What people and programs may do to a cast: each verb is one transaction, and leaves an event."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.conf import settings
from django.db import transaction

from casts.engine.boundary import carry_out, fail_cast
from casts.engine.ending import call_off
from casts.engine.run import through_faults
from casts.engine.turn import Turn
from casts.models import Cast, Restart
from casts.rounds import since_of
from casts.states import Status as CastStatus
from casts.states import StepStatus, sources_of
from casts.steps import step_states
from generations.failures import MESSAGE_LIMIT, Failure, redacted
from generations.states import LIVE


class Illegal(Exception):
    """The verb is not legal in the cast's present state, ``status``."""

    def __init__(self, verb: str, status: str) -> None:
        super().__init__(f"A cast that is {status} cannot be {verb}.")
        self.status = status


class NoSuchStep(ValueError):
    """The spell has no step of this key."""


def retry(cast_id: UUID, *, actor: str, reason: str, from_step: str | None = None) -> Cast:
    """Take a failed or cancelled cast on, with new attempts appended; return it.

    Without ``from_step`` the steps that failed or were cancelled run again, of a step with
    ``for_each`` only the items that did; with it that step and all that depend on it do, too, from
    their beginning. Everything else keeps its results. Raises Illegal, NoSuchStep
    and Cast.DoesNotExist.
    """
    return _in_one_transaction(lambda: _retry(cast_id, actor, reason, from_step))


def fail(cast_id: UUID, *, actor: str, reason: str) -> Cast:
    """End a live cast as failed, for a reason a person gives; return it. Raises Illegal."""
    return _in_one_transaction(lambda: _fail(cast_id, actor, reason))


def cancel(cast_id: UUID, *, actor: str, reason: str = "") -> Cast:
    """End a live cast as cancelled; return it. Raises Illegal."""
    return _in_one_transaction(lambda: _cancel(cast_id, actor, reason))


def _in_one_transaction(verb: Callable[[], Cast]) -> Cast:
    def transact() -> Cast:
        # The change, its event and its hint are there together, or not at all.
        with transaction.atomic():
            return verb()

    return through_faults(transact)


def _retry(cast_id: UUID, actor: str, reason: str, from_step: str | None) -> Cast:
    turn = Turn.take(cast_id, actor)
    if turn.cast.status not in (CastStatus.FAILED, CastStatus.CANCELLED):
        raise Illegal("retried", turn.cast.status)
    roots = _roots(turn, from_step)
    below = _below(turn, roots)
    again = _in_spell_order(turn, roots | below)
    old_failure, deadline_s = turn.cast.failure, turn.script.definition.deadline_s
    turn.change(
        status=CastStatus.RUNNING,
        round=turn.cast.round + 1,
        failure=None,
        finished_at=None,
        started_at=turn.cast.started_at or turn.now,
        deadline_at=turn.after(deadline_s or settings.CAST_DEADLINE_S),
    )
    Restart.objects.bulk_create(
        Restart(
            cast=turn.cast,
            step=step,
            round=turn.cast.round,
            keeps_successes=step != from_step and step not in below,
        )
        for step in again
    )
    turn.note(
        "cast_retried",
        reason=redacted(reason, MESSAGE_LIMIT),
        from_step=from_step,
        again=again,
        failure=old_failure,
    )
    restarts = Restart.objects.filter(cast=turn.cast)
    turn.restarts = since_of(restarts.values_list("step", "round", "keeps_successes"))
    # What runs again is there at once, so that nobody finds a cast of which nothing is live.
    carry_out(turn)
    turn.hints += 1
    turn.write()
    return turn.cast


def _roots(turn: Turn, from_step: str | None) -> set[str]:
    """Return the steps that are the reason for running others again."""
    definition = turn.script.definition
    states = step_states(
        definition, turn.generations, turn.skips, turn.restarts, is_final=turn.cast.is_final
    )
    roots = {
        state.key
        for state in states
        if state.status == StepStatus.CANCELLED
        or (state.status == StepStatus.FAILED and definition.step(state.key).on_failure == "fail")
    }
    if from_step is not None:
        if from_step not in {step.key for step in definition.steps}:
            raise NoSuchStep(f"The spell has no step {from_step!r}.")
        roots.add(from_step)
    return roots


def _below(turn: Turn, roots: Iterable[str]) -> frozenset[str]:
    definition = turn.script.definition
    return frozenset().union(*(definition.descendants(key) for key in roots))


def _in_spell_order(turn: Turn, keys: Iterable[str]) -> list[str]:
    wanted = set(keys)
    return [step.key for step in turn.script.definition.steps if step.key in wanted]


def _fail(cast_id: UUID, actor: str, reason: str) -> Cast:
    turn = Turn.take(cast_id, actor)
    _end(turn, "failed", CastStatus.FAILED)
    message = redacted(reason, MESSAGE_LIMIT) or "No reason was given."
    fail_cast(turn, Failure(code="failed_by_operator", message=message))
    turn.write()
    return turn.cast


def _cancel(cast_id: UUID, actor: str, reason: str) -> Cast:
    turn = Turn.take(cast_id, actor)
    _end(turn, "cancelled", CastStatus.CANCELLED)
    turn.change(status=CastStatus.CANCELLED, finished_at=turn.now)
    turn.note("cast_cancelled", reason=redacted(reason, MESSAGE_LIMIT))
    turn.write()
    return turn.cast


def _end(turn: Turn, verb: str, target: CastStatus) -> None:
    """Cancel what is live of a cast that is about to end; its workers find their leases gone."""
    if turn.cast.is_final or turn.cast.status not in sources_of(target):
        raise Illegal(verb, turn.cast.status)
    for generation in turn.generations:
        if generation.status not in LIVE:
            continue
        call_off(turn, generation)
