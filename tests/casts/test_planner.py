"""Whatever the graph and the order of outcomes: nothing early, nothing twice, always an end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casts import definition as spells
from casts.definition import Definition, Step
from casts.planner import (
    Attempt,
    Drop,
    Fail,
    Finish,
    Move,
    Refuse,
    Situation,
    Skip,
    Slot,
    Start,
    plan,
)
from casts.rounds import Since
from generations.adapters.base import ToolSpec
from generations.failures import Failure
from generations.states import Status

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOOL = ToolSpec(
    key="trial.echo",
    version="1",
    title="echo",
    adapter="trial",
    input_schema={"type": "object", "properties": {"value": {}}, "required": ["value"]},
    output_schema={"type": "object"},
)


def situation(definition: Definition, **more: Any) -> Situation:
    base = Situation(
        definition=definition,
        tool_versions={TOOL.key: "1"},
        tools={TOOL.key: TOOL},
        inputs={},
        cast={"id": "c", "account": "1"},
        round=1,
        attempts=(),
        skips=(),
        restarts={},
        now=NOW,
        deadline_at=None,
        account_is_active=True,
        jitter=lambda _: 0.5,
    )
    return replace(base, **more)


@dataclass
class Play:
    """A cast without a database: applies moves, and checks each against what was done before."""

    definition: Definition
    attempts: list[Attempt] = field(default_factory=list)
    skips: list[tuple[str, int]] = field(default_factory=list)
    end: Move | None = None
    now: datetime = NOW
    items: Any = ()

    def advance(self) -> None:
        for move in plan(
            situation(
                self.definition,
                attempts=tuple(self.attempts),
                skips=tuple(self.skips),
                inputs={"list": self.items},
                now=self.now,
            )
        ):
            self._apply(move)
        if self.end is None:
            assert any(a.is_live for a in self.attempts), "the cast hangs"

    def _apply(self, move: Move) -> None:
        assert self.end is None, "a move after the end"
        match move:
            case Start(step=step, slot=slot, number=number):
                self._check_start(step, slot)
                self._attempt(step, slot, number, status=Status.PENDING)
            case Refuse(step=step, slot=slot, number=number, failure=failure):
                self._attempt(step, slot, number, status=Status.FAILED, failure=failure)
            case Skip(step=key):
                assert key not in dict(self.skips), "skipped twice"
                self.skips.append((key, 1))
            case Drop(attempt=attempt):
                self.change(attempt.id, status=Status.CANCELLED)
            case Finish() | Fail():
                self.end = move
                assert not any(a.is_live for a in self.attempts), "ended with a live attempt"

    def _attempt(self, step: Step, slot: Slot, number: int, **columns: Any) -> None:
        self.attempts.append(
            Attempt(
                id=uuid4(),
                step=step.key,
                round=1,
                number=number,
                item=slot.item,
                item_count=slot.count,
                **columns,
            )
        )

    def _check_start(self, step: Step, slot: Slot) -> None:
        key = step.key
        mine = [a for a in self.attempts if a.step == key and a.item == slot.item]
        assert not any(a.is_live for a in mine), f"{key} started twice at once"
        assert not any(a.status == Status.SUCCEEDED for a in mine), f"{key} ran again"
        beside = [a for a in self.attempts if a.step == key and a.is_live]
        assert len(beside) < step.max_in_flight, f"{key} has too many items in flight"
        for required in step.requires:
            tries = [a for a in self.attempts if a.step == required]
            is_done = (required, 1) in self.skips or tries
            assert is_done, f"{key} started before {required}"
            assert not any(a.is_live for a in tries), f"{key} started beside {required}"

    def change(self, identifier: UUID, **columns: Any) -> None:
        self.attempts = [replace(a, **columns) if a.id == identifier else a for a in self.attempts]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Return a spell of up to eight steps whose references make any graph without cycles."""
    count = draw(st.integers(1, 8))
    steps = []
    for number in range(count):
        earlier = [f"s{index}" for index in range(number)]
        refers = draw(st.sampled_from([None, *earlier]))
        step: dict[str, Any] = {
            "key": f"s{number}",
            "tool": TOOL.key,
            "inputs": {"value": f"${{{{ steps.{refers}.value }}}}" if refers else "x"},
            "on_failure": draw(st.sampled_from(["fail", "continue"])),
            "retry": {"attempts": draw(st.integers(1, 3)), "backoff_s": 1},
        }
        if draw(st.integers(0, 2)) == 0:
            step |= draw(_over_a_list(refers))
        wants: bool = draw(st.booleans())
        if earlier and wants:
            step["needs"] = draw(st.lists(st.sampled_from(earlier), unique=True))
        if draw(st.integers(0, 4)) == 0:
            step["when"] = "${{ `false` }}"
        steps.append(step)
    order = draw(st.permutations(steps)) if draw(st.booleans()) else steps
    for step in order:
        step.setdefault("needs", [])
    return {"slug": "x", "name": "X", "inputs": {"type": "object"}, "steps": list(order)}


