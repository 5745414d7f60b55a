"""Calling an attempt off: nothing waits for it any more, but its job may still be out there."""

from typing import Any

from casts.engine import money
from casts.engine.claim import is_doubtful, is_job
from casts.engine.turn import Turn
from generations.failures import Failure
from generations.models import Generation
from generations.states import Status


def call_off(turn: Turn, generation: Generation) -> bool:
    """Cancel a live attempt; say whether we won. Its job is driven to an end of its own."""
    has_job = may_have_job(generation)
    was_idle = generation.status == Status.PENDING or (
        turn.is_abandoned(generation) and generation.submit_intent_at is None
    )
    if not turn.move(generation, Status.CANCELLED, **pursuit(turn, generation)):
        return False
    turn.note_step("step_cancelled", generation)
    if was_idle and not has_job:
        money.release(turn, generation)
    return True


def give_up(turn: Turn, generation: Generation, failure: Failure) -> bool:
    """Fail a live attempt; its job is driven to an end of its own. Say whether we won."""
    if not turn.move(
        generation, Status.FAILED, failure=failure.to_json(), **pursuit(turn, generation)
    ):
        return False
    turn.note_step("step_failed", generation, failure=failure.to_json())
    if generation.cancel_intent_at is None and failure.code != "submit_unknown":
        money.release(turn, generation)
    return True


def may_have_job(generation: Generation) -> bool:
    """Whether a provider may be working for this attempt."""
    return generation.job_id is not None or (is_job(generation) and is_doubtful(generation))


def pursuit(turn: Turn, generation: Generation) -> dict[str, Any]:
    """Return the columns by which the job of an attempt that ends is pursued, if it has one."""
    if not may_have_job(generation):
        return {}
    turn.hints += 1
    return {"cancel_intent_at": turn.now, "next_look_at": turn.now, "looks": 0}
