"""Where the items of a step stand, and what that makes of the step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casts.definition import Step
from casts.states import StepStatus
from generations.adapters.base import ToolSpec
from generations.failures import Failure

OPEN = frozenset({StepStatus.PENDING, StepStatus.RUNNING})
DONE = frozenset({StepStatus.SUCCEEDED, StepStatus.SKIPPED, StepStatus.FAILED})


@dataclass(frozen=True)
class Standing:
    """Where an item, or a whole step, stands; outputs are None unless it succeeded."""

    status: StepStatus
    outputs: Mapping[str, Any] | None = None
    failure: Failure | None = None


Standings = Sequence[Standing | None]


def together(step: Step, tool: ToolSpec | None, items: Standings) -> Standing:
    """Return where a step stands whose items stand so; None is an item that has not begun.

    One failed item fails the step, unless it says ``on_failure: continue``: then its place in the
    lists is null, and only a step of which no item succeeded has failed.
    """
    failed = _first_failure(items)
    if failed and step.on_failure == "fail":
        return Standing(StepStatus.FAILED, failure=failed)
    begun = [item for item in items if item is not None]
    if len(begun) < len(items) or any(item.status in OPEN for item in begun):
        return Standing(StepStatus.RUNNING)
    if any(item.status == StepStatus.CANCELLED for item in begun):
        return Standing(StepStatus.CANCELLED)
    if all(item.status == StepStatus.FAILED for item in begun):
        return Standing(StepStatus.FAILED, failure=failed)
    if not step.is_each:
        return begun[0]
    outputs = lists(tool, [item.outputs for item in begun])
    return Standing(StepStatus.SUCCEEDED, outputs)


def lists(
    tool: ToolSpec | None, outputs: Sequence[Mapping[str, Any] | None]
) -> dict[str, list[Any]]:
    """Return the outputs of items as one list for each name, in the order of the items."""
    declared = tool.output_schema.get("properties", {}) if tool else {}
    names = dict.fromkeys([*declared, *(name for given in outputs for name in given or ())])
    return {name: [(given or {}).get(name) for given in outputs] for name in names}


def _first_failure(items: Standings) -> Failure | None:
    for number, item in enumerate(items, start=1):
        if item and item.status == StepStatus.FAILED and item.failure:
            return _named(item.failure, number, len(items))
    return None


def _named(failure: Failure, number: int, count: int) -> Failure:
    if count == 1:
        return failure
    return replace(failure, message=f"Item {number} of {count}: {failure.message}")
