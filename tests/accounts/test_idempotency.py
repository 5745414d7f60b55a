"""The same request twice makes one cast."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.models import F

from casts.models import Cast
from spellhub.accounts import idempotency
from spellhub.accounts.idempotency import LIFETIME, Answer, Attempt, once, purge
from spellhub.accounts.models import IdempotencyKey
from spellhub.events.models import Event as CastEvent
from spellhub.rest.problems import Problem
from tests.clients import Api
from tests.factories import UserFactory

ORDER = {"spell": "hello", "inputs": {}, "metadata": {"order": 1}}
ATTEMPT = Attempt("account:1", "casts", "a-key", "digest")


@pytest.fixture
def api(db: None) -> Api:
    api = Api()
    api.save_spell()
    return api


@pytest.mark.failure("B6")
def test_the_same_key_and_body_give_the_first_answer_again(api: Api) -> None:
    """Guard: the key's row is written in the transaction that makes the cast."""
    first = api.post("casts/", ORDER, Idempotency_Key="k")
    again = api.send(
        "POST",
        "casts/",
        b'{"metadata": {"order": 1}, "inputs": {}, "spell": "hello"}',
        Idempotency_Key="k",
    )
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert Cast.objects.count() == 1
    assert CastEvent.objects.count() == 1


def test_the_first_answer_stays_although_the_cast_went_on(api: Api) -> None:
    first = api.post("casts/", ORDER, Idempotency_Key="k")
    api.post(f"casts/{first.json()['id']}/cancel/")
    assert api.post("casts/", ORDER, Idempotency_Key="k").json() == first.json()


