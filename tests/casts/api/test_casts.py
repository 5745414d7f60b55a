"""Casting over the API: what is accepted, what is refused, what is listed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django_q.models import OrmQ

from casts import engine
from casts.api.casts import CastOrder
from casts.models import Cast, Spell
from casts.states import Status
from generations.models import Generation
from generations.tools import catalogue
from spellhub.accounts.models import IdempotencyKey
from spellhub.events.models import Event
from spellhub.rest.bodies import read
from spellhub.rest.problems import Problem
from tests.clients import Api, flaws
from tests.factories import CastFactory, SpellVersionFactory, UserFactory
from tests.tools import TrialAdapter

TITLED: dict[str, Any] = {
    "inputs": {
        "type": "object",
        "required": ["title"],
        "properties": {
            "title": {"type": "string", "maxLength": 5},
            "seed": {"type": "integer", "default": 1},
            "file": {"type": "string", "format": "artifact"},
        },
    }
}


@pytest.fixture
def api(db: None) -> Api:
    api = Api()
    api.save_spell()
    return api


def test_a_cast_is_accepted_with_its_address(api: Api) -> None:
    answer = api.post("casts/", {"spell": "hello", "metadata": {"order": 7}})
    assert answer.status_code == 202
    body = answer.json()
    assert answer["Location"] == body["links"]["self"]
    assert api.get(body["links"]["self"]).json() == body
    assert (body["status"], body["version"], body["source"]) == ("queued", 1, "api")
    assert body["metadata"] == {"order": 7}
    cast = Cast.objects.get()
    assert (cast.account, cast.api_key) == (api.account, api.row)
    assert Event.objects.get().actor == f"key:{api.row.prefix}"
    assert OrmQ.objects.count() == 1


@pytest.mark.parametrize(
    ("header", "uses_cache"),
    [("", True), ("max-age=0", True), ("no-cache", False), ("No-Transform, No-Cache", False)],
)
def test_a_request_says_whether_what_was_made_before_may_be_reused(
    api: Api, header: str, *, uses_cache: bool
) -> None:
    headers = {"Cache_Control": header} if header else {}
    assert api.post("casts/", {"spell": "hello"}, **headers).status_code == 202
    assert Cast.objects.get().uses_cache == uses_cache


def test_an_older_version_can_be_cast(api: Api) -> None:
    api.patch("spells/hello/", {"description": "Newer."})
    api.patch("spells/hello/", {"steps": [template("newest")]})
    assert api.cast()["version"] == 3
    assert api.cast(version=1)["version"] == 1


def template(text: str) -> dict[str, Any]:
    return {"key": "only", "tool": "text.template", "inputs": {"template": text}}


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"spell": "none"}, "/spell", "unknown_spell"),
        ({"spell": "Hello"}, "/spell", "unknown_spell"),
        ({"spell": "private"}, "/spell", "unknown_spell"),
        ({"spell": "hello", "version": 2}, "/version", "unknown_version"),
    ],
)
def test_a_spell_that_is_not_there_for_the_account_is_404(
    api: Api, body: dict[str, Any], pointer: str, code: str
) -> None:
    Api().save_spell("private")
    answer = api.post("casts/", body)
    assert answer.status_code == 404
    assert flaws(answer) == [(pointer, code)]
    assert not Cast.objects.exists()


@pytest.mark.parametrize("visibility", ["unlisted", "public"])
def test_the_caster_of_somebody_elses_spell_pays(api: Api, visibility: str) -> None:
    Api().save_spell("theirs", visibility=visibility)
    assert api.cast("theirs")["account"] == api.account.username


@pytest.mark.failure("C9")
@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, [("/inputs/title", "missing")]),
        ({"title": ""}, []),
        ({"title": "too long"}, [("/inputs/title", "wrong_length")]),
        ({"title": 0}, [("/inputs/title", "wrong_type")]),
        ({"title": "x", "seed": "1"}, [("/inputs/seed", "wrong_type")]),
        ({"title": "x", "sede": 1}, [("/inputs/sede", "unknown_field")]),
        ({"title": "x", "file": "nonsense"}, [("/inputs/file", "wrong_format")]),
        (
            {"title": "x", "file": "00000000-0000-7000-8000-000000000000"},
            [("/inputs/file", "artifact_unknown")],
        ),
        ({"seed": []}, [("/inputs/title", "missing"), ("/inputs/seed", "wrong_type")]),
    ],
)
def test_inputs_that_do_not_fit_are_422_with_pointers_before_anything_runs(
    api: Api, inputs: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """Guard: inputs are checked against the spell's schema before a row is written."""
    api.save_spell("titled", **TITLED)
    answer = api.post("casts/", {"spell": "titled", "inputs": inputs})
    if not expected:
        assert answer.status_code == 202
        return
    assert answer.status_code == 422
    assert sorted(flaws(answer)) == sorted(expected)
    assert not Cast.objects.exists()
    assert not OrmQ.objects.exists()


