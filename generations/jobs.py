"""One exchange with a provider about a job: submit, find, poll, read a delivery, cancel.

Outside any transaction, and each bounded in time; turns whatever the adapter says into an outcome.
"""

from collections.abc import Callable, Mapping
from typing import Any

from generations.adapters.base import (
    Asynchronous,
    BadOutput,
    Busy,
    Call,
    CallCancelled,
    ConnectionLost,
    Done,
    Job,
    JobLost,
    Pending,
    ProviderTimeout,
    RateLimited,
    ToolError,
    ToolSpec,
    Unauthorized,
    Unavailable,
    Unknown,
)
from generations.failures import Failure
from generations.outcomes import (
    Absent,
    CancelAnswered,
    Missing,
    Order,
    Outcome,
    StillOut,
    Submitted,
    Unasked,
    Unclear,
    Untold,
    Work,
)
from spellhub.json_values import NotStrict, value_in

# About the exchange, not about the job: the provider is asked again.
NOT_OF_THE_JOB = (RateLimited, Busy, Unavailable, ConnectionLost, ProviderTimeout, Unauthorized)

# Checks what a finished call brought and returns the outcome of its success.
Finish = Callable[[Done], Outcome]


def exchange(
    order: Order, adapter: Asynchronous, call: Call, tool: ToolSpec, finish: Finish
) -> Outcome:
    """Do the work of an order; raises ToolError for what ends the attempt."""
    match order.work:
        case Work.SUBMIT:
            return _submit(order, adapter, call, tool, finish)
        case Work.FIND:
            return _find(order, adapter, call)
        case Work.CANCEL:
            return _cancel(order, adapter)
        case _:
            return _ask(order, lambda: _state(order, adapter, call), finish)


def _submit(
    order: Order, adapter: Asynchronous, call: Call, tool: ToolSpec, finish: Finish
) -> Outcome:
    if not call.is_wanted():
        # The last look before sending: who has lost the claim must not submit.
        raise CallCancelled("The step was taken over or ended before its job was submitted.")
    try:
        answer = adapter.start_job(call, tool)
    except ToolError as error:
        if error.ambiguous:
            return Unclear(Failure.from_error(error, order.step, order.attempt))
        raise
    if isinstance(answer, Job):
        if not answer.id:
            raise BadOutput(f"{tool.key} answered to the submit without a job id.")
        return Submitted(answer)
    return finish(answer)


def _find(order: Order, adapter: Asynchronous, call: Call) -> Outcome:
    try:
        job = adapter.find(call)
    except Unknown:
        return Untold()
    except NOT_OF_THE_JOB as error:
        return Unasked(Failure.from_error(error, order.step, order.attempt))
    return Submitted(job) if job else Absent()


def _state(order: Order, adapter: Asynchronous, call: Call) -> Pending | Done:
    if order.work == Work.READ:
        return adapter.read(_parsed(order.body), call)
    assert order.job is not None  # noqa: S101 - polls are claimed for generations with a job
    return adapter.poll(order.job, call)


def _ask(order: Order, ask: Callable[[], Pending | Done], finish: Finish) -> Outcome:
    try:
        state = ask()
    except JobLost as error:
        return Missing(Failure.from_error(error, order.step, order.attempt))
    except NOT_OF_THE_JOB as error:
        return Unasked(Failure.from_error(error, order.step, order.attempt))
    except BadOutput as error:
        if order.work != Work.READ:
            raise
        # A delivery that cannot be read says nothing of the job; the next poll does.
        return Unasked(Failure.from_error(error, order.step, order.attempt))
    return StillOut(state) if isinstance(state, Pending) else finish(state)


def _cancel(order: Order, adapter: Asynchronous) -> Outcome:
    assert order.job is not None  # noqa: S101 - only jobs that are known are cancelled
    try:
        return CancelAnswered(adapter.cancel(order.job))
    except JobLost:
        return CancelAnswered("gone")
    except ToolError as error:
        return Unasked(Failure.from_error(error, order.step, order.attempt))


def _parsed(body: str) -> Mapping[str, Any]:
    try:
        found = value_in(body.encode())
    except NotStrict as error:
        raise BadOutput(f"The delivery cannot be read: {error.detail}") from error
    if not isinstance(found, dict):
        raise BadOutput("The delivery is not a JSON object.")
    return found
