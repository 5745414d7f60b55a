"""``manage.py create_api_key``: make an API key, and its account when there is none."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from spellhub.accounts.models import ApiKey


class Command(BaseCommand):
    help = "Make an API key, and its account when there is none. Prints the key, once, on stdout."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--account", required=True, metavar="NAME")
        parser.add_argument("--name", default="", help="what the key is for (at most 100 letters)")
        parser.add_argument(
            "--service",
            action="store_true",
            help="the key acts for the account that each request names",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        # One transaction: an account is not left behind without the key it was made for.
        is_new = not User.objects.filter(username=options["account"]).exists()
        with transaction.atomic():
            account = _account(options["account"])
            row, key = ApiKey.issue(
                account, name=options["name"][:100], is_service=options["service"]
            )
        if is_new:
            self.stderr.write(f"There was no account {account}: it was made, without a password.")
        kind = "service key" if row.is_service else "key"
        self.stderr.write(f"A {kind} for {account}; it cannot be shown again.")
        self.stdout.write(key)


def _account(name: str) -> User:
    known = User.objects.filter(username=name).first()
    if known is not None:
        if not known.is_active:
            raise CommandError(f"The account {name} is deactivated; activate it in the admin.")
        return known
    account = User(username=name)
    account.set_unusable_password()
    try:
        account.full_clean()
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    account.save()
    return account
