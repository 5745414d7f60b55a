"""What is next for a cast. Pure: plain values in, moves out; no Django, clock or randomness."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any
from uuid import UUID

from casts import definition as spells
from casts.definition import Context, Definition, ExpressionError, Step
from casts.states import StepStatus
from generations import retry
from generations.adapters.base import ToolSpec
from generations.failures import Failure
from generations.states import LIVE, Status


@dataclass(frozen=True)
class Attempt:
    """A generation, as the planner sees it; abandoned means that its worker's lease ran out."""

    id: UUID
    step: str
    round: int
    number: int
    status: str
    outputs: Mapping[str, Any] | None = None
    failure: Failure | None = None
    not_before: datetime | None = None
    is_abandoned: bool = False

    @property
    def is_live(self) -> bool:
        """Whether the attempt may still succeed."""
        return self.status in LIVE


@dataclass(frozen=True)
class Situation:
    """Everything that decides what is next.

    ``restarts`` maps a step to the round it started over in: what came before does not count.
    ``tools`` maps the key of every tool that exists now to its spec; ``tool_versions`` is what the
    spell version was checked against. ``jitter`` maps an attempt's id to a number from 0 to 1.
    """

    definition: Definition
    tool_versions: Mapping[str, str]
    tools: Mapping[str, ToolSpec]
    inputs: Mapping[str, Any]
    cast: Mapping[str, Any]
    round: int
    attempts: Sequence[Attempt]
    skips: Sequence[tuple[str, int]]
    restarts: Mapping[str, int]
    now: datetime
    deadline_at: datetime | None
    account_is_active: bool
    jitter: Callable[[UUID], float]


@dataclass(frozen=True)
class Start:
    """Make the next attempt of a step, to run now or ``not_before`` a time (a backoff)."""

    step: Step
    number: int
    tool: ToolSpec
    inputs: Mapping[str, Any]
    not_before: datetime | None = None


@dataclass(frozen=True)
class Refuse:
    """Record an attempt that fails before its tool is called."""

    step: Step
    number: int
    tool_version: str
    adapter: str
    inputs: Mapping[str, Any]
    failure: Failure


@dataclass(frozen=True)
class Skip:
    """Leave a step out."""

    step: str
    reason: str


@dataclass(frozen=True)
class Drop:
    """Cancel an attempt that nobody works on, because the cast is failing."""

    attempt: Attempt


@dataclass(frozen=True)
class Finish:
    """The cast succeeded with these outputs."""

    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class Fail:
    """The cast failed, and nothing of it runs any more."""

    failure: Failure


Move = Start | Refuse | Skip | Drop | Finish | Fail


@dataclass
class _Board:
    """Where every step stands, while a plan is made."""

    status: dict[str, StepStatus] = field(default_factory=dict)
    outputs: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    fatal: Failure | None = None


_NO_WAY_FORWARD = Failure(
    code="internal_error", message="No step of the cast is live and none can start."
)
_DONE = frozenset({StepStatus.SUCCEEDED, StepStatus.SKIPPED, StepStatus.FAILED})


def plan(situation: Situation) -> list[Move]:
    """Return what is to be done now; an empty list means: wait for what is live."""
    board = _Board(fatal=_deadline_failure(situation))
    moves: list[Move] = []
    _place_all(situation, board, moves)
    for step in _in_order(situation.definition):
        if step.key not in board.status and board.fatal is None:
            _advance(situation, board, step, moves)
    if board.fatal:
        return _wind_down(situation, board.fatal, moves)
    if all(board.status.get(step.key) in _DONE for step in situation.definition.steps):
        return [*moves, _finish(situation, board)]
    if not moves and not any(attempt.is_live for attempt in situation.attempts):
        return [Fail(_NO_WAY_FORWARD)]
    return moves


def counting(situation: Situation, step: str) -> list[Attempt]:
    """Return the attempts of a step that count since it last started over, oldest first."""
    since = situation.restarts.get(step, 1)
    mine = [a for a in situation.attempts if a.step == step and a.round >= since]
    return sorted(mine, key=lambda attempt: attempt.number)


def _place_all(situation: Situation, board: _Board, moves: list[Move]) -> None:
    """Put what has a history on the board; in order, so that a retry finds what it refers to."""
    for step in _in_order(situation.definition):
        _place(situation, board, step, moves)


def _place(situation: Situation, board: _Board, step: Step, moves: list[Move]) -> None:
    """Put a step that has a history where it stands; one without stays off the board."""
    since = situation.restarts.get(step.key, 1)
    attempts = counting(situation, step.key)
    success = next((a for a in attempts if a.status == Status.SUCCEEDED), None)
    if success:
        board.status[step.key] = StepStatus.SUCCEEDED
        board.outputs[step.key] = success.outputs
    elif any(key == step.key and number >= since for key, number in situation.skips):
        board.status[step.key] = StepStatus.SKIPPED
        board.outputs[step.key] = None
    elif any(a.is_live for a in attempts):
        board.status[step.key] = StepStatus.RUNNING
    elif attempts:
        _after_failure(situation, board, step, attempts, moves)


def _after_failure(
    situation: Situation, board: _Board, step: Step, attempts: list[Attempt], moves: list[Move]
) -> None:
    last = attempts[-1]
    if last.failure is None:
        board.status[step.key] = StepStatus.CANCELLED
        return
    used = sum(1 for a in attempts if a.failure and a.failure.code != retry.RATE_LIMITED)
    jitter = situation.jitter(last.id)
    decision = retry.decide(last.failure, used, step.retry, situation.now, jitter)
    if isinstance(decision, retry.RetryAt):
        board.status[step.key] = StepStatus.PENDING
        _attempt(situation, board, step, moves, not_before=decision.at)
    else:
        _settle_failure(board, step, last.failure)


