"""Performing a call: every way it can end is a typed outcome."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from generations import executor
from generations.adapters.base import Call
from generations.models import Artifact, ArtifactLink
from generations.outcomes import Failed, Order, Outcome, Succeeded
from generations.uploads import upload
from tests.factories import UserFactory
from tests.tools import TrialAdapter

pytestmark = pytest.mark.django_db


def order(tool: str = "trial.custom", **more: Any) -> Order:
    columns: dict[str, Any] = {
        "generation": uuid4(),
        "cast": uuid4(),
        "account": 1,
        "spell": "trial v1",
        "step": "only",
        "attempt": 1,
        "epoch": 1,
        "tool": tool,
        "tool_version": "1",
        "inputs": {"value": 1},
        "seconds": 5.0,
        "deadline": datetime.now(UTC) + timedelta(seconds=5),
    }
    return Order(**columns | more)


def ended(trial: TrialAdapter, behave: Callable[[Call], Any], **more: Any) -> Outcome:
    trial.behave = behave
    return executor.perform(order(**more))


def code_of(outcome: Outcome) -> str:
    assert isinstance(outcome, Failed)
    return outcome.failure.code


@pytest.mark.failure("D5")
@pytest.mark.parametrize(
    "outputs",
    [
        {"text": "a\x00b"},
        {"text": "\ud800"},
        {"number": float("nan")},
        {"number": float("inf")},
        {"number": 2**70},
        {"when": datetime.now(UTC)},
        {1: "key"},
        {"text": "x" * 2_000_000},
    ],
    ids=["NUL", "surrogate", "NaN", "infinity", "huge number", "not JSON", "key", "huge"],
)
def test_outputs_that_cannot_be_stored_fail(trial: TrialAdapter, outputs: object) -> None:
    """Guard: executor._check_outputs."""
    assert code_of(ended(trial, lambda _: outputs)) == "bad_output"


@pytest.mark.failure("C9")
def test_inputs_that_do_not_fit_the_tool_fail_before_it_is_called(trial: TrialAdapter) -> None:
    """Guard: the tool's input schema is checked before the call."""
    outcome = executor.perform(order("trial.echo", inputs={"value": 1, "fail": "x"}))
    assert code_of(outcome) == "invalid_input"
    assert trial.calls == []


@pytest.mark.failure("D7")
def test_a_tool_is_found_by_its_key_alone(trial: TrialAdapter) -> None:
    """Guard: catalogue.get knows keys only; the title of trial.echo is `echo`."""
    assert code_of(executor.perform(order("echo"))) == "tool_gone"


@pytest.mark.failure("D6")
def test_another_version_of_the_tool_is_not_called(trial: TrialAdapter) -> None:
    """Guard: executor._tool compares the version that the step was made for."""
    outcome = executor.perform(order("trial.echo", tool_version="0"))
    assert isinstance(outcome, Failed)
    assert "was replaced" in outcome.failure.message
    assert trial.calls == []


def test_a_file_is_kept_with_where_it_came_from(trial: TrialAdapter) -> None:
    def keep(call: Call) -> dict[str, Any]:
        said = {"model": "m1", "step": "forged", "spell": "forged v9"}
        kept = call.keep([b"words"], media_type="text/html", name="a.txt", provenance=said)
        return {"file": kept.id}

    outcome = ended(trial, keep)
    assert isinstance(outcome, Succeeded)
    (kept,) = outcome.kept
    assert outcome.outputs == {"file": kept.ref.id}
    assert kept.ref.media_type == "text/plain"
    assert kept.provenance["tool"] == "trial.custom 1"
    assert kept.provenance["inputs"] == {"value": 1}
    assert kept.provenance["model"] == "m1"
    assert "forged" not in str(kept.provenance)
    assert Artifact.objects.get(pk=kept.artifact).size == 5
    assert ArtifactLink.objects.count() == 0


@pytest.mark.failure("K1")
def test_a_file_of_another_account_cannot_be_opened(trial: TrialAdapter) -> None:
    """Guard: a call opens files through the links of its cast's account."""
    owner, stranger = UserFactory(), UserFactory()
    link = upload(owner, [b"secret"])
    read: Callable[[Call], Any] = lambda call: {"text": call.open(str(link.id)).read().decode()}  # noqa: E731
    assert isinstance(ended(trial, read, account=owner.pk), Succeeded)
    assert code_of(ended(trial, read, account=stranger.pk)) == "invalid_input"


def test_a_full_disk_fails_the_step_with_its_cause(trial: TrialAdapter) -> None:
    def full(_: Call) -> Any:
        raise OSError(28, "No space left on device")

    outcome = ended(trial, full)
    assert isinstance(outcome, Failed)
    assert outcome.failure.code == "storage_failed"
    assert "No space left" in outcome.failure.message
    assert outcome.failure.retryable


def test_a_call_knows_that_it_is_still_wanted(trial: TrialAdapter) -> None:
    outcome = ended(trial, lambda call: {"wanted": call.is_wanted(), "key": call.key})
    assert isinstance(outcome, Succeeded)
    assert outcome.outputs["wanted"] is True
