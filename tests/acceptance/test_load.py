"""Two hundred casts at once, of every kind: each ends as its spell says."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from tests.acceptance.client import Client, failing, sleep, template
from tests.acceptance.conftest import MakeStack
from tests.acceptance.stack import Stack

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]

CASTS = 200
WITHIN_S = 180
Check = Callable[[dict[str, Any]], bool]


def steps_of(cast: dict[str, Any]) -> dict[str, str]:
    return {step["key"]: step["status"] for step in cast["steps"]}


def save_all(client: Client) -> dict[str, Check]:
    """Save the mix; return for each spell how its casts must end."""
    client.save(
        template("a", "seed ${{ inputs.seed }}"),
        template("b", "${{ steps.a.text }}, then b"),
        template("c", "${{ steps.b.text }}, then c"),
        slug="chain",
        outputs={"text": "${{ steps.c.text }}"},
    )
    client.save(
        template("top", "t"),
        template("left", "${{ steps.top.text }}l"),
        template("right", "${{ steps.top.text }}r"),
        template("join", "${{ steps.left.text }}${{ steps.right.text }}"),
        slug="diamond",
        outputs={"text": "${{ steps.join.text }}"},
    )
    client.save(
        template("odd", "odd", when="${{ inputs.seed == `-1` }}"),
        template("needing", "${{ steps.odd.text }}"),
        template("after", "after", needs=["odd"]),
        slug="skipping",
        outputs={"text": "${{ steps.after.text }}", "odd": "${{ steps.needing.text }}"},
    )
    client.save(
        failing("bad", "refuse", on_failure="continue"),
        template("good", "${{ steps.bad.text || 'without' }}"),
        slug="continuing",
        outputs={"text": "${{ steps.good.text }}"},
    )
    flaky = {"times": 1, "text": "worked"}
    client.save(
        failing("f", "flaky", inputs=flaky, retry={"attempts": 3, "backoff_s": 0.2}),
        slug="flaky",
        outputs={"text": "${{ steps.f.text }}"},
    )
    client.save(failing("bad", "invalid"), template("never", "x"), slug="failing")
    size = {"width": 96, "height": 96, "seed": "${{ inputs.seed }}"}
    client.save(
        {"key": "art", "tool": "image.flow_field", "inputs": size},
        slug="picture",
        outputs={"image": "${{ steps.art.image }}"},
    )
    return {
        "chain": lambda cast: cast["outputs"]["text"].endswith("then b, then c"),
        "diamond": lambda cast: cast["outputs"] == {"text": "tltr"},
        "skipping": lambda cast: (
            cast["outputs"] == {"text": "after", "odd": None}
            and steps_of(cast) == {"odd": "skipped", "needing": "skipped", "after": "succeeded"}
        ),
        "continuing": lambda cast: (
            cast["outputs"] == {"text": "without"} and steps_of(cast)["bad"] == "failed"
        ),
        "flaky": lambda cast: (
            cast["outputs"] == {"text": "worked"} and cast["steps"][0]["attempt"] == 2
        ),
        "failing": lambda cast: (
            cast["failure"]["code"] == "invalid_input"
            and steps_of(cast) == {"bad": "failed", "never": "not_started"}
        ),
        "picture": lambda cast: len(cast["outputs"]["image"]) == 36,
    }


def test_two_hundred_casts_at_once_end_as_their_spells_say(stack: Stack) -> None:
    client = Client(stack)
    checks = save_all(client)
    kinds = list(checks)
    wanted = [(kinds[number % len(kinds)], number) for number in range(CASTS)]
    with ThreadPoolExecutor(8) as pool:
        casts = list(pool.map(lambda order: client.cast(order[0], seed=order[1]), wanted))
    ended = client.ended(casts, WITHIN_S)
    wrong = [cast for cast in ended.values() if not checks[cast["spell"]](cast)]
    assert not wrong, wrong[:2]
    assert {cast["status"] for cast in ended.values() if cast["spell"] != "failing"} == {
        "succeeded"
    }
    holds_together(stack, CASTS)


def holds_together(stack: Stack, casts: int) -> None:
    """Check in SQL what must hold for any set of casts that have all ended."""
    assert stack.query("SELECT count(*) FROM casts_cast") == [(casts,)]
    gaps = """
        SELECT topic FROM events_event GROUP BY topic
        HAVING min(seq) <> 1 OR max(seq) <> count(*)
    """
    assert stack.query(gaps) == []
    total = "SELECT count(*) FROM casts_cast c WHERE c.seq <> (SELECT count(*) FROM events_event e"
    cast_id = "c.id" if stack.is_sqlite else "c.id::text"
    topic = (
        "'cast:' || substr(c.id,1,8) || '-' || substr(c.id,9,4) || '-' || substr(c.id,13,4)"
        " || '-' || substr(c.id,17,4) || '-' || substr(c.id,21)"
        if stack.is_sqlite
        else f"'cast:' || {cast_id}"
    )
    assert stack.query(f"{total} WHERE e.topic = {topic})") == [(0,)]
    live = "SELECT count(*) FROM generations_generation WHERE finished_at IS NULL"
    assert stack.query(live) == [(0,)]
    doubled = """
        SELECT cast_id, step FROM generations_generation WHERE status = 'succeeded'
        GROUP BY cast_id, step, item, round HAVING count(*) > 1
    """
    assert stack.query(doubled) == []
    skipped = "SELECT cast_id, step FROM casts_skip GROUP BY 1, 2 HAVING count(*) > 1"
    assert stack.query(skipped) == []


def test_a_step_three_times_longer_than_a_lease_is_not_taken_over(
    make_stack: MakeStack,
) -> None:
    stack = make_stack(SPELLHUB_LEASE_S="2")
    stack.start("web", "worker", "clock")
    client = Client(stack)
    client.save(sleep("long", 6), slug="long")
    cast = client.cast("long")
    assert client.ended([cast], 60)[cast]["status"] == "succeeded"
    rows = stack.query("SELECT attempt, epoch, lost FROM generations_generation")
    assert rows == [(1, 1, 0)]


@pytest.mark.parametrize("database_of_messages", ["redis", "own"])
def test_messages_may_be_lost_and_doubled(
    make_stack: MakeStack, redis_url: str, database_of_messages: str
) -> None:
    """Every message is thrown away before a worker runs: the clock starts the casts alone."""
    more = {"REDIS_URL": redis_url} if database_of_messages == "redis" else {}
    stack = make_stack(**more)
    stack.start("web")
    client = Client(stack)
    client.save(template("a", "a"), template("b", "b"), slug="two")
    casts = [client.cast("two") for _ in range(5)]
    if more:
        redis.Redis.from_url(redis_url).flushall()
    else:
        stack.query("DELETE FROM django_q_ormq")
    stack.query("UPDATE casts_cast SET quiet_until = created_at, hinted_at = created_at")
    stack.start("worker", "clock")
    assert {cast["status"] for cast in client.ended(casts, 60).values()} == {"succeeded"}
    holds_together(stack, 5)
