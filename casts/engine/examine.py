"""Running attempts that ought to have ended: leases lost too often, calls past their deadline."""

from django.conf import settings

from casts.engine import waiting
from casts.engine.claim import is_job
from casts.engine.ending import give_up
from casts.engine.turn import Turn
from generations.failures import Failure
from generations.models import Generation
from generations.states import Status
from generations.tools import catalogue


def examine(turn: Turn) -> None:
    """Fail what cannot be claimed anew; whatever else was abandoned stays to be claimed."""
    for generation in turn.generations:
        if generation.status == Status.RUNNING:
            if is_job(generation):
                _examine_submit(turn, generation)
            elif failure := _verdict(turn, generation):
                give_up(turn, generation, failure)
        elif generation.status == Status.WAITING:
            _examine_job(turn, generation)


def _examine_submit(turn: Turn, generation: Generation) -> None:
    """A submit that broke off may have arrived: the provider is asked, once it can tell."""
    if not (turn.is_abandoned(generation) or _is_overdue(turn, generation)):
        return
    lost = generation.lost + 1
    if lost >= settings.MAX_LOST_LEASES:
        message = f"{lost} workers in a row were lost while they submitted this job."
        give_up(turn, generation, _failure(generation, "submit_unknown", message))
    elif waiting.rest_until_findable(turn, generation, lost=lost):
        turn.note_step("lease_lost", generation, lost=lost)


def _examine_job(turn: Turn, generation: Generation) -> None:
    if generation.deadline_at is None or generation.deadline_at > turn.now:
        return
    verb = "run" if generation.job_running_at else "wait in its provider's queue"
    message = f"The job {generation.job_id} may {verb} no longer; the provider is asked to cancel."
    give_up(turn, generation, _failure(generation, "deadline_exceeded", message, retryable=True))


def _is_overdue(turn: Turn, generation: Generation) -> bool:
    return generation.next_look_at is not None and generation.next_look_at <= turn.now


def _verdict(turn: Turn, generation: Generation) -> Failure | None:
    if turn.is_abandoned(generation):
        return _of_abandoned(turn, generation)
    if not _is_overdue(turn, generation):
        return None
    message = "Its worker still held the step after the deadline; a late result is kept apart."
    return _failure(generation, "deadline_exceeded", message, retryable=True)


def _of_abandoned(turn: Turn, generation: Generation) -> Failure | None:
    step = turn.script.definition.step(generation.step)
    spec = catalogue.find(generation.tool)
    is_repeatable = step.resubmit or generation.submit_intent_at is None
    if not is_repeatable and not (spec and spec.repeatable):
        message = f"A worker was lost while it called {generation.tool}, which may not run twice."
        return _failure(generation, "submit_unknown", message)
    if generation.lost + 1 >= settings.MAX_LOST_LEASES:
        message = f"{generation.lost + 1} workers in a row were lost while they ran this step."
        return _failure(generation, "worker_lost", message)
    return None


def _failure(
    generation: Generation, code: str, message: str, *, retryable: bool = False
) -> Failure:
    return Failure(
        code=code,
        message=message,
        step=generation.step,
        attempt=generation.attempt,
        retryable=retryable,
    )
