"""The command `cast`."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from casts import definition as spells
from casts import engine
from casts.library import castable_by
from casts.models import Cast, Spell, SpellVersion
from casts.states import Status
from casts.terminal import progress, reporting
from casts.terminal.asking import InputsUnreadable, read_inputs
from casts.terminal.following import Snapshot, follow
from casts.terminal.operating import operator
from casts.terminal.saving import save
from generations.uploads import upload

USAGE = 2
_PIECE = 65_536


class Command(BaseCommand):
    help = (
        "Cast a spell for an account and, with --follow, watch it to its end. Workers run it. "
        "Exit code: 0 accepted (or, followed, succeeded), 1 failed or cancelled, 2 bad usage."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # Django's own --version would hide the one that matters here.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="which spell")
        parser.add_argument(
            "-i",
            "--input",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            dest="inputs",
            help="an input; KEY=@FILE uploads a file; for a list, give the key once per item",
        )
        parser.add_argument("--version", type=int, metavar="N", help="default: the newest")
        parser.add_argument(
            "--account", metavar="NAME", help="who it belongs to; default: the spell's owner"
        )
        parser.add_argument("--follow", action="store_true", help="watch it until it ends")
        parser.add_argument(
            "--save", type=Path, metavar="DIR", help="follow, then write its files there"
        )
        parser.add_argument(
            "--no-cache", action="store_true", help="run every step, also what could be reused"
        )
        parser.add_argument("--json", action="store_true", help="the cast as JSON on stdout")

    def handle(self, *_: Any, **options: Any) -> None:
        version, account = _version(options["slug"], options["version"], options["account"])
        if options["save"]:
            _make_folder(options["save"])
        cast = _begin(version, account, options["inputs"], uses_cache=not options["no_cache"])
        if not options["follow"] and not options["save"]:
            self._tell(cast.id, as_json=options["json"])
            return
        last = self._follow(cast.id, as_json=options["json"])
        self._report(last, options["save"], as_json=options["json"])
        if last.reading.cast.status != Status.SUCCEEDED:
            sys.exit(1)

    def _tell(self, cast_id: UUID, *, as_json: bool) -> None:
        self.stdout.write(json.dumps(reporting.as_json(cast_id)) if as_json else str(cast_id))

    def _follow(self, cast_id: UUID, *, as_json: bool) -> Snapshot:
        """Show progress on stdout, or on stderr when stdout is for JSON."""
        out = self.stderr if as_json else self.stdout
        try:
            if out.isatty():
                return progress.show_live(follow(cast_id), Console(stderr=as_json))
            return progress.show_lines(follow(cast_id), out, self.stderr)
        except KeyboardInterrupt:
            self.stderr.write(f"Cast {cast_id} goes on without being watched.")
            sys.exit(130)

    def _report(self, last: Snapshot, folder: Path | None, *, as_json: bool) -> None:
        if as_json:
            self._tell(last.reading.cast.id, as_json=True)
        else:
            for line in reporting.lines(last.reading):
                self.stdout.write(line)
        if folder is None:
            return
        try:
            saved = save(last.reading, folder)
        except OSError as error:
            raise CommandError(f"The files could not be saved: {error}") from error
        for path in saved:
            (self.stderr if as_json else self.stdout).write(f"saved {path}")


def _version(slug: str, number: int | None, name: str | None) -> tuple[SpellVersion, User]:
    spell = Spell.objects.select_related("owner").filter(slug=slug).first()
    if spell is None:
        raise _usage(f"There is no spell {slug!r}. manage.py loadspells loads some.")
    account = _account(name) if name else spell.owner
    if castable_by(account, slug) is None:
        raise _usage(f"The spell {slug!r} is private: {account.username} may not cast it.")
    if not account.is_active:
        raise _usage(f"The account {account.username} is deactivated.")
    versions = SpellVersion.objects.select_related("spell").filter(spell=spell)
    version = (versions.filter(number=number) if number else versions).order_by("-number").first()
    if version is None:
        raise _usage(f"The spell {slug!r} has no version {number}.")
    return version, account


def _account(name: str) -> User:
    account = User.objects.filter(username=name).first()
    if account is None:
        raise _usage(f"There is no account {name!r}.")
    return account


def _begin(version: SpellVersion, account: User, pairs: list[str], *, uses_cache: bool) -> Cast:
    def stored(path: Path) -> str:
        return _upload(account, path)

    try:
        inputs = read_inputs(pairs, spells.parse(version.definition).inputs, stored)
        return engine.begin(
            version,
            account,
            inputs,
            source="cli",
            actor=operator(),
            uses_cache=uses_cache,
        )
    except InputsUnreadable as error:
        raise _usage(str(error)) from error
    except engine.InputsInvalid as error:
        told = "\n".join(
            f"{problem.pointer or '/'}: {problem.detail}" for problem in error.problems
        )
        raise _usage(f"The inputs do not fit {version}:\n{told}") from error
    except engine.NotCastable as error:
        raise _usage(str(error)) from error


def _upload(account: User, path: Path) -> str:
    with path.open("rb") as file:
        pieces = iter(lambda: file.read(_PIECE), b"")
        return str(upload(account, pieces, name=path.name).pk)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _usage(f"{folder} cannot be written to: {error}") from error


def _usage(message: str) -> CommandError:
    return CommandError(message, returncode=USAGE)
