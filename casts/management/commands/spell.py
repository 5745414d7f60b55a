"""The command `spell`: writing, checking, drawing, comparing and upgrading definitions."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from casts import checkups, graphs, sketching, upgrading
from casts.comparing import compare
from casts.definition.problems import suggestion
from casts.loading import FilesRefused, files_of
from casts.models import Spell
from casts.terminal.operating import operator
from casts.terminal.spells import changes, choosing, upgrades
from casts.terminal.spells import checkups as showing
from casts.terminal.spells.words import FIRST_TOOLS, add_verbs
from generations.adapters.base import ToolSpec
from generations.tools import catalogue

PROBLEMS, USAGE = 1, 2
REASON_LIMIT = 200
STDOUT = "-"


class Command(BaseCommand):
    help = (
        "Write, check, draw, compare and upgrade definitions of spells. Data on stdout, notes on "
        "stderr. Exit code: 0 all is well, 1 there are problems, 2 bad usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_verbs(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        verbs = {
            "new": self.write_new,
            "check": self.check_all,
            "graph": self.draw,
            "diff": self.compare,
            "upgrade": self.upgrade,
        }
        try:
            code = verbs[options["verb"]](options)
        except choosing.NotFound as error:
            raise CommandError(str(error), returncode=USAGE) from error
        except choosing.FileWrong as wrong:
            lines = (f"{p.pointer or '/'}: {p.detail}" for p in wrong.problems)
            raise CommandError("\n".join((str(wrong), *lines)), returncode=PROBLEMS) from wrong
        if code:
            sys.exit(code)

    def write_new(self, options: dict[str, Any]) -> int:
        """Write the first draft of a definition."""
        slug, out = options["slug"], options["output"] or Path(f"{options['slug']}.yaml")
        tools = catalogue.by_key()
        if options["like"]:
            source = choosing.saved(options["like"]).definition
            document = sketching.document_like(source, slug)
        else:
            document = sketching.document_from(_tools(options["tools"], tools), slug)
        text = sketching.commented(document, tools, out.name if str(out) != STDOUT else "FILE")
        _write(self, out, text, may_replace=False)
        if str(out) != STDOUT:
            self.stderr.write(f"Next: manage.py spell check {out}")
        if Spell.objects.filter(slug=slug).exists():
            self.stderr.write(f"There is a saved spell {slug} already; this would change it.")
        return 0

    def check_all(self, options: dict[str, Any]) -> int:
        """Check files, and saved spells."""
        found = list(_checkups(options["names"]))
        is_bad = any(one.errors or (options["strict"] and one.warnings) for one in found)
        if options["json"]:
            self.stdout.write(json.dumps(checkups.as_json(found, is_ok=not is_bad)))
        elif self.stdout.isatty():
            console = Console()
            for one in found:
                console.print(showing.shown(one))
        else:
            for line in (line for one in found for line in showing.as_lines(one)):
                self.stdout.write(line)
        self.stderr.write(showing.summary(found))
        for one in found:
            if any(drift.blocks for drift in one.drift):
                slug = one.name.partition(" ")[0]
                self.stderr.write(f"Next: manage.py spell upgrade {slug} --dry-run")
        return PROBLEMS if is_bad else 0

    def draw(self, options: dict[str, Any]) -> int:
        """Draw the steps of a definition."""
        definition = choosing.chosen(options["name"], options["version"]).definition
        picture = graphs.svg_of(definition, options["theme"])
        _write(self, options["output"] or Path(STDOUT), picture, may_replace=True)
        return 0

    def compare(self, options: dict[str, Any]) -> int:
        """Compare two definitions."""
        before, after = _sides(options["name"], options["sides"])
        names = (before.name, after.name)
        comparison = compare(before.edition, after.edition)
        if options["json"]:
            self.stdout.write(json.dumps(changes.as_json(comparison, names)))
        elif self.stdout.isatty() and not comparison.is_same:
            Console().print(changes.as_table(comparison, names))
        else:
            for line in changes.as_lines(comparison):
                self.stdout.write(line)
        self.stderr.write(f"{names[0]} → {names[1]}: {comparison.summary}")
        return 0

    def upgrade(self, options: dict[str, Any]) -> int:
        """Upgrade spells to the tools that are installed now."""
        if bool(options["slugs"]) == options["all"]:
            raise CommandError("Name spells, or give --all.", returncode=USAGE)
        reason = " ".join(options["reason"].split())[:REASON_LIMIT]
        chosen = [choosing.saved(slug).spell for slug in options["slugs"]]
        done = [
            upgrading.upgrade(spell, actor=operator(), reason=reason, dry_run=options["dry_run"])
            for spell in (chosen or upgrading.upgradable())
        ]
        if options["json"]:
            self.stdout.write(json.dumps(upgrades.as_json(done)))
        else:
            for line in (line for one in done for line in upgrades.as_lines(one)):
                self.stdout.write(line)
        if not done:
            self.stderr.write("Every spell is up to date.")
        return PROBLEMS if any(one.outcome == "refused" for one in done) else 0


def _checkups(names: Iterable[str]) -> Iterable[checkups.Checkup]:
    for name in names:
        if not choosing.is_file(name):
            yield checkups.check_saved(choosing.saved(name))
            continue
        if not Path(name).exists():
            raise choosing.NotFound(f"There is no file {name}.")
        try:
            paths = files_of([Path(name)])
        except FilesRefused as refused:
            raise choosing.NotFound(str(refused)) from refused
        yield from map(checkups.check_file, paths)


def _sides(name: str, sides: list[str]) -> tuple[choosing.Chosen, choosing.Chosen]:
    if sides and not all(side.isdecimal() for side in sides):
        if len(sides) > 1:
            raise choosing.NotFound("Compare two definitions at a time.")
        return choosing.chosen(name), choosing.chosen(sides[0])
    numbers = [int(side) for side in sides]
    if choosing.is_file(name) or len(numbers) > 2:
        raise choosing.NotFound("Name two files, or a saved spell and at most two versions of it.")
    newest = choosing.saved(name).number
    first, last = (*numbers, newest)[:2] if numbers else (newest - 1, newest)
    if first < 1:
        raise choosing.NotFound(f"The spell {name} has one version, and nothing to compare with.")
    return choosing.chosen(name, first), choosing.chosen(name, last)


def _tools(keys: list[str], tools: dict[str, ToolSpec]) -> list[ToolSpec]:
    unknown = [key for key in keys or FIRST_TOOLS if key not in tools]
    if unknown:
        told = suggestion(unknown[0], sorted(tools))
        raise choosing.NotFound(f"There is no tool `{unknown[0]}`{told}")
    return [tools[key] for key in keys or FIRST_TOOLS]


def _write(command: Command, path: Path, text: str, *, may_replace: bool) -> None:
    """Write a file, or stdout for ``-``; say so in a note."""
    if str(path) == STDOUT:
        command.stdout.write(text, ending="")
        return
    try:
        with path.open("w" if may_replace else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise CommandError(
            f"{path} is there already; name another file.", returncode=USAGE
        ) from error
    except OSError as error:
        raise CommandError(
            f"{path} cannot be written: {error.strerror}.", returncode=USAGE
        ) from error
    command.stderr.write(f"Wrote {path}.")
