"""Measure spellhub on SQLite and PostgreSQL with one and two workers; print a table and JSON.

The machine's other work shows in the figures: compare ratios within one run.
"""

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.servers import PrivatePostgres, PrivateRedis, wait_until

ROOT = Path(__file__).resolve().parent.parent
Figures = dict[str, float]
HEADINGS = {
    "casts_per_s": "casts/s",
    "steps_per_s": "steps/s",
    "submit_to_start_p50_ms": "start p50 ms",
    "submit_to_start_p95_ms": "p95 ms",
    "step_to_step_p50_ms": "step p50 ms",
    "commits_per_cast": "commits",
    "queries_per_cast": "queries",
    "queries_per_boundary_max": "a boundary",
}


def main() -> None:
    """Measure every combination."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--casts", type=int, default=400, help="casts of three steps per run")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    found = {
        f"{database}, {broker}, {workers}": _measure(database, broker, workers, options.casts)
        for database, broker in (("sqlite", "own"), ("postgres", "own"), ("postgres", "redis"))
        for workers in (1, 2)
    }
    _print_table(found)
    print(json.dumps(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


def _measure(database: str, broker: str, workers: int, casts: int) -> Figures:
    with _environment(database, broker) as environment:
        _run(environment, "manage.py", "migrate", "--skip-checks", "--verbosity", "0")
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker", "--workers", str(workers)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
        try:
            time.sleep(3)
            speed: Figures = json.loads(_run(environment, "-m", "bench.measure", str(casts)))
        finally:
            worker.terminate()
            wait_until(lambda: worker.poll() is not None, "the end of the workers", 60)
        cost: Figures = json.loads(_run(environment, "-m", "bench.measure", "0"))
        return speed | cost


def _run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


@contextmanager
def _environment(database: str, broker: str) -> Iterator[dict[str, str]]:
    folder = Path(tempfile.mkdtemp(prefix="spellhub-bench-"))
    postgres = PrivatePostgres(durable=True) if database == "postgres" else None
    redis = PrivateRedis() if broker == "redis" else None
    environment = os.environ | {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SPELLHUB_DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
        "REDIS_URL": "",
    }
    try:
        if postgres:
            postgres.create()
            environment["DATABASE_URL"] = postgres.url()
        if redis:
            redis.start()
            environment["REDIS_URL"] = redis.url
        yield environment
    finally:
        if redis:
            redis.remove()
        if postgres:
            postgres.remove()
        shutil.rmtree(folder, ignore_errors=True)


def _print_table(found: dict[str, Figures]) -> None:
    table = Table(title="A spell of 3 trivial steps")
    table.add_column("database, broker, workers", no_wrap=True)
    for heading in HEADINGS.values():
        table.add_column(heading, justify="right")
    for name, row in found.items():
        table.add_row(name, *(str(row[figure]) for figure in HEADINGS))
    # A pipe has no width of its own, and would get a table of 80 columns.
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