@st.composite
def _over_a_list(draw: st.DrawFn, refers: str | None) -> dict[str, Any]:
    """Run a step over a list of the inputs, or over what an earlier step gave, list or not."""
    listed = "inputs.list" if refers is None else f"steps.{refers}.value"
    return {
        "for_each": f"${{{{ {listed} }}}}",
        "inputs": {"value": draw(st.sampled_from(["${{ item }}", "${{ index }}", "x"]))},
        "max_in_flight": draw(st.integers(1, 3)),
        "max_items": draw(st.integers(1, 4)),
    }


OUTCOMES = st.sampled_from(["succeed", "list", "fail", "fail_for_good", "null", "claim"])


LISTS = st.one_of(st.none(), st.lists(st.sampled_from([None, 1, "a"]), max_size=4))


@pytest.mark.failure("B8")
@settings(max_examples=300, deadline=None)
@given(document=documents(), data=st.data())
def test_no_step_starts_early_none_twice_and_every_cast_ends(
    document: Mapping[str, Any], data: st.DataObject
) -> None:
    """Guard: the planner waits for `requires`, and counts attempts before it starts one."""
    play = Play(spells.parse(document), items=data.draw(LISTS))
    play.advance()
    for _ in range(400):
        if play.end is not None:
            break
        live = [a for a in play.attempts if a.is_live]
        attempt = data.draw(st.sampled_from(live))
        _happen(play, attempt, data.draw(OUTCOMES))
        play.now += timedelta(seconds=1)
        play.advance()
    assert play.end is not None, "the cast never ends"
    if isinstance(play.end, Finish):
        assert {a.step for a in play.attempts} | {key for key, _ in play.skips} == {
            step.key for step in play.definition.steps
        }


def _happen(play: Play, attempt: Attempt, outcome: str) -> None:
    if attempt.status == Status.PENDING:
        play.change(attempt.id, status=Status.RUNNING)
    if outcome in {"succeed", "null", "list"}:
        outputs = {"value": {"succeed": "v", "list": [1, None]}.get(outcome)}
        play.change(attempt.id, status=Status.SUCCEEDED, outputs=outputs)
    elif outcome in {"fail", "fail_for_good"}:
        failure = Failure(code="tool_error", message="no", retryable=outcome == "fail")
        play.change(attempt.id, status=Status.FAILED, failure=failure)


def chain(*keys: str) -> Definition:
    steps = [{"key": key, "tool": TOOL.key, "inputs": {"value": 1}} for key in keys]
    return spells.parse({"slug": "x", "name": "X", "steps": steps, "inputs": {"type": "object"}})


def test_an_attempt_of_an_earlier_round_does_not_count_after_a_restart() -> None:
    done = Attempt(uuid4(), "a", 1, 1, Status.SUCCEEDED, outputs={"value": 1})
    moves = plan(situation(chain("a"), attempts=(done,), restarts={"a": Since(2, 2)}, round=2))
    assert [type(move) for move in moves] == [Start]
    assert isinstance(moves[0], Start)
    assert moves[0].number == 2


def test_a_skip_of_an_earlier_round_counts_unless_the_step_started_over() -> None:
    assert isinstance(plan(situation(chain("a"), skips=(("a", 1),), round=2))[0], Finish)
    again = plan(situation(chain("a"), skips=(("a", 1),), round=2, restarts={"a": Since(2, 2)}))
    assert isinstance(again[0], Start)


def test_planning_twice_gives_the_same_moves() -> None:
    failed = Attempt(
        uuid4(), "a", 1, 1, Status.FAILED, failure=Failure("tool_error", "no", retryable=True)
    )
    definition = spells.parse(
        {
            "slug": "x",
            "name": "X",
            "inputs": {"type": "object"},
            "steps": [
                {
                    "key": "a",
                    "tool": TOOL.key,
                    "inputs": {"value": 1},
                    "retry": {"attempts": 2, "backoff_s": 9},
                }
            ],
        }
    )
    first = plan(situation(definition, attempts=(failed,)))
    assert first == plan(situation(definition, attempts=(failed,)))
    assert isinstance(first[0], Start)
    assert first[0].not_before == NOW + timedelta(seconds=6.75)
