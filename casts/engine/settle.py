"""Applying what a call brought: to the attempt it was made for, or to the orphans."""

from collections.abc import Sequence

from casts.engine import money
from casts.engine.turn import Turn
from generations.models import ArtifactLink, Generation, OrphanResult
from generations.outcomes import Failed, Kept, Report, Succeeded
from generations.states import Status


def settle(turn: Turn, report: Report) -> None:
    """Apply a report if its claim still holds; else keep it as an orphan, with its cost."""
    generation = turn.generation(report.order.generation)
    if report.order.epoch == generation.epoch:
        if generation.status == Status.RUNNING and _accept(turn, generation, report):
            return
        if _is_applied(generation, report):
            return
    _orphan(turn, generation, report)


def _accept(turn: Turn, generation: Generation, report: Report) -> bool:
    match report.outcome:
        case Succeeded(outputs=outputs, kept=kept, cost=cost):
            if not turn.move(generation, Status.SUCCEEDED, outputs=dict(outputs)):
                return False
            turn.note_step("step_succeeded", generation, artifacts=[item.ref.id for item in kept])
            money.settle(turn, generation, cost.amount)
        case Failed(failure=failure, kept=kept):
            if not turn.move(generation, Status.FAILED, failure=failure.to_json()):
                return False
            turn.note_step("step_failed", generation, failure=failure.to_json())
            money.release(turn, generation)
    _link(turn, generation, kept)
    return True


def _is_applied(generation: Generation, report: Report) -> bool:
    """Whether this very report was applied before: its commit arrived, the answer did not."""
    match report.outcome:
        case Succeeded(outputs=outputs):
            return generation.outputs == dict(outputs)
        case Failed(failure=failure):
            return generation.failure == failure.to_json()


def _orphan(turn: Turn, generation: Generation, report: Report) -> None:
    outcome = report.outcome
    succeeded = outcome if isinstance(outcome, Succeeded) else None
    OrphanResult.objects.create(
        generation=generation,
        epoch=report.order.epoch,
        outputs=dict(succeeded.outputs) if succeeded else None,
        failure=outcome.failure.to_json() if isinstance(outcome, Failed) else None,
        cost=succeeded.cost.amount if succeeded else None,  # type: ignore[misc]
        received_at=turn.now,
    )
    _link(turn, generation, outcome.kept)
    turn.note_step(
        "result_orphaned", generation, epoch=report.order.epoch, now_epoch=generation.epoch
    )
    if generation.finished_at is None:
        return
    if succeeded:
        money.settle(turn, generation, succeeded.cost.amount)
    else:
        money.release(turn, generation)


def _link(turn: Turn, generation: Generation, kept: Sequence[Kept]) -> None:
    """Give the account its hold on the files of a call, in the transaction of their outcome."""
    if not kept:
        return
    ArtifactLink.objects.bulk_create(
        ArtifactLink(
            id=item.ref.id,
            artifact_id=item.artifact,
            account_id=turn.cast.account_id,
            generation=generation,
            role=ArtifactLink.Role.OUTPUT,
            name=item.ref.name,
            provenance=dict(item.provenance),
        )
        for item in kept
    )
