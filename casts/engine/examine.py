"""Running attempts that ought to have ended: leases lost too often, calls past their deadline."""

from django.conf import settings

from casts.engine import money
from casts.engine.turn import Turn
from generations.failures import Failure
from generations.models import Generation
from generations.states import Status
from generations.tools import catalogue


def examine(turn: Turn) -> None:
    """Fail what cannot be claimed anew; whatever else was abandoned stays to be claimed."""
    for generation in turn.generations:
        if generation.status != Status.RUNNING:
            continue
        failure = _verdict(turn, generation)
        if failure and turn.move(generation, Status.FAILED, failure=failure.to_json()):
            turn.note_step("step_failed", generation, failure=failure.to_json())
            if failure.code != "submit_unknown":
                money.release(turn, generation)


def _verdict(turn: Turn, generation: Generation) -> Failure | None:
    if turn.is_abandoned(generation):
        return _of_abandoned(turn, generation)
    overdue = generation.next_look_at is not None and generation.next_look_at <= turn.now
    if not overdue:
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
