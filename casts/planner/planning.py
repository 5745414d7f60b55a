"""One plan: where every step stands, and what is to be done now."""

import json
import re
from dataclasses import replace
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any

from casts import definition as spells
from casts.definition import Context, Definition, ExpressionError, Step
from casts.planner.moves import Drop, Fail, Finish, Move, Refuse, Skip, Slot, Start
from casts.planner.situation import Attempt, Situation
from casts.planner.standing import DONE, OPEN, Standing, lists, together
from casts.states import StepStatus
from generations import retry
from generations.adapters.base import ToolSpec
from generations.failures import Failure
from generations.states import Status

_NO_WAY_FORWARD = Failure(
    code="internal_error", message="No step of the cast is live and none can start."
)
_ALONE = Slot()
# Attempts that no worker of ours holds: nobody has begun them, or a provider has their job.
_NOT_IN_A_CALL = (Status.PENDING, Status.WAITING)
_OF_ITEM = re.compile(r"\b(item|index)\b")
ITEMS_AT_ONCE = 25
"""So many items one plan begins at most, so that no transaction is long."""


def plan(situation: Situation) -> list[Move]:
    """Return what is to be done now; an empty list means: wait for what is live."""
    return _Planning(situation).moves()


class _Refused(Exception):
    """A step, or an item, that cannot be started; ``code`` is of the table of failures."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Planning:
    """Goes through the steps, each after all it requires, and collects moves."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._steps = _in_order(situation.definition)
        self._standing: dict[str, Standing] = {}
        self._lists: dict[str, list[Any] | None] = {}
        self._moves: list[Move] = []
        self._begun = 0
        self._fatal = _deadline_failure(situation)

    def moves(self) -> list[Move]:
        # First all that has a history, so that nothing starts beside a step that has failed.
        for step in self._steps:
            self._place(step)
        for step in self._steps:
            if step.key not in self._standing and self._fatal is None:
                self._advance(step)
        if self._fatal:
            return self._wind_down(self._fatal)
        if all(self._status(step.key) in DONE for step in self._steps):
            return [*self._moves, self._finish()]
        if not self._moves and not any(attempt.is_live for attempt in self._situation.attempts):
            return [Fail(_NO_WAY_FORWARD)]
        return self._moves

    def _status(self, key: str) -> StepStatus | None:
        standing = self._standing.get(key)
        return standing.status if standing else None

    def _place(self, step: Step) -> None:
        """Put a step that has a history where it stands; carry on those of its items that can."""
        attempts = self._situation.counting(step.key)
        if attempts:
            count = attempts[-1].item_count
            slots = [Slot(item, count) for item in range(count)]
            items = [
                self._item(step, slot, [a for a in attempts if a.item == slot.item])
                for slot in slots
            ]
            self._go_on(step, items)
        elif self._situation.is_skipped(step.key):
            self._standing[step.key] = self._skipped(step)

    def _skipped(self, step: Step) -> Standing:
        """A step that was left out gives nothing; one whose list is empty gives empty lists."""
        outputs = lists(self._tool(step), []) if self._has_no_items(step) else None
        return Standing(StepStatus.SKIPPED, outputs)

    def _has_no_items(self, step: Step) -> bool:
        """Whether a skipped step was left out because its list is empty, and for nothing else."""
        try:
            return step.is_each and self._reason_to_skip(step) is None and self._list(step) == []
        except _Refused:
            # It was left out before anybody asked for its list.
            return False

    def _item(self, step: Step, slot: Slot, attempts: list[Attempt]) -> Standing | None:
        if not attempts:
            return None
        success = next((a for a in attempts if a.status == Status.SUCCEEDED), None)
        if success:
            return Standing(StepStatus.SUCCEEDED, success.outputs)
        if any(attempt.is_live for attempt in attempts):
            return Standing(StepStatus.RUNNING)
        return self._after_failure(step, slot, attempts)

    def _after_failure(self, step: Step, slot: Slot, attempts: list[Attempt]) -> Standing:
        last = attempts[-1]
        if last.failure is None:
            return Standing(StepStatus.CANCELLED)
        used = sum(1 for a in attempts if a.failure and a.failure.code != retry.RATE_LIMITED)
        jitter = self._situation.jitter(last.id)
        decision = retry.decide(last.failure, used, step.retry, self._situation.now, jitter)
        if isinstance(decision, retry.RetryAt):
            return self._start(step, slot, not_before=decision.at)
        return Standing(StepStatus.FAILED, failure=last.failure)

    def _go_on(self, step: Step, items: list[Standing | None]) -> None:
        """Start items that have not begun, as many as may be in flight; say where that leaves.

        One plan begins so many items at most, whatever their number: the next one goes on.
        """
        in_flight = sum(1 for item in items if item and item.status in OPEN)
        has_failed = any(item and item.status == StepStatus.FAILED for item in items)
        for place, item in enumerate(items):
            if has_failed and step.on_failure == "fail":
                break
            if item is None and in_flight < step.max_in_flight and self._begun < ITEMS_AT_ONCE:
                self._begun += step.is_each
                started = self._start(step, Slot(place, len(items)))
                items[place] = started
                in_flight += started.status in OPEN
                has_failed = has_failed or started.status == StepStatus.FAILED
        self._settle(step, together(step, self._tool(step), items))

    def _settle(self, step: Step, standing: Standing) -> None:
        self._standing[step.key] = standing
        failed = standing.status == StepStatus.FAILED
        if failed and step.on_failure == "fail" and self._fatal is None:
            self._fatal = standing.failure

    def _advance(self, step: Step) -> None:
        """Start, refuse or skip a step without a history, once all it waits for is done."""
        if any(self._status(key) not in DONE for key in step.requires):
            return
        try:
            reason, count = self._reason_to_skip(step), 1
            if reason is None and step.is_each:
                count = self._count(step)
                reason = "its list is empty" if count == 0 else self._lack_of(step, count)
        except _Refused as error:
            self._settle(step, self._refuse(step, _ALONE, error))
            return
        if reason is not None:
            self._moves.append(Skip(step.key, reason))
            self._standing[step.key] = self._skipped(step)
        else:
            self._go_on(step, [None] * count)

    def _reason_to_skip(self, step: Step) -> str | None:
        try:
            if step.when is not None and not spells.truth(step.when, self._context()):
                return "its `when` is false"
        except ExpressionError as error:
            raise _Refused("expression_error", f"`when`: {error}") from error
        if not step.is_each:
            return self._lack_of(step, 1)
        if self._list(step) is None:
            return self._lack(step.for_each, "The list in its `for_each` came out empty.")
        return None

    def _count(self, step: Step) -> int:
        count = len(self._list(step) or ())
        if count > step.max_items:
            message = f"Its list has {count} items; it takes {step.max_items} at most."
            raise _Refused("too_many_items", message)
        return count

    def _list(self, step: Step) -> list[Any] | None:
        """Return what a step is run for each of; null means that it is not there."""
        assert step.for_each is not None  # noqa: S101 - asked only of such steps
        if step.key not in self._lists:
            try:
                self._lists[step.key] = spells.items(step.for_each, self._context())
            except ExpressionError as error:
                raise _Refused("expression_error", f"`for_each`: {error}") from error
        return self._lists[step.key]

    def _lack_of(self, step: Step, count: int) -> str | None:
        """Return why a step is left out whose required input comes from a skipped one.

        Of a list the first item speaks for all, unless that input follows from the item.
        """
        tool = self._tool(step)
        is_near_skipped = any(self._status(key) == StepStatus.SKIPPED for key in step.references)
        if tool is None or not is_near_skipped:
            return None
        try:
            absent = _absent(tool, self._inputs(step, Slot(0, count)))
            given = step.inputs.get(absent) if absent else None
            is_of_item = step.is_each and _OF_ITEM.search(json.dumps(given))
            return self._lack(given, "") if absent and not is_of_item else None
        except _Refused:
            # Starting it will say so.
            return None

    def _lack(self, value: Any, message: str) -> str:
        """Return the reason to skip what needs this value, or refuse it with the message."""
        skipped = sorted(
            key for key in spells.references(value) if self._status(key) == StepStatus.SKIPPED
        )
        if not skipped:
            raise _Refused("missing_input", message)
        return f"it needs {skipped[0]}, which was skipped"

    def _start(self, step: Step, slot: Slot, not_before: datetime | None = None) -> Standing:
        """Start an item with its inputs resolved, or say why it cannot be."""
        try:
            tool = self._usable_tool(step)
            inputs = self._inputs(step, slot)
            _check_complete(tool, inputs)
        except _Refused as error:
            return self._refuse(step, slot, error)
        number = self._situation.next_number(step.key, slot.item)
        self._moves.append(Start(step, slot, number, tool, inputs, not_before))
        return Standing(StepStatus.PENDING)

    def _usable_tool(self, step: Step) -> ToolSpec:
        tool = self._tool(step)
        if tool is None:
            raise _Refused("tool_gone", f"{step.tool} is not installed.")
        pinned = self._situation.tool_versions.get(step.tool)
        if tool.version != pinned:
            message = (
                f"The spell was checked against {step.tool} version {pinned}; "
                f"installed is {tool.version}."
            )
            raise _Refused("tool_changed", message)
        if not self._situation.account_is_active:
            message = "The account was deactivated before this step began."
            raise _Refused("account_inactive", message)
        return tool

    def _inputs(self, step: Step, slot: Slot) -> dict[str, Any]:
        """Return what the tool is given; null stands for nothing."""
        try:
            resolved = spells.resolve(step.inputs, self._context_of(step, slot))
        except ExpressionError as error:
            raise _Refused("expression_error", str(error)) from error
        return {key: value for key, value in resolved.items() if value is not None}

    def _refuse(self, step: Step, slot: Slot, error: _Refused) -> Standing:
        number = self._situation.next_number(step.key, slot.item)
        tool = self._tool(step)
        failure = Failure(code=error.code, message=str(error), step=step.key, attempt=number)
        version = tool.version if tool else self._situation.tool_versions.get(step.tool, "")
        adapter = tool.adapter if tool else ""
        inputs = dict(step.inputs)
        self._moves.append(Refuse(step, slot, number, version, adapter, inputs, failure))
        return Standing(StepStatus.FAILED, failure=failure)

    def _tool(self, step: Step) -> ToolSpec | None:
        return self._situation.tools.get(step.tool)

    def _context(self) -> Context:
        outputs = {key: standing.outputs for key, standing in self._standing.items()}
        situation = self._situation
        return Context(inputs=situation.inputs, steps=outputs, cast=situation.cast)

    def _context_of(self, step: Step, slot: Slot) -> Context:
        context = self._context()
        if not step.is_each:
            return context
        items = self._list(step) or []
        if len(items) != slot.count:
            message = f"The list in its `for_each` had {slot.count} items and now has {len(items)}."
            raise _Refused("expression_error", message)
        return replace(context, item=items[slot.item], index=slot.item)

    def _wind_down(self, fatal: Failure) -> list[Move]:
        """Start nothing more, drop what nobody has begun, and fail once nothing is live."""
        kept: list[Move] = [move for move in self._moves if isinstance(move, Refuse | Skip)]
        live = [attempt for attempt in self._situation.attempts if attempt.is_live]
        idle = [a for a in live if a.status in _NOT_IN_A_CALL or a.is_abandoned]
        kept += [Drop(attempt) for attempt in idle]
        return [*kept, Fail(fatal)] if len(idle) == len(live) else kept

    def _finish(self) -> Move:
        try:
            outputs = spells.resolve(self._situation.definition.outputs, self._context())
        except ExpressionError as error:
            return Fail(Failure(code="output_error", message=str(error)))
        return Finish(outputs)


def _absent(tool: ToolSpec, inputs: dict[str, Any]) -> str | None:
    return next((key for key in tool.input_schema.get("required", ()) if key not in inputs), None)


def _check_complete(tool: ToolSpec, inputs: dict[str, Any]) -> None:
    absent = _absent(tool, inputs)
    if absent:
        message = f"The required input {absent!r} of {tool.key} came out empty."
        raise _Refused("missing_input", message)


def _in_order(definition: Definition) -> list[Step]:
    """Return the steps so that each comes after all it requires."""
    order = TopologicalSorter({step.key: step.requires for step in definition.steps})
    return [definition.step(key) for key in order.static_order()]


def _deadline_failure(situation: Situation) -> Failure | None:
    if situation.deadline_at is None or situation.now < situation.deadline_at:
        return None
    message = f"The cast had until {situation.deadline_at:%Y-%m-%d %H:%M:%S} UTC."
    return Failure(code="cast_deadline_exceeded", message=message)
