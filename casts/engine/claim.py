"""Claiming one piece of work for this worker: what nobody else does now, under a new token."""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime

from django.conf import settings

from casts.engine import money
from casts.engine.turn import Turn
from casts.states import Status as CastStatus
from generations.adapters.base import Job, ToolSpec
from generations.models import Delivery, Generation
from generations.outcomes import Order, Work
from generations.states import Status
from generations.tools import catalogue

# How much longer than its deadline a call may take to be ended by its own worker.
DEADLINE_GRACE_S = 5.0

Take = Callable[[Turn, Generation], Order | None]


def claim(turn: Turn) -> Order | None:
    """Claim the most urgent work of a cast; None when there is none, or none that is ours."""
    for generation, take in _candidates(turn):
        order = take(turn, generation)
        if order:
            return order
    return None


def is_doubtful(generation: Generation) -> bool:
    """Whether a job of this attempt may exist of which we have no id."""
    return generation.submit_intent_at is not None and generation.job_id is None


def is_job(generation: Generation) -> bool:
    """Whether the attempt runs as a job of a provider."""
    spec = catalogue.find(generation.tool)
    return spec is not None and spec.mode == "async"


def _candidates(turn: Turn) -> Iterator[tuple[Generation, Take]]:
    """Yield what could be done now: abandoned calls, then jobs, then what has not begun."""
    for generation in turn.generations:
        if generation.status == Status.RUNNING and turn.is_abandoned(generation):
            yield generation, _begin_call
    for generation in turn.generations:
        if generation.status == Status.WAITING and turn.is_free(generation):
            delivery = turn.unread(generation)
            if delivery is not None and delivery.verdict == Delivery.Verdict.ACCEPTED:
                yield generation, _read
            elif delivery is not None or turn.is_due(generation):
                yield generation, _poll
        elif turn.is_to_be_cancelled(generation):
            yield generation, _end_job
    for generation in turn.generations:
        if turn.is_ready(generation):
            yield generation, _begin_call


def _begin_call(turn: Turn, generation: Generation) -> Order | None:
    spec = catalogue.find(generation.tool)
    if not money.reserve(turn, generation):
        return None
    seconds = _seconds(turn, generation, spec)
    was_lost = generation.status == Status.RUNNING
    work = Work.CALL
    if is_job(generation):
        work = Work.FIND if is_doubtful(generation) else Work.SUBMIT
    won = turn.move(
        generation,
        Status.RUNNING,
        epoch=generation.epoch + 1,
        lease_until=turn.after(settings.LEASE_S),
        lost=generation.lost + was_lost,
        deadline_at=turn.after(seconds),
        next_look_at=turn.after(seconds + DEADLINE_GRACE_S),
        hold_reason=None,
        hold_since=None,
        started_at=generation.started_at or turn.now,
        submit_intent_at=generation.submit_intent_at or _intent(turn, spec),
        callback_token=generation.callback_token or _token(spec),
    )
    if not won:
        return None
    begin(turn)
    if was_lost:
        turn.note_step("lease_lost", generation, lost=generation.lost)
    elif work != Work.FIND:
        turn.note_step("step_started", generation)
    return _order(turn, generation, work, seconds)


def _intent(turn: Turn, spec: ToolSpec | None) -> datetime | None:
    """A call that must not be made twice leaves its intent before it is made."""
    if spec is None or (spec.repeatable and spec.mode == "immediate"):
        return None
    return turn.now


def _token(spec: ToolSpec | None) -> str | None:
    return secrets.token_urlsafe(32) if spec and spec.webhook != "no" else None


def _seconds(turn: Turn, generation: Generation, spec: ToolSpec | None) -> float:
    if spec is not None and spec.mode == "async":
        return settings.EXCHANGE_S
    step = turn.script.definition.step(generation.step)
    return step.deadline_s or (spec.deadline_s if spec else 60)


def _poll(turn: Turn, generation: Generation) -> Order | None:
    return _exchange(turn, generation, Work.POLL, turn.unread(generation))


def _read(turn: Turn, generation: Generation) -> Order | None:
    return _exchange(turn, generation, Work.READ, turn.unread(generation))


def _exchange(
    turn: Turn, generation: Generation, work: Work, delivery: Delivery | None = None
) -> Order | None:
    won = turn.move(
        generation,
        Status.WAITING,
        epoch=generation.epoch + 1,
        lease_until=turn.after(settings.LEASE_S),
        next_look_at=turn.after(settings.EXCHANGE_S + DEADLINE_GRACE_S),
    )
    return _order(turn, generation, work, settings.EXCHANGE_S, delivery) if won else None


def _end_job(turn: Turn, generation: Generation) -> Order | None:
    """Drive the job of an attempt that is over to an end of its own."""
    delivery = turn.unread(generation)
    if delivery is not None and delivery.verdict == Delivery.Verdict.ACCEPTED:
        work = Work.READ
    elif generation.job_id is None:
        work = Work.FIND
    else:
        work = Work.POLL if generation.cancel_answer else Work.CANCEL
        delivery = None
    won = turn.change_final(
        generation,
        epoch=generation.epoch + 1,
        next_look_at=turn.after(settings.EXCHANGE_S + DEADLINE_GRACE_S),
    )
    return _order(turn, generation, work, settings.EXCHANGE_S, delivery) if won else None


def begin(turn: Turn) -> None:
    """Note that a worker has begun the cast."""
    if turn.cast.status == CastStatus.QUEUED:
        turn.change(status=CastStatus.RUNNING, started_at=turn.now)
        turn.note("cast_started")


def _order(
    turn: Turn,
    generation: Generation,
    work: Work,
    seconds: float,
    delivery: Delivery | None = None,
) -> Order:
    job = Job(generation.job_id, generation.job_handle) if generation.job_id else None
    return Order(
        generation=generation.id,
        cast=turn.cast.id,
        account=turn.cast.account_id,
        spell=turn.script.label,
        step=generation.step,
        attempt=generation.attempt,
        epoch=generation.epoch,
        tool=generation.tool,
        tool_version=generation.tool_version,
        inputs=generation.inputs,
        seconds=seconds,
        deadline=generation.deadline_at or turn.after(seconds),
        work=work,
        job=job,
        callback_token=generation.callback_token,
        delivery=delivery.pk if delivery else None,
        body=delivery.body if delivery else "",
    )