@pytest.mark.failure("K1")
def test_the_file_of_another_account_is_unknown(api: Api) -> None:
    """Guard: inputs may name files of the account only (uploads.unfit)."""
    api.save_spell("titled", **TITLED)
    theirs = Api().upload("a.txt", b"theirs").json()["id"]
    mine = api.upload("a.txt", b"theirs").json()["id"]
    inputs = {"title": "x", "file": theirs}
    assert flaws(api.post("casts/", {"spell": "titled", "inputs": inputs})) == [
        ("/inputs/file", "artifact_unknown")
    ]
    assert api.cast("titled", inputs={"title": "x", "file": mine})["inputs"]["file"] == mine


def test_an_archived_spell_is_409(api: Api) -> None:
    Spell.objects.update(archived=True)
    answer = api.post("casts/", {"spell": "hello"})
    assert (answer.status_code, answer.json()["code"]) == (409, "spell_archived")


def test_a_spell_whose_tool_is_gone_is_422(api: Api, trial: TrialAdapter) -> None:
    step = {"key": "a", "tool": "trial.echo", "inputs": {"value": 1}}
    api.save_spell("trial", steps=[step], outputs={})
    catalogue.unregister(trial.name)
    answer = api.post("casts/", {"spell": "trial"})
    catalogue.register(trial)
    assert (answer.status_code, answer.json()["code"]) == (422, "tool_gone")
    assert not Cast.objects.exists()


def test_a_spell_whose_tool_has_changed_is_422(api: Api) -> None:
    version = SpellVersionFactory(spell__owner=api.account, tool_versions={"text.template": "0"})
    answer = api.post("casts/", {"spell": version.spell.slug})
    assert (answer.status_code, answer.json()["code"]) == (422, "tool_changed")


@pytest.mark.parametrize("url", ["https://example.com/", None, "", 7])
def test_a_callback_url_is_refused_as_long_as_there_are_no_callbacks(api: Api, url: Any) -> None:
    answer = api.post("casts/", {"spell": "hello", "callback_url": url})
    assert answer.status_code == 422
    assert flaws(answer) == [("/callback_url", "not_supported")]


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ({}, ""),
        ({"a": {"b": {"c": {"d": {}}}}}, ""),
        ({"a": {"b": {"c": {"d": {"e": {}}}}}}, "too_deep"),
        ({"a": [[[[[]]]]]}, "too_deep"),
        ({"a": "x" * (16 * 1024 - 8)}, ""),
        ({"a": "x" * (16 * 1024 - 7)}, "too_large"),
        ({"a": "é" * (8 * 1024)}, "too_large"),
        ([], "wrong_type"),
    ],
)
def test_metadata_is_an_object_of_16_kib_and_5_levels(metadata: Any, code: str) -> None:
    body = {"spell": "hello", "metadata": metadata}
    if not code:
        assert read(CastOrder, body).metadata == metadata
        return
    with pytest.raises(Problem) as refused:
        read(CastOrder, body)
    assert refused.value.status == 422
    assert [(flaw.pointer, flaw.code) for flaw in refused.value.errors] == [("/metadata", code)]


def test_an_unknown_field_is_named_with_what_may_be_meant(api: Api) -> None:
    answer = api.post("casts/", {"spell": "hello", "input": {}})
    assert (answer.status_code, flaws(answer)) == (422, [("/input", "unknown_field")])
    assert "did you mean `inputs`?" in answer.json()["detail"]


class Faults:
    """Lets chosen statements of this connection fail as a database that is away does."""

    def __init__(self, is_hit: Callable[[str], bool], times: int) -> None:
        self.is_hit, self.left = is_hit, times

    def __call__(self, execute: Any, sql: str, *more: Any) -> Any:
        if self.left and self.is_hit(sql):
            self.left -= 1
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, *more)


def inserts_event(sql: str) -> bool:
    return sql.startswith("INSERT") and "events_event" in sql


def nothing_is_left() -> bool:
    return not any(model.objects.exists() for model in (Cast, Event, OrmQ, IdempotencyKey))


@pytest.mark.failure("A2")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k"}])
def test_a_passing_fault_of_the_database_is_tried_again(headers: dict[str, str]) -> None:
    """Guard: the whole transaction that makes the cast is repeated, a bounded number of times."""
    api = Api()
    api.save_spell()
    faults = Faults(inserts_event, times=2)
    with connection.execute_wrapper(faults):
        answer = api.post("casts/", {"spell": "hello"}, **headers)
    assert (answer.status_code, faults.left) == (202, 0)
    cast = Cast.objects.get()
    assert str(cast.id) == answer.json()["id"]
    assert [event.kind for event in Event.objects.all()] == ["cast_created"]
    assert OrmQ.objects.count() == 1


