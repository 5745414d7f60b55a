"""Carrying casts on, from the first boundary to the last."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django_q.models import OrmQ

from casts import engine
from casts.engine import turn
from casts.engine.boundary import boundary
from casts.models import Cast, Skip
from casts.states import Status
from generations import executor
from generations.adapters.base import ConnectionLost
from generations.models import Generation
from generations.outcomes import Report
from generations.states import Status as G
from generations.tools import catalogue
from spellhub.events.models import Event
from tests.casts.engine.conftest import Begin, step
from tests.tools import TrialAdapter

pytestmark = pytest.mark.django_db


def carry_on(cast: Cast, times: int = 10) -> Cast:
    """Run a cast, letting back-offs pass, until nothing is left to do."""
    for _ in range(times):
        engine.run(cast.id)
        cast.refresh_from_db()
        if cast.is_final:
            break
        Generation.objects.filter(cast=cast, status=G.PENDING).update(
            next_look_at=F("created_at") - timedelta(hours=1)
        )
    return cast


def kinds(cast: Cast) -> list[str]:
    return list(
        Event.objects.filter(topic=cast.topic).order_by("seq").values_list("kind", flat=True)
    )


def statuses(cast: Cast) -> dict[str, str]:
    rows = Generation.objects.filter(cast=cast).order_by("attempt")
    return {row.step: row.status for row in rows}


def test_a_chain_runs_to_its_outputs(begin: Begin) -> None:
    cast = begin(
        step("one", value="${{ inputs.n }}"),
        step("two", value="${{ steps.one.value }}"),
        step("three", value="got ${{ steps.two.value }}"),
        outputs={"all": "${{ steps.three.value }}"},
        inputs={"n": 7},
    )
    carry_on(cast)
    assert cast.status == Status.SUCCEEDED
    assert cast.outputs == {"all": "got 7"}
    assert kinds(cast) == [
        "cast_created",
        "cast_started",
        *["step_started", "step_succeeded"] * 3,
        "cast_succeeded",
    ]


@pytest.mark.failure("A4")
def test_a_generation_exists_before_its_tool_is_called(begin: Begin, trial: TrialAdapter) -> None:
    """Guard: the boundary writes and claims the row; the executor only gets its id."""
    seen: list[str] = []

    def look(call: Any) -> dict[str, Any]:
        seen.append(Generation.objects.get(pk=call.id).status)
        return {"value": "from the tool"}

    trial.behave = look
    cast = carry_on(begin(step("only", "custom")))
    assert seen == [G.RUNNING]
    stored = Generation.objects.get(cast=cast)
    assert stored.outputs == {"value": "from the tool"}


def test_events_are_numbered_without_gaps(begin: Begin) -> None:
    cast = carry_on(begin(step("one"), step("two"), step("three")))
    numbers = list(
        Event.objects.filter(topic=cast.topic).order_by("seq").values_list("seq", flat=True)
    )
    assert numbers == list(range(1, cast.seq + 1))


@pytest.mark.failure("C11")
def test_a_cast_nobody_listens_to_runs_all_its_steps(begin: Begin) -> None:
    """Guard: the engine knows of no listener."""
    cast = carry_on(begin(step("one"), step("two"), step("three")))
    assert statuses(cast) == dict.fromkeys(("one", "two", "three"), G.SUCCEEDED)


@pytest.mark.failure("B8")
def test_steps_run_in_the_order_of_their_data(begin: Begin, trial: TrialAdapter) -> None:
    """Guard: the order comes from references, not from the list."""
    cast = begin(
        step("last", value="${{ steps.first.value }}!"),
        step("first", value="x", needs=[]),
    )
    carry_on(cast)
    assert [inputs["value"] for _, inputs, _ in trial.calls] == ["x", "x!"]


@pytest.mark.failure("B1")
def test_independent_steps_are_all_made_at_once_and_hinted(begin: Begin) -> None:
    """Guard: boundary._leave_to_others hints every ready step that it does not take itself."""
    cast = begin(step("a", needs=[]), step("b", needs=[]), step("c", needs=[]))
    OrmQ.objects.all().delete()
    order = boundary(cast.id)
    assert order is not None
    assert Generation.objects.filter(cast=cast).count() == 3
    assert OrmQ.objects.count() == 2
    assert boundary(cast.id) is not None
    assert boundary(cast.id) is not None
    assert boundary(cast.id) is None
    assert set(statuses(cast).values()) == {G.RUNNING}


def test_a_false_when_skips_the_step_and_what_requires_it(begin: Begin) -> None:
    cast = begin(
        step("maybe", when="${{ inputs.n > `5` }}", needs=[]),
        step("after", value="${{ steps.maybe.value }}"),
        step("needing", needs=["maybe"]),
        outputs={"after": "${{ steps.after.value }}", "needing": "${{ steps.needing.value }}"},
    )
    carry_on(cast)
    assert cast.status == Status.SUCCEEDED
    assert cast.outputs == {"after": None, "needing": "v"}
    assert set(Skip.objects.values_list("step", flat=True)) == {"maybe", "after"}


@pytest.mark.failure("C1")
def test_what_refers_to_a_failed_step_gets_null_only_with_continue(begin: Begin) -> None:
    """Guard: planner: a failed step has no outputs; `on_failure: continue` makes them null."""
    cast = begin(
        step("bad", "broken", on_failure="continue"),
        step("after", value="${{ steps.bad.value }}", on_failure="continue"),
        step("else_", value="${{ steps.bad.value || 'fallback' }}"),
        outputs={"value": "${{ steps.else_.value }}", "bad": "${{ steps.bad.value }}"},
    )
    carry_on(cast)
    assert cast.status == Status.SUCCEEDED
    assert cast.outputs == {"value": "fallback", "bad": None}
    missing = Generation.objects.get(cast=cast, step="after")
    assert missing.failure is not None
    assert missing.failure["code"] == "missing_input"


@pytest.mark.failure("C5")
def test_a_first_step_that_fails_fails_the_cast(begin: Begin) -> None:
    """Guard: one boundary for every step."""
    cast = carry_on(begin(step("bad", "broken"), step("never")))
    assert cast.status == Status.FAILED
    assert cast.failure is not None
    assert (cast.failure["code"], cast.failure["step"]) == ("tool_error", "bad")
    assert statuses(cast) == {"bad": G.FAILED}
    assert kinds(cast)[-2:] == ["step_failed", "cast_failed"]


@pytest.mark.failure("C2")
@pytest.mark.parametrize("answer", [None, {"error": "no"}, "processing", 5])
def test_an_answer_of_the_wrong_type_is_a_failure(
    begin: Begin, trial: TrialAdapter, answer: object
) -> None:
    """Guard: the executor takes a typed Done with outputs of the tool's schema, or fails."""
    trial.answers = [answer]
    cast = carry_on(begin(step("only")))
    assert cast.failure is not None
    assert cast.failure["code"] == "bad_output"


