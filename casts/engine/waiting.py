"""What an exchange about a job changes: the attempt waits on, is sent again, or has ended."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from casts.engine import money
from casts.engine.claim import is_job
from casts.engine.turn import Turn
from generations.adapters.base import Job, Pending
from generations.failures import Failure
from generations.models import Delivery, Generation
from generations.outcomes import (
    Absent,
    CancelAnswered,
    Missing,
    StillOut,
    Submitted,
    Unasked,
    Unclear,
    Untold,
)
from generations.states import HoldReason, Status
from generations.tools import catalogue

Exchanged = Submitted | Unclear | Absent | Untold | StillOut | Missing | Unasked | CancelAnswered

GROWTH = 1.5
MAX_DOUBLINGS = 40


def apply(turn: Turn, generation: Generation, outcome: Exchanged) -> None:
    """Apply what an exchange brought to a live attempt."""
    match outcome:
        case Submitted(job=job):
            _submitted(turn, generation, job)
        case StillOut(pending=pending):
            _still_out(turn, generation, pending)
        case Unasked(failure=failure):
            _unasked(turn, generation, failure)
        case Missing(failure=failure):
            _missing(turn, generation, failure)
        case Absent():
            _send_again(turn, generation, "the provider does not have it")
        case Untold():
            _untold(turn, generation)
        case Unclear(failure=failure):
            _unclear(turn, generation, failure)
        case CancelAnswered(answer=answer):
            turn.note_step("cancel_unwanted", generation, answer=answer)


def apply_after_end(turn: Turn, generation: Generation, outcome: Exchanged) -> None:
    """Apply what an exchange brought to an attempt that is over and whose job is being ended."""
    match outcome:
        case Submitted(job=job):
            turn.change_final(
                generation, job_id=job.id, job_handle=dict(job.handle), next_look_at=turn.now
            )
        case CancelAnswered(answer=answer):
            turn.change_final(generation, cancel_answer=answer, next_look_at=turn.now)
            if answer == "gone":
                close(turn, generation)
        case Absent() | Missing():
            close(turn, generation)
        case StillOut() | Unasked() | Unclear() | Untold():
            _look_again(turn, generation)


def close(turn: Turn, generation: Generation) -> None:
    """Note that the job of an attempt that is over has ended, too, and give back what is held."""
    turn.change_final(generation, cancel_done_at=turn.now, next_look_at=None)
    turn.note_step("job_ended", generation, answer=generation.cancel_answer)
    money.release(turn, generation)


def _look_again(turn: Turn, generation: Generation) -> None:
    since = generation.cancel_intent_at or turn.now
    if turn.now - since > timedelta(seconds=settings.CANCEL_LIMIT_S):
        turn.change_final(generation, cancel_done_at=turn.now, next_look_at=None)
        turn.note_step("job_end_unknown", generation, answer=generation.cancel_answer)
        return
    looks = generation.looks + 1
    turn.change_final(generation, looks=looks, next_look_at=next_look(turn, looks, 0, generation))


def next_look(turn: Turn, looks: int, asked: float, generation: Generation) -> datetime:
    """Return when a job is looked at again: later each time, spread out, never before it is asked.

    ``asked`` is in seconds; the interval grows by half with each look, up to ``POLL_MAX_S``.
    """
    grown = min(settings.POLL_MIN_S * GROWTH ** min(looks, MAX_DOUBLINGS), settings.POLL_MAX_S)
    spread = 0.75 + 0.5 * ((generation.id.int >> 16 ^ looks * 7919) % 1000) / 1000
    return turn.after(max(grown * spread, min(asked, settings.POLL_MAX_S)))


def _submitted(turn: Turn, generation: Generation, job: Job) -> bool:
    others = Generation.objects.filter(adapter=generation.adapter, job_id=job.id)
    if others.exclude(pk=generation.pk).exists():
        message = f"The provider gave the job id {job.id!r}, which another attempt has."
        return fail(turn, generation, "bad_output", message)
    spec = catalogue.find(generation.tool)
    queued_s = spec.queue_s if spec else settings.EXCHANGE_S
    moved = turn.move(
        generation,
        Status.WAITING,
        job_id=job.id,
        job_handle=dict(job.handle),
        lease_until=None,
        hold_reason=None,
        hold_since=None,
        looks=0,
        deadline_at=turn.after(queued_s),
        next_look_at=next_look(turn, 0, 0, generation),
    )
    if moved:
        turn.note_step("job_submitted", generation, job=job.id)
        _match(turn, generation)
    return moved


def _match(turn: Turn, generation: Generation) -> None:
    """Give deliveries that came before the job id was known to their attempt."""
    early = Delivery.objects.filter(
        adapter=generation.adapter, job_id=generation.job_id, generation__isnull=True
    )
    early.exclude(verdict=Delivery.Verdict.REFUSED).update(generation=generation)
    turn.forget_deliveries()


def _still_out(turn: Turn, generation: Generation, pending: Pending) -> bool:
    looks = generation.looks + 1
    columns: dict[str, object] = {
        "looks": looks,
        "lease_until": None,
        "job_missing_at": None,
        "next_look_at": next_look(turn, looks, pending.poll_after, generation),
        "progress": pending.fraction if pending.fraction is not None else generation.progress,
    }
    if generation.job_running_at is None and pending.is_running:
        columns |= {"job_running_at": turn.now, "deadline_at": turn.after(_run_s(turn, generation))}
    was_running = generation.job_running_at is not None
    moved = turn.move(generation, Status.WAITING, **columns)
    if moved and not was_running and generation.job_running_at is not None:
        turn.note_step("job_running", generation, job=generation.job_id)
    return moved


def _run_s(turn: Turn, generation: Generation) -> float:
    spec = catalogue.find(generation.tool)
    step = turn.script.definition.step(generation.step)
    return step.deadline_s or (spec.deadline_s if spec else settings.EXCHANGE_S)


def _unasked(turn: Turn, generation: Generation, failure: Failure) -> bool:
    looks = generation.looks + 1
    later = next_look(turn, looks, failure.retry_after or 0, generation)
    if generation.status == Status.WAITING:
        return turn.move(
            generation, Status.WAITING, looks=looks, lease_until=None, next_look_at=later
        )
    return _rest(turn, generation, later, looks=looks)


def _missing(turn: Turn, generation: Generation, failure: Failure) -> bool:
    """A job that is not there may have ended between two looks: only a second look is believed."""
    if generation.job_missing_at is None:
        return turn.move(
            generation,
            Status.WAITING,
            job_missing_at=turn.now,
            lease_until=None,
            next_look_at=turn.after(settings.POLL_MIN_S),
        )
    moved = turn.move(generation, Status.FAILED, failure=failure.to_json())
    if moved:
        turn.note_step("step_failed", generation, failure=failure.to_json())
        money.release(turn, generation)
    return moved


def _unclear(turn: Turn, generation: Generation, failure: Failure) -> bool:
    """Ask the provider whether it has the job, but only once a slow submit must have ended.

    Of a call that answers at once there is nothing to ask: a person decides, unless the step says
    that it may be made again.
    """
    turn.note_step("submit_unclear", generation, failure=failure.to_json())
    if is_job(generation):
        return rest_until_findable(turn, generation)
    if turn.script.definition.step(generation.step).resubmit:
        return _end(turn, generation, replace(failure, retryable=True))
    message = f"The answer was lost after the call may have been taken. {failure.message}"
    return fail(turn, generation, "submit_unknown", message)


def rest_until_findable(turn: Turn, generation: Generation, **columns: object) -> bool:
    """Let an attempt whose submit may have arrived rest until the provider can be asked."""
    intent = generation.submit_intent_at or turn.now
    findable = intent + timedelta(seconds=settings.EXCHANGE_S + settings.FIND_MARGIN_S)
    return _rest(turn, generation, max(findable, turn.now), **columns)


def _rest(turn: Turn, generation: Generation, until: datetime, **columns: object) -> bool:
    return turn.move(
        generation,
        Status.PENDING,
        lease_until=None,
        deadline_at=None,
        hold_reason=HoldReason.PROVIDER,
        hold_since=turn.now,
        next_look_at=until,
        **columns,
    )


def _send_again(turn: Turn, generation: Generation, why: str) -> bool:
    turn.note_step("submit_repeated", generation, reason=why)
    return _rest(turn, generation, turn.now, submit_intent_at=None, looks=0)


def _untold(turn: Turn, generation: Generation) -> bool:
    if turn.script.definition.step(generation.step).resubmit:
        return _send_again(turn, generation, "the step says `resubmit: true`")
    message = "The connection broke while the job was submitted, and the provider cannot tell."
    return fail(turn, generation, "submit_unknown", message)


def fail(turn: Turn, generation: Generation, code: str, message: str) -> bool:
    """Fail a live attempt; what is reserved for a submit nobody knows of stays reserved."""
    failure = Failure(code=code, message=message, step=generation.step, attempt=generation.attempt)
    return _end(turn, generation, failure)


def _end(turn: Turn, generation: Generation, failure: Failure) -> bool:
    moved = turn.move(generation, Status.FAILED, failure=failure.to_json())
    if moved:
        turn.note_step("step_failed", generation, failure=failure.to_json())
        if failure.code != "submit_unknown":
            money.release(turn, generation)
    return moved
