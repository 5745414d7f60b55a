"""The command `web`."""

from typing import Any

from django.conf import settings

from spellhub.console.processes import follow_parent
from spellhub.console.refusals import PartCommand, require_free_port


class Command(PartCommand):
    help = "Answer requests on HOST and PORT."

    def refuse(self) -> None:
        super().refuse()
        require_free_port(settings.HOST, settings.PORT)

    def handle(self, *_: Any, **__: Any) -> None:
        # daphne installs its event loop on import, which no other command may inherit.
        from spellhub.console.web import serve  # noqa: PLC0415

        follow_parent()
        serve(settings.HOST, settings.PORT)
