"""Applying what a call brought: to the attempt it was made for, or to the orphans."""

from collections.abc import Sequence

from casts.engine import money, waiting
from casts.engine.turn import Turn
from generations.models import ArtifactLink, Delivery, Generation, OrphanResult
from generations.outcomes import (
    Absent,
    Failed,
    Kept,
    Report,
    Submitted,
    Succeeded,
    Unclear,
    Untold,
    Work,
)
from generations.states import FINAL, LIVE, Status


def settle(turn: Turn, report: Report) -> None:
    """Apply a report if it still speaks of the attempt; else keep a result as an orphan."""
    generation = turn.generation(report.order.generation)
    if report.order.delivery is not None:
        _mark_read(turn, report.order.delivery)
    if not isinstance(report.outcome, Succeeded | Failed):
        _settle_exchange(turn, generation, report, report.outcome)
        return
    if _is_present(generation, report):
        if generation.status in LIVE and _accept(turn, generation, report):
            return
        if _is_applied(generation, report):
            return
    _orphan(turn, generation, report)


def _mark_read(turn: Turn, delivery: int) -> None:
    Delivery.objects.filter(pk=delivery, read_at__isnull=True).update(read_at=turn.now)


def _is_present(generation: Generation, report: Report) -> bool:
    """Whether a report speaks of the attempt as it is.

    A call counts by its claim; what is true of a job is true whoever asked.
    """
    if report.order.work in (Work.CALL, Work.SUBMIT, Work.FIND):
        return report.order.epoch == generation.epoch
    return report.order.job is not None and report.order.job.id == generation.job_id


def _settle_exchange(
    turn: Turn, generation: Generation, report: Report, outcome: waiting.Exchanged
) -> None:
    if generation.status in FINAL:
        if generation.cancel_intent_at is not None and generation.cancel_done_at is None:
            waiting.apply_after_end(turn, generation, outcome)
        elif isinstance(outcome, Submitted) and generation.job_id != outcome.job.id:
            turn.note_step("job_orphaned", generation, job=outcome.job.id)
        return
    if isinstance(outcome, Submitted):
        _take_job(turn, generation, outcome)
    elif _is_present(generation, report) and _is_about(generation, outcome):
        waiting.apply(turn, generation, outcome)


def _take_job(turn: Turn, generation: Generation, outcome: Submitted) -> None:
    """A job that a provider took is ours, even where its claim was lost in the meantime."""
    if generation.job_id is None:
        waiting.apply(turn, generation, outcome)
    elif generation.job_id != outcome.job.id:
        turn.note_step("job_orphaned", generation, job=outcome.job.id)


def _is_about(generation: Generation, outcome: waiting.Exchanged) -> bool:
    """Whether an outcome fits: who asks for a job that is known by now has asked in vain."""
    of_submit = isinstance(outcome, Absent | Untold | Unclear)
    return generation.job_id is None if of_submit else True


def _accept(turn: Turn, generation: Generation, report: Report) -> bool:
    match report.outcome:
        case Succeeded(outputs=outputs, kept=kept, cost=cost):
            if not turn.move(generation, Status.SUCCEEDED, outputs=dict(outputs)):
                return False
            turn.note_step("step_succeeded", generation, artifacts=[item.ref.id for item in kept])
            money.settle(turn, generation, cost.amount)
            _link(turn, generation, kept)
        case Failed(failure=failure, kept=kept):
            if not turn.move(generation, Status.FAILED, failure=failure.to_json()):
                return False
            turn.note_step("step_failed", generation, failure=failure.to_json())
            money.release(turn, generation)
            _link(turn, generation, kept)
    return True


def _is_applied(generation: Generation, report: Report) -> bool:
    """Whether this result was applied before.

    Its commit arrived and the answer did not, or two asked the provider of the same job.
    """
    outcome = report.outcome
    if report.order.job is not None and generation.status != Status.CANCELLED:
        return generation.status in FINAL and generation.cancel_intent_at is None
    if isinstance(outcome, Succeeded):
        return generation.outputs == dict(outcome.outputs)
    return isinstance(outcome, Failed) and generation.failure == outcome.failure.to_json()


def _orphan(turn: Turn, generation: Generation, report: Report) -> None:
    outcome = report.outcome
    assert isinstance(outcome, Succeeded | Failed)  # noqa: S101 - settle() has taken the others
    if not _is_mere_end(generation, outcome):
        _keep_orphan(turn, generation, report, outcome)
    if generation.finished_at is None:
        return
    if isinstance(outcome, Succeeded):
        money.settle(turn, generation, outcome.cost.amount)
    else:
        money.release(turn, generation)
    if generation.cancel_intent_at is not None and generation.cancel_done_at is None:
        waiting.close(turn, generation)


def _is_mere_end(generation: Generation, outcome: Succeeded | Failed) -> bool:
    """Whether a job that was to be cancelled ended without a result: that is what was wanted."""
    return isinstance(outcome, Failed) and generation.cancel_intent_at is not None


def _keep_orphan(
    turn: Turn, generation: Generation, report: Report, outcome: Succeeded | Failed
) -> None:
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
