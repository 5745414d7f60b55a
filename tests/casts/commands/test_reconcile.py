"""Finding and repairing stuck casts from a shell."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection
from django.db.models import F
from django_q.models import OrmQ

from casts import engine
from casts.engine.boundary import boundary
from casts.models import Cast
from casts.reconciling.only_one import only_one
from casts.states import Reason, Status
from generations.models import Generation
from generations.states import Status as Attempt
from spellhub.events.models import Event
from spellhub.identifiers import uuid7
from tests.casts.commands.conftest import Run
from tests.casts.engine.conftest import Begin, step
from tests.tools import TrialAdapter

NOW = ("--wait", "0s")
AGO = timedelta(minutes=5)


def age(cast: Cast) -> Cast:
    """Let five minutes pass for a cast and its attempts."""
    for rows in (Cast.objects.filter(pk=cast.pk), Generation.objects.filter(cast=cast)):
        columns = ["created_at", "started_at", "deadline_at"]
        if rows.model is Generation:
            columns += ["lease_until", "next_look_at"]
        for column in columns:
            rows.filter(**{f"{column}__isnull": False}).update(**{column: F(column) - AGO})
    cast.refresh_from_db()
    return cast


@pytest.fixture
def unstarted(begin: Begin) -> Cast:
    return age(begin(step("only"), slug="unstarted"))


@pytest.fixture
def abandoned(begin: Begin) -> Cast:
    """A cast whose worker died in the middle of a step."""
    cast = begin(step("only", deadline_s=600), slug="abandoned", deadline_s=7200)
    boundary(cast.pk)
    return age(cast)


@pytest.fixture
def overdue(begin: Begin) -> Cast:
    """A cast that should have ended, and whose worker died."""
    cast = begin(step("only"), slug="overdue", deadline_s=60)
    boundary(cast.pk)
    return age(cast)


def told(ran: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_nothing_stuck_is_nothing_to_do(run: Run, begin: Begin) -> None:
    begin(step("only"))
    ran = run("reconcile_casts")
    assert (ran.code, ran.out) == (0, "")
    assert "0 stuck of 1 open" in ran.err


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(
    run: Run, unstarted: Cast, abandoned: Cast, overdue: Cast
) -> None:
    before = list(Cast.objects.order_by("pk").values())
    messages = OrmQ.objects.count()
    ran = run("reconcile_casts", "--dry-run")
    assert ran.code == 0
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert [(row[0], row[1], row[3], row[5]) for row in rows] == [
        (str(unstarted.pk), "unstarted v1", "never_started", "hand to a worker"),
        (
            str(abandoned.pk),
            "abandoned v1",
            "lease_expired",
            "give to another worker (lost 1 of 5)",
        ),
        (str(overdue.pk), "overdue v1", "past_deadline", "fail the cast"),
    ]
    assert "nothing changed. Apply: manage.py reconcile_casts" in ran.err
    assert list(Cast.objects.order_by("pk").values()) == before
    assert OrmQ.objects.count() == messages


def test_check_ends_with_3_when_something_is_stuck(run: Run, overdue: Cast) -> None:
    ran = run("reconcile_casts", "--check")
    assert ran.code == 3
    overdue.refresh_from_db()
    assert overdue.status == Status.RUNNING


@pytest.mark.failure("C6")
def test_an_overdue_cast_is_ended_by_the_engine_in_the_name_of_reconcile(
    run: Run, overdue: Cast
) -> None:
    """Guards the deadline of a cast, driven by ``reconcile_casts`` when nobody else came."""
    ran = run("reconcile_casts", "--json", "--reason", "night  shift", *NOW)
    assert ran.code == 0
    overdue.refresh_from_db()
    assert overdue.status == Status.FAILED
    assert overdue.failure is not None
    assert overdue.failure["code"] == "cast_deadline_exceeded"
    last = Event.objects.filter(topic=overdue.topic).latest("seq")
    assert (last.kind, last.actor) == ("cast_failed", "reconcile: night shift")
    [row] = told(ran)["stuck"]
    assert (row["cast"], row["outcome"], row["error"]) == (str(overdue.pk), "repaired", None)


@pytest.mark.failure("B4")
def test_what_a_worker_must_do_counts_as_repaired_only_when_one_was_seen_to(
    run: Run, abandoned: Cast, unstarted: Cast
) -> None:
    """Guards that a hint is not taken for a repair: without a worker it ends with 4."""
    OrmQ.objects.all().delete()
    ran = run("reconcile_casts", "--json", *NOW)
    assert ran.code == 4
    assert {row["outcome"] for row in told(ran)["stuck"]} == {"not_repaired"}
    assert all("is one running?" in row["error"] for row in told(ran)["stuck"])
    hinted = {message.task["args"] for message in OrmQ.objects.all()}
    assert hinted == {(str(abandoned.pk),), (str(unstarted.pk),)}


@pytest.mark.django_db(transaction=True)
def test_with_a_worker_it_waits_until_the_casts_go_on(
    run: Run, abandoned: Cast, unstarted: Cast, worker: None
) -> None:
    ran = run("reconcile_casts", "--wait", "30s")
    assert ran.code == 0
    assert ran.out.count("\trepaired") == len(ran.out.splitlines())
    for cast in (abandoned, unstarted):
        cast.refresh_from_db()
        assert cast.status in {Status.RUNNING, Status.SUCCEEDED}


@pytest.mark.failure("C14")
def test_a_call_that_may_have_been_made_is_left_to_a_person(
    run: Run, begin: Begin, trial: TrialAdapter
) -> None:
    """Guards the intent of tools that must not run twice: it ends with 4, and calls nothing."""
    cast = begin(step("pay", tool="once", deadline_s=600), deadline_s=7200)
    boundary(cast.pk)
    age(cast)
    ran = run("reconcile_casts", "--json", *NOW)
    assert ran.code == 4
    [row] = told(ran)["stuck"]
    assert row["action"] == "fail the step: a person must decide"
    assert row["outcome"] == "needs_person"
    cast.refresh_from_db()
    assert cast.failure is not None
    assert cast.failure["code"] == "submit_unknown"
    assert trial.calls == []


def test_a_run_may_be_about_some_casts_only(
    run: Run, unstarted: Cast, abandoned: Cast, overdue: Cast
) -> None:
    def found(*words: object) -> set[str]:
        ran = run("reconcile_casts", "--check", *words)
        return {line.split("\t")[0] for line in ran.out.splitlines()}

    everything = {str(cast.pk) for cast in (unstarted, abandoned, overdue)}
    assert found() == everything
    assert found("--cast", abandoned.pk) == {str(abandoned.pk)}
    assert found("--cast", abandoned.pk, "--cast", overdue.pk) == {
        str(abandoned.pk),
        str(overdue.pk),
    }
    assert found("--only", "never_started,past_deadline") == everything - {str(abandoned.pk)}
    assert found("--older-than", "4m") == everything
    assert found("--older-than", "1h") == set()
    assert len(found("--limit", "1")) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["--cast", str(uuid7())],
        ["--cast", "nonsense"],
        ["--only", "lonely"],
        ["--only", ","],
        ["--older-than", "soon"],
        ["--limit", "0"],
    ],
)
def test_bad_usage_is_refused(run: Run, db: None, words: list[str]) -> None:
    assert run("reconcile_casts", *words).code != 0


def test_a_second_run_at_the_same_time_ends_with_75(run: Run, overdue: Cast) -> None:
    with held_elsewhere():
        ran = run("reconcile_casts", "--dry-run")
    assert (ran.code, ran.out) == (75, "")
    assert "Another reconcile_casts is running" in ran.err
    assert run("reconcile_casts", "--dry-run").code == 0


def test_a_fault_on_one_cast_does_not_stop_the_others(
    run: Run, overdue: Cast, unstarted: Cast
) -> None:
    look = engine.look

    def faulty(pk: Any, *, actor: str) -> None:
        if pk == unstarted.pk:
            raise DatabaseError("gone")
        look(pk, actor=actor)

    with patch("casts.reconciling.repairing.engine.look", faulty):
        ran = run("reconcile_casts", "--json", *NOW)
    assert ran.code == 1
    outcomes = {row["cast"]: row["outcome"] for row in told(ran)["stuck"]}
    assert outcomes == {str(overdue.pk): "repaired", str(unstarted.pk): "error"}


def test_json_is_one_object_that_says_what_was_found_and_done(run: Run, overdue: Cast) -> None:
    found = told(run("reconcile_casts", "--json", "--dry-run"))
    assert (found["schema"], found["dry_run"], found["scanned"]) == (1, True, 1)
    assert found["summary"] == {"stuck": 1, "untouched": 1}
    [row] = found["stuck"]
    assert (row["spell"], row["step"], row["reason"]) == (
        "overdue v1",
        "only",
        Reason.PAST_DEADLINE,
    )
    assert "should have ended" in row["evidence"]


def test_a_cast_that_lost_too_many_workers_fails(run: Run, abandoned: Cast) -> None:
    Generation.objects.filter(cast=abandoned, status=Attempt.RUNNING).update(lost=4)
    ran = run("reconcile_casts", "--json", *NOW)
    assert ran.code == 0
    [row] = told(ran)["stuck"]
    assert row["action"] == "fail the step: too many workers were lost"
    abandoned.refresh_from_db()
    assert abandoned.status == Status.FAILED


@contextmanager
def held_elsewhere() -> Iterator[None]:
    """Hold the lock as another process would: with a connection of its own."""
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with only_one("reconcile"):
            held.set()
            release.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    yield
    release.set()
    thread.join()
