"""Accepting a cast: all of it or nothing, and nothing in its place."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django_q.models import OrmQ

from casts import engine, library, tasks
from casts.engine import create
from casts.engine.boundary import boundary
from casts.engine.run import TRIES, through_faults
from casts.models import Cast, SpellVersion
from generations.models import Generation
from generations.tools import catalogue
from spellhub.events.models import Event
from tests.casts.engine.conftest import Begin, step
from tests.tools import TrialAdapter


@pytest.fixture
def version(trial: TrialAdapter, account: User) -> SpellVersion:
    spell = {
        "slug": "trial",
        "inputs": {"type": "object", "properties": {"n": {}}, "required": ["n"]},
        "steps": [step("only")],
    }
    return library.save(spell, account)[0]


@pytest.mark.failure("A2")
@pytest.mark.failure("B10")
@pytest.mark.parametrize("part", ["record", "hint"])
def test_a_cast_without_its_event_or_its_hint_is_not_made(
    version: SpellVersion, account: User, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """Guard: begin() writes the cast, its first event and its hint in one transaction."""

    def stop(*_: object, **__: object) -> None:
        raise RuntimeError("the process stops before the commit")

    monkeypatch.setattr(create, part, stop)
    with pytest.raises(RuntimeError):
        engine.begin(version, account, {"n": 1}, source="api", actor="key:test")
    assert [rows.objects.count() for rows in (Cast, Event, OrmQ)] == [0, 0, 0]


@pytest.mark.failure("A3")
@pytest.mark.django_db
def test_a_cast_that_is_not_there_is_nothing_else(begin: Begin) -> None:
    """Guard: Turn.take finds a cast by its id or raises; a message of an unknown one is dropped."""
    other, made_up = begin(step("only")), uuid4()
    with pytest.raises(Cast.DoesNotExist):
        boundary(made_up)
    tasks.look(str(made_up))
    other.refresh_from_db()
    assert (other.status, other.seq) == ("queued", 1)
    assert Generation.objects.count() == 0


@pytest.mark.failure("C9")
def test_inputs_that_do_not_fit_make_no_cast(version: SpellVersion, account: User) -> None:
    """Guard: begin() raises InputsInvalid for what check_inputs found."""
    with pytest.raises(engine.InputsInvalid) as refusal:
        engine.begin(version, account, {}, source="api", actor="key:test")
    assert [problem.pointer for problem in refusal.value.problems] == ["/n"]
    assert Cast.objects.count() == 0


@pytest.mark.failure("D6")
@pytest.mark.parametrize(("installed", "code"), [("2", "tool_changed"), (None, "tool_gone")])
def test_a_spell_whose_tool_changed_is_not_cast(
    version: SpellVersion, account: User, installed: str | None, code: str
) -> None:
    """Guard: begin() compares the tools with those the version was checked against."""
    catalogue.unregister("trial")
    if installed:
        catalogue.register(TrialAdapter(version=installed))
    with pytest.raises(engine.NotCastable) as refusal:
        engine.begin(version, account, {"n": 1}, source="api", actor="key:test")
    assert refusal.value.code == code
    assert Cast.objects.count() == 0


def failing(times: int) -> tuple[Callable[[], str], list[int]]:
    """Work that meets so many passing faults of the database first, and its calls."""
    calls: list[int] = []

    def work() -> str:
        calls.append(len(calls) + 1)
        if len(calls) <= times:
            raise OperationalError("the connection was reset")
        return "done"

    return work, calls


@pytest.mark.failure("A2")
@pytest.mark.django_db(transaction=True)
def test_passing_faults_of_the_database_are_tried_again() -> None:
    """Guard: through_faults repeats a transaction."""
    work, calls = failing(2)
    assert through_faults(work) == "done"
    assert calls == [1, 2, 3]


@pytest.mark.failure("A2")
@pytest.mark.failure("B7")
@pytest.mark.django_db(transaction=True)
def test_a_fault_that_stays_reaches_the_caller() -> None:
    """Guard: through_faults stops after so many tries, and raises."""
    work, calls = failing(99)
    with pytest.raises(OperationalError):
        through_faults(work)
    assert len(calls) == TRIES


@pytest.mark.failure("A2")
@pytest.mark.django_db
def test_a_fault_inside_a_larger_transaction_is_raised_at_once() -> None:
    """Guard: through_faults repeats nothing of a transaction that is not its own."""
    work, calls = failing(1)
    with pytest.raises(OperationalError):
        through_faults(work)
    assert calls == [1]
