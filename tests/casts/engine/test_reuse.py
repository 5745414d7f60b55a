"""`cache: true`: what an earlier attempt gave stands for a new one, at no cost."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from casts import engine, library
from casts.models import Cast, Skip
from casts.states import Status
from generations.adapters.base import Call
from generations.models import Artifact, ArtifactLink, Charge, Generation
from generations.tools import catalogue
from generations.uploads import upload
from spellhub.events.models import Event
from spellhub.identifiers import uuid7
from tests.casts.engine.conftest import Begin, step
from tests.casts.engine.test_run import carry_on
from tests.factories import CastFactory, GenerationFactory, UserFactory, just_now
from tests.tools import TrialAdapter

pytestmark = pytest.mark.django_db

OUTPUTS = {"got": "${{ steps.one.value }}"}


def again(cast: Cast, **more: Any) -> Cast:
    """Cast the same version once more, for the same account unless it is said."""
    account = more.pop("account", cast.account)
    inputs = more.pop("inputs", cast.inputs)
    made = engine.begin(cast.version, account, inputs, source="api", actor="key:test", **more)
    return carry_on(made)


def one(cast: Cast) -> Generation:
    return Generation.objects.get(cast=cast, step="one")


@pytest.fixture
def first(begin: Begin, trial: TrialAdapter) -> Cast:
    spell = step("one", value="${{ inputs.n }}", cache=True)
    return carry_on(begin(spell, outputs=OUTPUTS))


def test_the_same_inputs_are_answered_without_calling_the_tool(
    first: Cast, trial: TrialAdapter
) -> None:
    second = again(first)
    assert second.status == Status.SUCCEEDED
    assert second.outputs == first.outputs
    assert len(trial.calls) == 1
    assert one(second).cached_from == one(first)
    assert one(second).started_at is not None
    assert not Charge.objects.filter(generation__cast=second).exists()


def test_the_event_says_why_nothing_ran(first: Cast) -> None:
    second = again(first)
    event = Event.objects.get(topic=second.topic, kind="step_succeeded")
    assert event.data["reused_from"] == {"cast": str(first.id), "generation": str(one(first).id)}
    assert event.data["reason"].startswith("The same inputs gave this at ")
    kinds = Event.objects.filter(topic=second.topic).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["cast_created", "cast_started", "step_succeeded", "cast_succeeded"]


def test_other_inputs_call_the_tool(first: Cast, trial: TrialAdapter) -> None:
    second = again(first, inputs={"n": 2})
    assert len(trial.calls) == 2
    assert one(second).cached_from is None


@pytest.mark.failure("K1")
def test_another_account_calls_the_tool(first: Cast, trial: TrialAdapter) -> None:
    """Guard: the account is part of the key."""
    second = again(first, account=UserFactory())
    assert len(trial.calls) == 2
    assert one(second).cached_from is None


def test_another_version_of_the_tool_is_called(
    first: Cast, trial: TrialAdapter, account: User
) -> None:
    catalogue.unregister(trial.name)
    trial.version = "2"
    catalogue.register(trial)
    spell = first.version.spell
    version, is_new = library.save(first.version.definition, account, spell=spell)
    assert is_new
    carry_on(engine.begin(version, account, {}, source="api", actor="key:test"))
    assert len(trial.calls) == 2


def test_a_request_may_want_everything_anew(first: Cast, trial: TrialAdapter) -> None:
    second = again(first, uses_cache=False)
    assert len(trial.calls) == 2
    assert one(second).cached_from is None
    assert one(again(first)).cached_from == one(second), "the newest is what is reused"


@pytest.mark.parametrize(("age_s", "is_reused"), [(50, True), (61, False)])
def test_what_is_older_than_the_step_allows_is_made_anew(
    begin: Begin, trial: TrialAdapter, *, age_s: int, is_reused: bool
) -> None:
    first = carry_on(begin(step("one", cache={"ttl_s": 60}), outputs=OUTPUTS))
    key = one(first).cache_key
    Generation.objects.filter(cast=first).update(cache_key=None)
    GenerationFactory(
        cast=CastFactory(account=first.account),
        status="succeeded",
        outputs={"value": "old"},
        cache_key=key,
        finished_at=just_now() - timedelta(seconds=age_s),
    )
    assert again(first).outputs == {"got": "old" if is_reused else "v"}
    assert len(trial.calls) == (1 if is_reused else 2)


def test_what_was_reused_does_not_stay_young_by_it(first: Cast) -> None:
    second = again(first)
    third = again(second)
    assert one(third).cached_from == one(first)


def test_a_step_that_is_asked_to_run_again_runs(begin: Begin, trial: TrialAdapter) -> None:
    spell = (step("one", value=1, cache=True), step("bad", "broken"))
    first = carry_on(begin(*spell))
    assert first.status == Status.FAILED
    engine.retry(first.id, actor="user:ada", reason="all of it", from_step="one")
    carry_on(first)
    calls = [call for call in trial.calls if call[0] == "trial.echo"]
    assert len(calls) == 2


def test_a_failed_attempt_is_never_reused(begin: Begin, trial: TrialAdapter) -> None:
    first = carry_on(begin(step("one", "broken", cache=True)))
    second = again(first)
    assert second.status == Status.FAILED
    assert len(trial.calls) == 2


def test_a_step_that_does_not_say_so_is_not_reused(begin: Begin, trial: TrialAdapter) -> None:
    first = carry_on(begin(step("one")))
    assert one(first).cache_key is None
    again(first)
    assert len(trial.calls) == 2


def test_later_steps_follow_from_what_was_reused(begin: Begin, trial: TrialAdapter) -> None:
    spell = (
        step("one", cache=True),
        step("two", value="${{ steps.one.value }}!", cache=True),
        step("three", value="${{ steps.two.value }}?"),
    )
    first = carry_on(begin(*spell, outputs={"got": "${{ steps.three.value }}"}))
    assert again(first).outputs == first.outputs == {"got": "v!?"}
    assert len(trial.calls) == 4


def test_each_item_is_reused_by_itself(begin: Begin, trial: TrialAdapter) -> None:
    many = step("one", value="${{ item }}", for_each="${{ inputs.list }}", cache=True)
    listed = {"list": {"type": "array", "items": {"type": "integer"}}}
    first = carry_on(begin(many, inputs={"list": [1, 2, 3]}, properties=listed, outputs=OUTPUTS))
    second = again(first, inputs={"n": 1, "list": [3, 4, 1]})
    assert second.outputs == {"got": [3, 4, 1]}
    assert len(trial.calls) == 4
    assert _reused(second) == [True, False, True]


def _reused(cast: Cast) -> list[bool]:
    found = Generation.objects.filter(cast=cast).order_by("item")
    return [row.cached_from_id is not None for row in found]


def test_files_count_by_content_and_each_attempt_has_its_own_links(
    begin: Begin, trial: TrialAdapter
) -> None:
    def make(call: Call) -> Mapping[str, Any]:
        kept = call.keep([b"the same words"], media_type="text/plain", name="words.txt")
        return {"value": kept.id}

    trial.behave = make
    spell = (
        step("make", "custom", value=1),
        step("one", "file", value="${{ steps.make.value }}", cache=True),
        step("copy", "custom", value="${{ steps.one.value }}", cache=True),
    )
    first = carry_on(begin(*spell, outputs={"file": "${{ steps.copy.value }}"}))
    second = again(first)
    assert [call[0] for call in trial.calls].count("trial.file") == 1, "another link, one file"
    assert Artifact.objects.count() == 1
    assert first.outputs
    assert second.outputs
    assert first.outputs["file"] != second.outputs["file"]
    link = ArtifactLink.objects.get(pk=second.outputs["file"])
    assert (link.generation.cast_id if link.generation else None) == second.id
    assert (link.account, link.name) == (second.account, "words.txt")


def test_the_key_of_an_identifier_that_is_no_file_is_the_identifier(
    begin: Begin, trial: TrialAdapter
) -> None:
    first = carry_on(begin(step("one", value=str(uuid7()), cache=True)))
    assert one(again(first)).cached_from == one(first)


NO = "${{ inputs.n == `2` }}"


@pytest.mark.parametrize(
    "others",
    [
        [step("out", when=NO, needs=[])],
        [step("out", when=NO, needs=["one"]), step("more", needs=["one"], cache=True)],
        [step("out", value="${{ item }}", for_each="${{ inputs.list }}", needs=["one"])],
    ],
)
def test_what_is_left_out_beside_what_is_reused_is_left_out_once(
    begin: Begin, others: list[dict[str, Any]]
) -> None:
    listed = {"list": {"type": "array", "items": {"type": "integer"}, "default": []}}
    first = carry_on(begin(step("one", cache=True, needs=[]), *others, properties=listed))
    second = again(first)
    assert (first.status, second.status) == (Status.SUCCEEDED, Status.SUCCEEDED)
    assert Skip.objects.filter(cast=second).count() == 1


def test_an_identifier_that_is_only_text_is_not_taken_for_its_file(
    begin: Begin, trial: TrialAdapter, account: User
) -> None:
    text = {"value": {"type": "string"}}
    one = step("one", value="${{ inputs.value }}", cache=True)
    first = begin(one, properties=text, inputs={"value": "words"})
    links = [upload(account, [b"the same"]) for _ in range(2)]
    carry_on(first)
    for link in links:
        again(first, inputs={"value": str(link.pk)})
    assert len(trial.calls) == 3
