"""The command `clock`."""

from typing import Any

from spellhub.console.clock import Clock
from spellhub.console.processes import follow_parent
from spellhub.console.refusals import PartCommand
from spellhub.console.stopping import stop_on_signals


class Command(PartCommand):
    help = "Wake what is due, about every second. Many may run; one of them acts."

    def handle(self, *_: Any, **__: Any) -> None:
        follow_parent()
        Clock().run(stop_on_signals())