@pytest.mark.failure("C3")
@pytest.mark.failure("C13")
def test_an_exception_in_a_tool_is_recorded_with_its_trace(
    begin: Begin, trial: TrialAdapter
) -> None:
    """Guard: executor.perform turns every exception into an outcome."""

    def explode(call: Any) -> dict[str, Any]:
        raise ZeroDivisionError("by zero, token=abcdefgh")

    trial.behave = explode
    cast = carry_on(begin(step("only", "custom")))
    failure = Generation.objects.get(cast=cast).failure
    assert failure is not None
    assert failure["code"] == "internal_error"
    assert "by zero" in failure["message"]
    assert "explode" in failure["trace"]
    assert "abcdefgh" not in str(failure)


@pytest.mark.failure("C4")
@pytest.mark.parametrize("text", ["exceeded", "succeeded", "processing", "ok"])
def test_what_an_error_says_decides_nothing(begin: Begin, trial: TrialAdapter, text: str) -> None:
    """Guard: outcomes are typed; no code reads the message."""

    def explode(call: Any) -> dict[str, Any]:
        raise RuntimeError(text)

    trial.behave = explode
    assert carry_on(begin(step("only", "custom"))).status == Status.FAILED


def test_a_flaky_step_is_retried_with_a_backoff(begin: Begin) -> None:
    flaky = step("f", "flaky", inputs={"fail": 2}, retry={"attempts": 3, "backoff_s": 60})
    cast = begin(flaky)
    engine.run(cast.id)
    waiting = Generation.objects.get(cast=cast, status=G.PENDING)
    assert waiting.hold_reason == "backoff"
    assert waiting.next_look_at is not None
    assert boundary(cast.id) is None
    assert carry_on(cast).status == Status.SUCCEEDED
    attempts = Generation.objects.filter(cast=cast).order_by("attempt")
    assert [a.status for a in attempts] == [G.FAILED, G.FAILED, G.SUCCEEDED]


@pytest.mark.failure("B7")
def test_retries_end(begin: Begin) -> None:
    """Guard: attempts are rows, counted against the policy."""
    flaky = step("f", "flaky", inputs={"fail": 99}, retry={"attempts": 3, "backoff_s": 1})
    cast = carry_on(begin(flaky))
    assert cast.status == Status.FAILED
    assert Generation.objects.filter(cast=cast).count() == 3


def test_being_rate_limited_uses_up_no_attempt(begin: Begin) -> None:
    limited = step("f", "limited", inputs={"fail": 4}, retry={"attempts": 1, "backoff_s": 1})
    assert carry_on(begin(limited)).status == Status.SUCCEEDED


def test_siblings_of_a_failed_step_finish_and_nothing_new_starts(begin: Begin) -> None:
    cast = begin(
        step("bad", "broken", needs=[]),
        step("sibling", needs=[]),
        step("later", needs=["sibling"]),
        step("idle", needs=[]),
    )
    bad, sibling = boundary(cast.id), boundary(cast.id)
    assert bad
    assert sibling
    boundary(cast.id, report=Report(bad, executor.perform(bad)))
    cast.refresh_from_db()
    assert cast.status == Status.RUNNING
    assert statuses(cast) == {"bad": G.FAILED, "sibling": G.RUNNING, "idle": G.CANCELLED}
    boundary(cast.id, report=Report(sibling, executor.perform(sibling)))
    cast.refresh_from_db()
    assert cast.status == Status.FAILED
    assert statuses(cast)["sibling"] == G.SUCCEEDED
    assert "later" not in statuses(cast)


