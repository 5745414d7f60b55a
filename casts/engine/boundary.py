"""A boundary: the one transaction that applies what came, decides what is next, and claims it."""

from uuid import UUID

from django.db import transaction

from casts import planner
from casts.engine import reuse
from casts.engine.claim import begin, claim
from casts.engine.ending import call_off
from casts.engine.examine import examine
from casts.engine.settle import settle
from casts.engine.turn import Turn
from casts.states import Status as CastStatus
from generations.failures import Failure
from generations.models import Generation
from generations.outcomes import Order, Report
from generations.states import LIVE, HoldReason, Status

# A hinted step is looked at again by the clock when nobody came for it in this many seconds.
HINT_PATIENCE_S = 30.0
# Who takes one of these hints goes on with what is ready next, so that a few are enough for many.
HINTS_AT_ONCE = 10


def boundary(
    cast_id: UUID, *, report: Report | None = None, claiming: bool = True, actor: str = "worker"
) -> Order | None:
    """Take the cast's lock, apply a report, plan, write; return a claimed call or None.

    With ``claiming`` false whatever is ready is left to whoever follows the hint. Raises
    Cast.DoesNotExist.
    """
    # One transaction: the end of a step, the start of the next, their events and their money
    # are all there or none of them is.
    with transaction.atomic():
        turn = Turn.take(cast_id, actor)
        if report:
            settle(turn, report)
        if not turn.cast.is_final:
            examine(turn)
            carry_out(turn)
        order = claim(turn) if claiming else None
        turn.hints += _left_to_others(turn, claiming=claiming)
        turn.write()
    return order


def carry_out(turn: Turn) -> None:
    """Do what is to be done now; a step whose outputs were reused is done at once."""
    is_further = True
    while is_further:
        is_further = _apply(turn, planner.plan(turn.situation()))


def _apply(turn: Turn, moves: list[planner.Move]) -> bool:
    """Apply moves; return whether one of them ended a step successfully, so that more is next."""
    has_reused = False
    for move in moves:
        match move:
            case planner.Start():
                has_reused = _start(turn, move) or has_reused
            case planner.Refuse():
                _refuse(turn, move)
            case planner.Skip():
                turn.skip(move.step, move.reason)
            case planner.Drop():
                call_off(turn, turn.generation(move.attempt.id))
            case planner.Finish():
                turn.change(status=CastStatus.SUCCEEDED, outputs=move.outputs, finished_at=turn.now)
                turn.note("cast_succeeded")
            case planner.Fail():
                fail_cast(turn, move.failure)
    return has_reused


def fail_cast(turn: Turn, failure: Failure) -> None:
    """End a cast as failed."""
    turn.change(status=CastStatus.FAILED, failure=failure.to_json(), finished_at=turn.now)
    turn.note("cast_failed", failure=failure.to_json())


def _start(turn: Turn, move: planner.Start) -> bool:
    """Make an attempt; return whether it has succeeded already, with what an earlier one gave."""
    key = reuse.key_of(turn, move)
    generation = turn.add(
        step=move.step.key,
        item=move.slot.item,
        item_count=move.slot.count,
        attempt=move.number,
        tool=move.tool.key,
        tool_version=move.tool.version,
        adapter=move.tool.adapter,
        status=Status.PENDING,
        inputs=dict(move.inputs),
        cache_key=key,
        next_look_at=turn.after(HINT_PATIENCE_S),
    )
    source = reuse.earlier(turn, move, key) if key else None
    if source:
        _reuse(turn, generation, source)
        return True
    if move.not_before:
        turn.hold(generation, HoldReason.BACKOFF, move.not_before)
        turn.note_step("step_retry_scheduled", generation, at=move.not_before.isoformat())
    return False


def _reuse(turn: Turn, generation: Generation, source: Generation) -> None:
    """Let an attempt succeed with the outputs of an earlier one; no tool runs, nothing is paid."""
    begin(turn)
    outputs = reuse.give(turn, generation, source)
    turn.move(
        generation,
        Status.RUNNING,
        started_at=turn.now,
        lease_until=turn.now,
    )
    turn.move(generation, Status.SUCCEEDED, outputs=outputs, cached_from=source)
    turn.note_step(
        "step_succeeded",
        generation,
        artifacts=[str(link.pk) for link in turn.links if link.generation is generation],
        reused_from={"cast": str(source.cast_id), "generation": str(source.id)},
        reason=f"The same inputs gave this at {source.finished_at:%Y-%m-%d %H:%M:%S} UTC.",
    )


def _refuse(turn: Turn, move: planner.Refuse) -> None:
    generation = turn.add(
        step=move.step.key,
        item=move.slot.item,
        item_count=move.slot.count,
        attempt=move.number,
        tool=move.step.tool,
        tool_version=move.tool_version,
        adapter=move.adapter,
        status=Status.FAILED,
        inputs=dict(move.inputs),
        failure=move.failure.to_json(),
        finished_at=turn.now,
    )
    turn.note_step("step_failed", generation, failure=move.failure.to_json())


def _left_to_others(turn: Turn, *, claiming: bool) -> int:
    """Count the steps that wait for a worker and that nobody has been told of yet.

    Who does not claim was sent to look because the hints for older ones may be lost.
    """
    if turn.cast.is_final:
        return 0
    if not any(row.status in LIVE for row in turn.generations):
        # What was planned has failed at once; the next plan goes on.
        return 1
    waiting = turn.fresh if claiming else turn.generations
    return min(sum(1 for row in waiting if _wants_a_worker(turn, row)), HINTS_AT_ONCE)


def _wants_a_worker(turn: Turn, generation: Generation) -> bool:
    is_unasked = generation.status == Status.WAITING and turn.is_due(generation)
    return turn.is_ready(generation) or turn.is_abandoned(generation) or is_unasked
