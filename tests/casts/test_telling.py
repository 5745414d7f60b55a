"""Events as sentences."""

import pytest

from casts import engine
from casts.telling import _TELLINGS, tell
from spellhub.events.models import Event
from tests.casts.engine.conftest import Begin, account, begin, step

__all__ = ["account", "begin"]


def test_every_event_of_a_cast_has_a_sentence_of_its_own(begin: Begin) -> None:
    cast = begin(
        step("flaky", tool="flaky", inputs={"fail": 1}, retry={"attempts": 2, "backoff_s": 0}),
        step("never", when="${{ inputs.n > `9` }}"),
        step("bad", tool="broken"),
    )
    for _ in range(3):
        engine.run(cast.pk)
    engine.retry(cast.pk, actor="user:ada", reason="again")
    engine.cancel(cast.pk, actor="user:ada", reason="enough")
    kinds = set(Event.objects.filter(topic=cast.topic).values_list("kind", flat=True))
    assert {"cast_retried", "cast_cancelled", "step_skipped", "step_retry_scheduled"} <= kinds
    assert kinds <= set(_TELLINGS)


@pytest.mark.parametrize("kind", sorted(_TELLINGS))
def test_no_sentence_needs_more_than_the_event_has(kind: str) -> None:
    assert tell(kind, {}).sentence


def test_a_failure_is_told_with_what_its_code_means() -> None:
    told = tell("step_failed", {"step": "art", "failure": {"code": "out_of_memory"}})
    assert (told.state, told.sentence) == (
        "failed",
        "art failed: out_of_memory: The tool needed more memory than it may have.",
    )


def test_an_unknown_kind_is_told_by_its_name() -> None:
    assert tell("moon_rose", {}).sentence == "moon rose"
