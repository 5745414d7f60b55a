"""The command `loadspells`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from casts.loading import FilesRefused, load

OWNER = "spellhub"


class Command(BaseCommand):
    help = (
        "Load spells from .yaml and .json files, or folders of them. All are checked before any "
        "is saved; loading them again changes nothing. Exit code 2 when a file is refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument(
            "--owner", default=OWNER, metavar="NAME", help=f"whose spells they are; {OWNER}"
        )

        parser.add_argument(
            "--keep-edited",
            action="store_true",
            help="leave spells alone whose newest version somebody else has saved",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        owner = _owner(options["owner"])
        try:
            loaded = load(options["paths"], owner, keep_edited=options["keep_edited"])
        except FilesRefused as refused:
            lines = "\n".join(
                f"{path}: {problem.pointer or '/'}: {problem.detail}"
                for path, problem in refused.problems
            )
            raise CommandError(f"Nothing was loaded.\n{lines}", returncode=2) from refused
        if any(item.is_private for item in loaded):
            self.stderr.write(
                f"Private spells are cast by their owner only, which is {owner.username}; "
                "--owner NAME loads them for another account."
            )
        for item in loaded:
            self.stdout.write(f"{item.what}\t{item.version}\t{item.path}")
            for warning in item.warnings:
                self.stderr.write(f"{item.path}: {warning.pointer or '/'}: {warning.detail}")


def _owner(name: str) -> User:
    """Return the account; the default one is made if it is missing, without a password."""
    owner = User.objects.filter(username=name).first()
    if owner is None and name == OWNER:
        return User.objects.create_user(name)
    if owner is None:
        raise CommandError(f"There is no account {name!r}.", returncode=2)
    return owner
