"""Requests that wait, over ASGI as in production: nothing is held while they do."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import LazySettings
from django.core.asgi import get_asgi_application
from django.db import connection
from django.test import RequestFactory

from casts import engine
from casts.models import Cast
from spellhub.rest.waiting import seats, seconds_preferred
from tests.clients import ROOT, Api

together = pytest.mark.django_db(transaction=True)
ENOUGH_S = 10.0
communicator: Any = ApplicationCommunicator


def application() -> Any:
    return get_asgi_application()


def client_of(api: Api) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=application()),
        base_url=f"http://localhost{ROOT}",
        headers={"Authorization": f"Bearer {api.key}"},
    )


async def until(is_true: Callable[[], bool], what: str) -> None:
    """Wait for what another task or thread does."""
    end = time.monotonic() + ENOUGH_S
    while not is_true():
        assert time.monotonic() < end, f"{what} did not come"
        await asyncio.sleep(0.02)


def queued_cast() -> tuple[Api, str]:
    api = Api()
    api.save_spell()
    return api, api.cast()["id"]


async def cancel(cast: str) -> None:
    def do() -> None:
        engine.cancel(Cast.objects.get(pk=cast).pk, actor="key:test")
        connection.close()

    await sync_to_async(do, thread_sensitive=False)()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=5", 5),
        ("respond-async, wait=5", 5),
        ("WAIT = 7 ; x=y", 7),
        ('wait="9"', 9),
        ("wait=600", 60),
        ("wait=0", 0),
        ("wait=-1", 0),
        ("wait=soon", 0),
        ("wait", 0),
        ("wait=99999999999999", 0),
        ("", 0),
    ],
)
def test_a_preference_is_read_and_what_is_not_one_is_no_preference(
    header: str, seconds: int
) -> None:
    assert seconds_preferred(RequestFactory().get("/", headers={"Prefer": header})) == seconds


@together
@pytest.mark.parametrize("wait", ["61", "-1", "x", "1.5", "", "999999999999999999999"])
def test_a_wait_in_the_query_is_checked(wait: str) -> None:
    api, cast = queued_cast()
    answer = api.get(f"casts/{cast}/events/", {"wait": wait})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query")
    assert seats.taken == 0


@together
def test_many_requests_wait_without_a_thread_or_a_connection_each(database: str) -> None:
    api, cast = queued_cast()
    many, few = 40, 10

    async def scenario() -> tuple[int, list[httpx.Response]]:
        async with client_of(api) as client:
            before = threading.active_count()
            path = f"casts/{cast}/events/?after=1&wait=30"
            waiting = [asyncio.create_task(client.get(path)) for _ in range(many)]
            await until(lambda: seats.taken == many, "the last of them")
            await until(lambda: threading.active_count() - before < few, "fewer threads")
            counted = await sync_to_async(count_connections, thread_sensitive=False)()
            await cancel(cast)
            return counted, await asyncio.gather(*waiting)

    def count_connections() -> int:
        if database == "sqlite":
            return 0
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            )
            count = int(cursor.fetchone()[0])
        connection.close()
        return count

    connected, answers = asyncio.run(scenario())
    assert connected < few
    for answer in answers:
        assert [event["type"] for event in answer.json()["results"]] == ["cast_cancelled"]
    assert seats.taken == 0


@together
def test_a_request_that_finds_no_seat_does_nothing_and_is_told_when_to_come_back(
    settings: LazySettings,
) -> None:
    settings.MAX_WAITING = 1
    api, cast = queued_cast()

    async def scenario() -> tuple[httpx.Response, httpx.Response]:
        async with client_of(api) as client:
            first = asyncio.create_task(client.get(f"casts/{cast}/events/?after=1&wait=30"))
            await until(lambda: seats.taken == 1, "the first")
            refused = await client.post("casts/", json={"spell": "hello"}, headers=prefer(5))
            at_once = await client.post("casts/", json={"spell": "hello"})
            await cancel(cast)
            await first
            return refused, at_once

    refused, at_once = asyncio.run(scenario())
    assert (refused.status_code, refused.json()["code"]) == (503, "too_many_waiting")
    assert refused.headers["Retry-After"] == "5"
    assert at_once.status_code == 202
    assert Cast.objects.count() == 2


def prefer(seconds: int) -> dict[str, str]:
    return {"Prefer": f"wait={seconds}"}


@together
def test_a_client_that_goes_away_gives_its_seat_back() -> None:
    api, cast = queued_cast()
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{ROOT}casts/{cast}/events/",
        "query_string": b"after=1&wait=60",
        "headers": [
            (b"host", b"localhost"),
            (b"authorization", f"Bearer {api.key}".encode()),
        ],
    }

    async def scenario() -> None:
        request: Any = communicator(application(), scope)
        await request.send_input({"type": "http.request", "body": b""})
        await until(lambda: seats.taken == 1, "the request")
        await asyncio.sleep(0.2)
        await request.send_input({"type": "http.disconnect"})
        await until(lambda: seats.taken == 0, "the end of the wait")
        await request.wait(ENOUGH_S)

    asyncio.run(scenario())


@together
def test_a_wait_ends_with_the_cast_and_answers_200_with_what_it_is_then() -> None:
    api = Api()
    api.save_spell()

    async def scenario() -> httpx.Response:
        async with client_of(api) as client:
            body = {"spell": "hello"}
            answer = asyncio.create_task(client.post("casts/", json=body, headers=prefer(30)))
            await until(lambda: seats.taken == 1, "the request")
            await _run_what_is_queued()
            return await answer

    answer = asyncio.run(scenario())
    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=30"
    assert answer.json()["status"] == "succeeded"
    assert answer.json()["outputs"] == {"text": "hello"}
    assert answer.headers["Location"] == answer.json()["links"]["self"]


async def _run_what_is_queued() -> None:
    def do() -> bool:
        cast = Cast.objects.filter(status="queued").first()
        if cast:
            engine.run(cast.pk)
        connection.close()
        return cast is not None

    work: Callable[[], Awaitable[bool]] = sync_to_async(do, thread_sensitive=False)
    end = time.monotonic() + ENOUGH_S
    while not await work():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


@together
def test_a_wait_that_is_over_first_answers_202() -> None:
    api = Api()
    api.save_spell()
    began = time.monotonic()
    answer = api.post("casts/", {"spell": "hello"}, Prefer="wait=1")
    assert 0.9 < time.monotonic() - began < 5
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert answer["Preference-Applied"] == "wait=1"


@together
def test_a_request_that_is_wrong_does_not_wait() -> None:
    api = Api()
    began = time.monotonic()
    assert api.post("casts/", {"spell": "none"}, Prefer="wait=30").status_code == 404
    assert api.get("casts/", Prefer="wait=30").status_code == 200
    assert time.monotonic() - began < 5
    assert seats.taken == 0