@pytest.mark.failure("A2")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k"}])
def test_a_cast_that_cannot_be_written_is_an_error_and_leaves_nothing(
    headers: dict[str, str],
) -> None:
    """Guard: the cast, its first event and its hint are one transaction."""
    api = Api()
    api.save_spell()
    faults = Faults(inserts_event, times=99)
    with connection.execute_wrapper(faults):
        answer = api.post("casts/", {"spell": "hello"}, **headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer["Retry-After"]
    assert faults.left == 94
    assert nothing_is_left()


@contextmanager
def a_commit_whose_answer_is_lost() -> Iterator[list[int]]:
    """Let the next commits of this connection arrive, and then say that they did not."""
    commits: list[int] = []
    wrapper: Any = connection
    real = wrapper._commit

    def lossy() -> None:
        real()
        commits.append(1)
        raise InterfaceError("connection lost at COMMIT")

    wrapper._commit = lossy
    try:
        yield commits
    finally:
        wrapper._commit = real


@pytest.mark.failure("B6")
@pytest.mark.django_db(transaction=True)
def test_a_commit_of_which_nobody_knows_is_never_made_a_second_time() -> None:
    """Guard: without a key, only what was surely undone is repeated."""
    api = Api()
    api.save_spell()
    api.get("casts/")
    with a_commit_whose_answer_is_lost():
        answer = api.post("casts/", {"spell": "hello"})
    assert (answer.status_code, answer.json()["code"]) == (503, "commit_unknown")
    assert Cast.objects.count() == 1


def test_a_list_shows_the_newest_first_page_by_page(api: Api) -> None:
    made = [api.cast()["id"] for _ in range(5)]
    page = api.get("casts/", {"page_size": "2"}).json()
    seen = [cast["id"] for cast in page["results"]]
    assert page["previous"] is None
    api.cast()
    while page["next"]:
        page = api.get(page["next"]).json()
        seen += [cast["id"] for cast in page["results"]]
    assert seen == made[::-1]
    back = api.get(page["previous"]).json()
    assert [cast["id"] for cast in back["results"]] == made[1:3][::-1]


def made(account: Any, **columns: Any) -> str:
    return str(CastFactory(account=account, **columns).id)


def test_a_list_is_filtered(api: Api) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=1)
    account = api.account
    casts = {
        "failed": made(account, status=Status.FAILED),
        "done": made(account, status=Status.SUCCEEDED, source="admin"),
        "old": made(account, status=Status.QUEUED, created_at=long_ago),
    }
    hello = api.cast()["id"]

    def found(**query: Any) -> set[str]:
        answer = api.get("casts/", query)
        assert answer.status_code == 200, answer.content
        return {cast["id"] for cast in answer.json()["results"]}

    everything = {*casts.values(), hello}
    noon = (long_ago + timedelta(hours=1)).isoformat()
    assert found() == everything
    assert found(status="failed") == {casts["failed"]}
    assert found(status=["failed", "succeeded"]) == {casts["failed"], casts["done"]}
    assert found(spell="hello") == {hello}
    assert found(spell="hello", version="2") == set()
    assert found(source="admin") == {casts["done"]}
    assert found(code="tool_raised") == {casts["failed"]}
    assert found(stuck="true") == {casts["old"]}
    assert found(stuck="never_started") == {casts["old"]}
    assert found(stuck="lease_expired") == set()
    assert found(stuck="false") == everything - {casts["old"]}
    assert found(created_before=noon) == {casts["old"]}
    assert found(created_after=noon) == everything - {casts["old"]}
    assert found(account=account.username) == everything


@pytest.mark.parametrize(
    "query",
    [
        {"status": "done"},
        {"status": ["failed", "x"]},
        {"code": "none"},
        {"stuck": "maybe"},
        {"version": "one"},
        {"version": "9" * 30},
        {"version": "NaN"},
        {"created_after": "yesterday"},
        {"created_before": "2026-13-01"},
        {"spell": "a\x00"},
        {"cook": "1"},
        {"ordering": "id"},
    ],
)
def test_a_filter_that_is_wrong_is_400(api: Api, query: dict[str, Any]) -> None:
    answer = api.get("casts/", query)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query"), answer.content


def test_a_list_of_fifty_takes_a_few_queries(api: Api, django_assert_max_num_queries: Any) -> None:
    versions = [SpellVersionFactory(spell__owner=api.account) for _ in range(10)]
    for number in range(50):
        cast = CastFactory(version=versions[number % 10], status=Status.QUEUED)
        engine.run(cast.id)
    assert Generation.objects.count() == 50
    api.get("casts/")
    with django_assert_max_num_queries(8):
        answer = api.get("casts/")
    assert len(answer.json()["results"]) == 50
    assert {cast["steps"][0]["status"] for cast in answer.json()["results"]} == {"succeeded"}


def test_casting_takes_a_bounded_number_of_queries(
    api: Api, django_assert_max_num_queries: Any
) -> None:
    api.cast()
    with django_assert_max_num_queries(12):
        api.cast()
    with django_assert_max_num_queries(20):
        api.post("casts/", {"spell": "hello"}, Idempotency_Key="k")


def test_casts_of_other_accounts_are_not_listed(api: Api) -> None:
    CastFactory(account=UserFactory())
    assert api.get("casts/").json()["results"] == []