def _settle_failure(board: _Board, step: Step, failure: Failure) -> None:
    board.status[step.key] = StepStatus.FAILED
    board.outputs[step.key] = None
    if step.on_failure == "fail" and board.fatal is None:
        board.fatal = failure


def _advance(situation: Situation, board: _Board, step: Step, moves: list[Move]) -> None:
    """Start, refuse or skip a step without a history, once all it waits for is done."""
    if any(board.status.get(key) not in _DONE for key in step.requires):
        return
    try:
        unwanted = step.when is not None and not spells.truth(step.when, _context(situation, board))
    except ExpressionError as error:
        _refuse(situation, board, step, moves, "expression_error", f"`when`: {error}")
        return
    if unwanted:
        _skip(board, step, moves, "its `when` is false")
    else:
        _attempt(situation, board, step, moves)


def _attempt(
    situation: Situation,
    board: _Board,
    step: Step,
    moves: list[Move],
    not_before: datetime | None = None,
) -> None:
    """Start a step with its inputs resolved, or say why it cannot be."""
    tool = situation.tools.get(step.tool)
    if tool is None:
        return _refuse(situation, board, step, moves, "tool_gone", f"{step.tool} is not installed.")
    if tool.version != situation.tool_versions.get(step.tool):
        message = (
            f"The spell was checked against {step.tool} version "
            f"{situation.tool_versions.get(step.tool)}; installed is {tool.version}."
        )
        return _refuse(situation, board, step, moves, "tool_changed", message)
    if not situation.account_is_active:
        message = "The account was deactivated before this step began."
        return _refuse(situation, board, step, moves, "account_inactive", message)
    try:
        resolved = spells.resolve(step.inputs, _context(situation, board))
    except ExpressionError as error:
        return _refuse(situation, board, step, moves, "expression_error", str(error))
    inputs = {key: value for key, value in resolved.items() if value is not None}
    absent = [key for key in tool.input_schema.get("required", ()) if key not in inputs]
    if absent:
        return _without(situation, board, step, moves, absent[0])
    board.status[step.key] = StepStatus.PENDING
    moves.append(Start(step, _next_number(situation, step.key), tool, inputs, not_before))
    return None


def _without(
    situation: Situation, board: _Board, step: Step, moves: list[Move], absent: str
) -> None:
    """Leave out a step whose required input came from a skipped one; else it fails."""
    sources = spells.references(step.inputs.get(absent))
    skipped = sorted(key for key in sources if board.status.get(key) == StepStatus.SKIPPED)
    if skipped:
        _skip(board, step, moves, f"it needs {skipped[0]}, which was skipped")
        return
    message = f"The required input {absent!r} of {step.tool} came out empty."
    _refuse(situation, board, step, moves, "missing_input", message)


def _skip(board: _Board, step: Step, moves: list[Move], reason: str) -> None:
    board.status[step.key] = StepStatus.SKIPPED
    board.outputs[step.key] = None
    moves.append(Skip(step.key, reason))


def _refuse(  # noqa: PLR0913, PLR0917
    situation: Situation, board: _Board, step: Step, moves: list[Move], code: str, message: str
) -> None:
    number = _next_number(situation, step.key)
    tool = situation.tools.get(step.tool)
    failure = Failure(code=code, message=message, step=step.key, attempt=number)
    version = tool.version if tool else situation.tool_versions.get(step.tool, "")
    adapter = tool.adapter if tool else ""
    moves.append(Refuse(step, number, version, adapter, dict(step.inputs), failure))
    _settle_failure(board, step, failure)


def _next_number(situation: Situation, step: str) -> int:
    return 1 + max((a.number for a in situation.attempts if a.step == step), default=0)


def _context(situation: Situation, board: _Board) -> Context:
    return Context(inputs=situation.inputs, steps=board.outputs, cast=situation.cast)


def _in_order(definition: Definition) -> list[Step]:
    """Return the steps so that each comes after all it requires."""
    order = TopologicalSorter({step.key: step.requires for step in definition.steps})
    return [definition.step(key) for key in order.static_order()]


def _deadline_failure(situation: Situation) -> Failure | None:
    if situation.deadline_at is None or situation.now < situation.deadline_at:
        return None
    message = f"The cast had until {situation.deadline_at:%Y-%m-%d %H:%M:%S} UTC."
    return Failure(code="cast_deadline_exceeded", message=message)


def _wind_down(situation: Situation, fatal: Failure, moves: list[Move]) -> list[Move]:
    """Start nothing more, drop what nobody has begun, and fail once nothing is live."""
    kept: list[Move] = [move for move in moves if isinstance(move, Refuse | Skip)]
    live = [attempt for attempt in situation.attempts if attempt.is_live]
    idle = [a for a in live if a.status == Status.PENDING or a.is_abandoned]
    kept += [Drop(attempt) for attempt in idle]
    return [*kept, Fail(fatal)] if len(idle) == len(live) else kept


def _finish(situation: Situation, board: _Board) -> Move:
    try:
        outputs = spells.resolve(situation.definition.outputs, _context(situation, board))
    except ExpressionError as error:
        return Fail(Failure(code="output_error", message=str(error)))
    return Finish(outputs)
