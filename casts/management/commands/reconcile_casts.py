"""The command `reconcile_casts`."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from casts.models import Cast
from casts.reconciling import reporting
from casts.reconciling.finding import Wanted, count_open, find
from casts.reconciling.only_one import AnotherRuns, only_one
from casts.reconciling.repairing import ERROR, PERSON, UNREPAIRED, repair
from casts.reconciling.reporting import Run
from casts.spans import parse
from casts.states import Reason
from spellhub import database
from spellhub.identifiers import uuid7

CRASHED, USAGE, FOUND_STUCK, FOR_A_PERSON, LOCKED = 1, 2, 3, 4, 75
REASON_LIMIT = 100


class Command(BaseCommand):
    help = (
        "Find stuck casts and look at each again, so that it goes on or ends; never calls a tool. "
        "Exit code: 0 nothing to do or all seen repaired, 1 a fault, 2 bad usage, 3 --check found "
        "stuck casts, 4 some need a person, 75 another run holds the lock."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")
        parser.add_argument("--check", action="store_true", help="only look; 3 when some are stuck")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
        parser.add_argument("--cast", action="append", default=[], type=UUID, metavar="ID")
        parser.add_argument("--older-than", type=_span, default=timedelta(), metavar="10m")
        parser.add_argument("--only", type=_reasons, default=frozenset(), metavar="REASON,…")
        parser.add_argument("--limit", type=_positive, default=500, metavar="N")
        parser.add_argument("--reason", default="", metavar="TEXT", help="kept with the events")
        parser.add_argument(
            "--wait",
            type=_span,
            default=timedelta(seconds=10),
            metavar="10s",
            help="how long to wait for workers to take what only they can do",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        _require_known(options["cast"])
        try:
            with only_one("reconcile"):
                run = self._run(options)
        except AnotherRuns:
            self.stderr.write("Another reconcile_casts is running.")
            sys.exit(LOCKED)
        self._report(run, as_json=options["json"])
        code = _exit_code(run, is_check=options["check"])
        if code:
            sys.exit(code)

    def _run(self, options: dict[str, Any]) -> Run:
        now = database.now()
        wanted = Wanted(
            casts=frozenset(options["cast"]),
            reasons=options["only"],
            older_than=options["older_than"],
            limit=options["limit"],
        )
        changes = not (options["dry_run"] or options["check"])
        found = find(wanted, now)
        run = Run(uuid7(), now, changes, count_open(), found)
        if changes:
            reason = " ".join(options["reason"].split())[:REASON_LIMIT]
            actor = f"reconcile: {reason}" if reason else "reconcile"
            repair(found, actor=actor, patience_s=options["wait"].total_seconds())
        return run

    def _report(self, run: Run, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(reporting.as_json(run)))
        elif self.stdout.isatty():
            if run.found:
                Console().print(reporting.as_table(run))
        else:
            for line in reporting.as_lines(run):
                self.stdout.write(line)
        self.stderr.write(reporting.summary(run))


def _exit_code(run: Run, *, is_check: bool) -> int:
    counts = run.counts()
    if counts[ERROR]:
        return CRASHED
    if counts[PERSON] or counts[UNREPAIRED]:
        return FOR_A_PERSON
    return FOUND_STUCK if is_check and run.found else 0


def _require_known(casts: list[UUID]) -> None:
    known = set(Cast.objects.filter(pk__in=casts).values_list("pk", flat=True))
    unknown = [str(pk) for pk in casts if pk not in known]
    if unknown:
        raise CommandError(f"There is no cast {', '.join(unknown)}.", returncode=USAGE)


def _span(text: str) -> timedelta:
    try:
        return parse(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def _reasons(text: str) -> frozenset[str]:
    wanted = frozenset(part.strip() for part in text.split(",") if part.strip())
    unknown = wanted - {reason.value for reason in Reason}
    if unknown or not wanted:
        known = ", ".join(reason.value for reason in Reason)
        raise ArgumentTypeError(f"the reasons are {known}")
    return wanted


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)
