"""The command `check`, which also tells the tools that this machine cannot run."""

from typing import Any

from django.core.management.commands import check

from generations.tools import catalogue


class Command(check.Command):
    help = f"{check.Command.help} Notes which tools cannot run on this machine."

    def handle(self, *app_labels: list[str], **options: Any) -> None:
        """Not a system check: every command would print its message, on every machine without."""
        super().handle(*app_labels, **options)
        if not options["list_tags"]:
            for reason in catalogue.unavailable().values():
                self.stdout.write(f"Note: {reason}")
