"""Measure one database with one number of workers; prints one JSON object.

Run by ``bench.__main__`` in a process of its own, because settings are read once a process.
"""

import json
import os
import statistics
import sys
import time
from typing import Any

import django

IDLE_CASTS = 30
PATIENCE_S = 300.0


def main(casts: int) -> None:
    """Measure the speed of so many casts with workers that somebody else has started.

    With 0 no worker may run: then it is counted what one cast costs the database.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spellhub.settings")
    django.setup()
    print(json.dumps(_throughput(casts) | _idle() if casts else _cost()))


def _version() -> Any:
    from django.contrib.auth.models import User

    from bench.spell import CHAIN
    from casts import library
    from casts.models import Spell

    account, _ = User.objects.get_or_create(username="bench")
    spell = Spell.objects.filter(slug=CHAIN["slug"]).first()
    return library.save(CHAIN, account, spell=spell)[0]


def _begin(version: Any) -> Any:
    from casts import engine

    return engine.begin(version, version.created_by, {}, source="bench", actor="bench")


def _throughput(casts: int) -> dict[str, float]:
    """Queue casts, then see how fast the workers finish them, by the database's own times."""
    from django.db.models import Max, Min

    from bench.spell import STEPS
    from casts.models import Cast

    version = _version()
    _wait_for([_begin(version) for _ in range(20)])
    ids = [_begin(version).id for _ in range(casts)]
    _wait_for_count(ids)
    span = Cast.objects.filter(id__in=ids[casts // 4 :]).aggregate(
        first=Min("finished_at"), last=Max("finished_at")
    )
    seconds = (span["last"] - span["first"]).total_seconds()
    rate = (casts - casts // 4) / seconds
    return {"casts_per_s": round(rate, 1), "steps_per_s": round(rate * STEPS, 1)}


def _idle() -> dict[str, float]:
    """Cast one at a time: how long until it starts, and how long one step and its boundary take."""
    from bench.spell import STEPS

    version = _version()
    starts, steps = [], []
    for _ in range(IDLE_CASTS):
        cast = _begin(version)
        _wait_for([cast])
        starts.append((cast.started_at - cast.created_at).total_seconds() * 1000)
        steps.append((cast.finished_at - cast.started_at).total_seconds() * 1000 / STEPS)
        time.sleep(0.05)
    return {
        "submit_to_start_p50_ms": round(statistics.median(starts), 1),
        "submit_to_start_p95_ms": round(statistics.quantiles(starts, n=20)[-1], 1),
        "step_to_step_p50_ms": round(statistics.median(steps), 1),
    }


def _cost() -> dict[str, int]:
    """Carry one cast on in this process, counting."""
    from bench.count import counted
    from casts import engine
    from casts.models import Cast

    version = _version()
    for _ in range(2):
        # The second is counted: the first parses the version and opens connections.
        with counted() as cost:
            cast = _begin(version)
            engine.run(cast.id)
    if Cast.objects.get(pk=cast.pk).status != "succeeded":
        raise RuntimeError("the counted cast did not succeed here")
    return {
        "commits_per_cast": cost.commits,
        "queries_per_cast": cost.queries,
        "queries_per_boundary_max": max(cost.by_transaction),
    }


def _wait_for(casts: list[Any]) -> None:
    until = time.monotonic() + PATIENCE_S
    for cast in casts:
        cast.refresh_from_db()
        while not cast.is_final:
            if time.monotonic() > until:
                raise TimeoutError("the workers do not finish")
            time.sleep(0.002)
            cast.refresh_from_db()
        if cast.status != "succeeded":
            raise RuntimeError(f"a cast failed: {cast.failure}")


def _wait_for_count(ids: list[Any]) -> None:
    from casts.models import Cast

    until = time.monotonic() + PATIENCE_S
    while Cast.objects.filter(id__in=ids, status="succeeded").count() < len(ids):
        if time.monotonic() > until:
            raise TimeoutError("the workers do not finish")
        time.sleep(0.1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