@pytest.mark.failure("C7")
def test_a_cast_past_its_deadline_fails(begin: Begin) -> None:
    """Guard: deadline_at is a column the planner reads."""
    cast = begin(step("only"))
    Cast.objects.filter(pk=cast.pk).update(deadline_at=F("created_at") - timedelta(seconds=1))
    carry_on(cast)
    assert cast.failure is not None
    assert cast.failure["code"] == "cast_deadline_exceeded"


@pytest.mark.failure("D6")
@pytest.mark.parametrize(("version", "code"), [("2", "tool_changed"), (None, "tool_gone")])
def test_a_step_whose_tool_changed_fails_clearly(
    begin: Begin, trial: TrialAdapter, version: str | None, code: str
) -> None:
    """Guard: the pinned tool version is compared before the attempt is made."""
    cast = begin(step("only"))
    catalogue.unregister("trial")
    if version:
        catalogue.register(TrialAdapter(version=version))
    carry_on(cast)
    assert cast.failure is not None
    assert cast.failure["code"] == code
    assert trial.calls == []


@pytest.mark.failure("D3")
@pytest.mark.parametrize("value", [0, False, ""])
def test_zero_false_and_empty_text_are_values(
    begin: Begin, trial: TrialAdapter, value: object
) -> None:
    """Guard: presence is `is not None`, never truthiness."""
    cast = carry_on(begin(step("one", value=value), step("two", value="${{ steps.one.value }}")))
    assert cast.status == Status.SUCCEEDED
    assert [inputs["value"] for _, inputs, _ in trial.calls] == [value, value]


@pytest.mark.failure("D1")
def test_outputs_reach_only_who_refers_to_them(begin: Begin, trial: TrialAdapter) -> None:
    """Guard: a call gets its resolved inputs and nothing else."""
    carry_on(begin(step("one", value="secret"), step("two", value="own", needs=["one"])))
    assert trial.calls[-1][1] == {"value": "own"}


@pytest.mark.failure("D9")
@pytest.mark.parametrize("text", ["$&", r"\1", "{0.__class__}", "${{ inputs.n }}", "%(x)s"])
def test_user_text_is_never_a_template(begin: Begin, text: str) -> None:
    """Guard: expressions come from the definition only; values are put in literally."""
    cast = begin(
        step("only", value="<${{ inputs.text }}>"),
        properties={"text": {"type": "string"}},
        inputs={"text": text},
        outputs={"value": "${{ steps.only.value }}"},
    )
    assert carry_on(cast).outputs == {"value": f"<{text}>"}


@pytest.mark.failure("B1")
@pytest.mark.failure("B10")
def test_a_boundary_that_fails_leaves_nothing(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: the end of a step, the next step, events and hints are one transaction."""
    cast = begin(step("one"), step("two"))
    order = boundary(cast.id)
    assert order
    report = Report(order, executor.perform(order))
    before = (kinds(cast), statuses(cast), OrmQ.objects.count())

    def stop(self: object) -> None:
        raise RuntimeError("the process stops before the commit")

    with monkeypatch.context() as patch:
        patch.setattr(turn.Turn, "write", stop)
        with pytest.raises(RuntimeError):
            boundary(cast.id, report=report)
    assert (kinds(cast), statuses(cast), OrmQ.objects.count()) == before
    following = boundary(cast.id, report=report)
    assert following is not None
    assert following.step == "two"


@pytest.mark.failure("B2")
def test_a_report_applied_twice_changes_nothing(begin: Begin) -> None:
    """Guard: settle() recognises a report that was applied."""
    cast = begin(step("one"))
    order = boundary(cast.id)
    assert order
    report = Report(order, executor.perform(order))
    boundary(cast.id, report=report)
    before = kinds(cast)
    assert boundary(cast.id, report=report) is None
    assert kinds(cast) == before
    assert not Generation.objects.get(cast=cast).orphans.exists()


@pytest.mark.failure("C14")
@pytest.mark.parametrize(("resubmit", "calls"), [(False, 1), (True, 2)])
def test_a_call_that_must_not_be_made_twice_is_not_when_its_answer_was_lost(
    begin: Begin, trial: TrialAdapter, *, resubmit: bool, calls: int
) -> None:
    """Guard: the executor tells an answer that was lost from a call that failed."""
    trial.answers = [ConnectionLost("the connection broke", ambiguous=True)]
    policy = {"attempts": 3, "backoff_s": 0}
    cast = carry_on(begin(step("one", "once", retry=policy, resubmit=resubmit)))
    assert len(trial.calls) == calls
    if resubmit:
        assert cast.status == Status.SUCCEEDED
    else:
        assert cast.failure is not None
        assert cast.failure["code"] == "submit_unknown"
