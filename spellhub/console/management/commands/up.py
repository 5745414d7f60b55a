"""The command `up`."""

import os
import sys
from typing import Any

from django.conf import settings
from rich.console import Console

from spellhub.console import data_folder
from spellhub.console.processes import follow_parent
from spellhub.console.refusals import PartCommand, require_data_folder, require_free_port
from spellhub.console.stopping import stop_on_signals
from spellhub.console.up import Up


class Command(PartCommand):
    help = "Bring all of spellhub up on this machine, until Ctrl-C."

    def refuse(self) -> None:
        require_data_folder(settings.DATA_DIR)
        self._lock = data_folder.take(settings.DATA_DIR, settings.BASE_URL)
        if settings.SECRET_KEY == settings.INSECURE_SECRET_KEY:
            self._begin_again_with_a_key()
        super().refuse()
        require_free_port(settings.HOST, settings.PORT)

    def _begin_again_with_a_key(self) -> None:
        """Make a secret key and start over, because much has read the settings by now."""
        data_folder.make_secret_key(settings.SECRET_KEY_FILE)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606

    def handle(self, *_: Any, **__: Any) -> None:
        follow_parent()
        console = Console(highlight=False, soft_wrap=True)
        Up(console, stop_on_signals()).run()