@pytest.mark.failure("B6")
def test_the_same_key_with_another_body_is_422(api: Api) -> None:
    """Guard: the digest of what was asked is compared."""
    api.post("casts/", ORDER, Idempotency_Key="k")
    answer = api.post("casts/", {**ORDER, "metadata": {"order": 2}}, Idempotency_Key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Cast.objects.count() == 1


def test_another_key_or_none_makes_another_cast(api: Api) -> None:
    for headers in ({"Idempotency_Key": "a"}, {"Idempotency_Key": "b"}, {}, {}):
        assert api.post("casts/", ORDER, **headers).status_code == 202
    assert Cast.objects.count() == 4


@pytest.mark.failure("K1")
def test_keys_are_each_accounts_own(api: Api) -> None:
    """Guard: the account is part of a remembered answer's key."""
    other = Api()
    other.save_spell("hello-too")
    api.post("casts/", ORDER, Idempotency_Key="k")
    answer = other.post("casts/", {"spell": "hello-too"}, Idempotency_Key="k")
    assert (answer.status_code, answer.json()["account"]) == (202, other.account.username)


def test_a_service_keys_keys_are_of_the_account_it_acts_for(api: Api) -> None:
    service = Api(is_service=True)
    UserFactory(username="bob")
    api.patch("spells/hello/", {"visibility": "public"})
    order = {"spell": "hello"}
    accounts = [
        service.post(f"casts/?account={name}", order, Idempotency_Key="k").json()["account"]
        for name in (api.account.username, "bob", "bob")
    ]
    assert accounts == [api.account.username, "bob", "bob"]
    assert Cast.objects.count() == 2


@pytest.mark.failure("B6")
def test_a_request_that_was_refused_leaves_its_key_free(api: Api) -> None:
    """Guard: the key's row is of the transaction that makes the cast."""
    assert api.post("casts/", {"spell": "none"}, Idempotency_Key="k").status_code == 404
    wrong = {**ORDER, "inputs": {"x": 1}}
    assert api.post("casts/", wrong, Idempotency_Key="k").status_code == 422
    assert api.post("casts/", ORDER, Idempotency_Key="k").status_code == 202


def test_a_run_of_a_tool_is_made_once_too(api: Api) -> None:
    order = {"inputs": {"template": "x"}}
    first = api.post("tools/text.template/run/", order, Idempotency_Key="k")
    again = api.post("tools/text.template/run/", order, Idempotency_Key="k")
    assert first.json() == again.json()
    other = api.post("tools/text.choose/run/", order, Idempotency_Key="k")
    assert other.status_code == 422
    assert Cast.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", " k", "k ", "é", "k" * 256, "a\tb"])
def test_a_key_that_is_none_is_400(api: Api, key: str) -> None:
    answer = api.post("casts/", ORDER, Idempotency_Key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
    assert Cast.objects.count() == 0


def test_a_key_counts_for_24_hours(api: Api) -> None:
    api.post("casts/", ORDER, Idempotency_Key="k")
    IdempotencyKey.objects.update(expires_at=F("expires_at") - LIFETIME)
    again = api.post("casts/", ORDER, Idempotency_Key="k")
    assert (again.status_code, "Idempotent-Replayed" in again) == (202, False)
    assert (Cast.objects.count(), IdempotencyKey.objects.count()) == (2, 1)


def test_expired_keys_are_purged_and_no_others(api: Api) -> None:
    for key in ("old", "older", "young"):
        api.post("casts/", ORDER, Idempotency_Key=key)
    old = IdempotencyKey.objects.exclude(key="young")
    old.update(expires_at=F("expires_at") - LIFETIME)
    assert (purge(), purge()) == (2, 0)
    assert IdempotencyKey.objects.get().key == "young"


@pytest.mark.failure("B6")
@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_makes_the_cast_and_all_get_its_answer() -> None:
    """Guard: the unique index on the owner, the endpoint and the key; a loser waits on it."""
    api = Api()
    api.save_spell()
    start = Barrier(20)

    def post(_: int) -> Any:
        start.wait()
        try:
            return api.post("casts/", ORDER, Idempotency_Key="k")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(post, range(20)))
    assert Cast.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {202, 409}
    made = [answer for answer in answers if answer.status_code == 202]
    assert len({answer.json()["id"] for answer in made}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in made) == 1


@contextmanager
def a_first_request_under_way(end: Callable[[], None]) -> Iterator[Event]:
    """Hold a key in a transaction of another connection until the event is set; then ``end`` it."""
    held, release = Event(), Event()

    def first() -> None:
        def make() -> Answer:
            held.set()
            assert release.wait(30)
            end()
            return Answer(202, {"made": "by the first"}, "/there/")

        try:
            once(ATTEMPT, make)
        except ZeroDivisionError:
            pass
        finally:
            connections.close_all()

    thread = Thread(target=first)
    thread.start()
    assert held.wait(10)
    try:
        yield release
    finally:
        release.set()
        thread.join()


def commit() -> None:
    """Let the first one do its work."""


def roll_back() -> None:
    raise ZeroDivisionError


def later(release: Event) -> Answer:
    """Ask the same while the first is under way, and let that end a moment afterwards."""
    with ThreadPoolExecutor(1) as pool:

        def ask() -> Answer:
            try:
                return once(ATTEMPT, lambda: Answer(202, {"made": "by the second"}, "/here/"))
            finally:
                connections.close_all()

        asking = pool.submit(ask)
        with pytest.raises(TimeoutError):
            asking.result(0.3)
        release.set()
        return asking.result(30)


@pytest.mark.django_db(transaction=True)
def test_a_second_request_waits_for_the_first_and_gets_its_answer() -> None:
    with a_first_request_under_way(commit) as release:
        answer = later(release)
    assert (answer.body, answer.is_replay) == ({"made": "by the first"}, True)


@pytest.mark.django_db(transaction=True)
def test_a_second_request_goes_on_where_the_first_was_undone() -> None:
    with a_first_request_under_way(roll_back) as release:
        answer = later(release)
    assert (answer.body, answer.is_replay) == ({"made": "by the second"}, False)
    assert IdempotencyKey.objects.get().response == {"made": "by the second"}


@pytest.mark.django_db(transaction=True)
def test_a_second_request_does_not_wait_long(database: str) -> None:
    """409, or on SQLite, where all writers wait for each other, the database's own refusal."""
    if database == "sqlite":
        # Its own patience is 20 s; the test's is shorter.
        connection.ensure_connection()
        connection.connection.execute("PRAGMA busy_timeout = 200")
    with a_first_request_under_way(commit):
        refusal = Problem if database == "postgres" else OperationalError
        with pytest.raises(refusal) as refused:
            once(ATTEMPT, lambda: Answer(202, {}, ""))
    connection.close()
    if isinstance(refused.value, Problem):
        assert (refused.value.status, refused.value.code) == (409, "idempotency_in_flight")
        assert refused.value.headers == {"Retry-After": str(idempotency.RETRY_IN_S)}


@pytest.mark.django_db(transaction=True)
def test_the_short_patience_is_over_when_the_key_is_taken(database: str) -> None:
    if database == "sqlite":
        pytest.skip("SQLite knows no lock timeout of a transaction")

    def patience() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            return str(cursor.fetchone()[0])

    found: list[str] = []

    def make() -> Answer:
        found.append(patience())
        return Answer(202, {}, "")

    usual = patience()
    once(ATTEMPT, make)
    assert found == [usual]
    assert usual != idempotency.PATIENCE
    with transaction.atomic():
        assert patience() == usual
