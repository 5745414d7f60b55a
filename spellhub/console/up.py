"""Bringing all of spellhub up on one machine, and down again."""

import threading
import time

from django.conf import settings
from django.db import Error
from rich.console import Console

from casts.models import Cast
from spellhub.console import first_start
from spellhub.console.first_start import Demo, Welcome
from spellhub.console.migrating import migrate
from spellhub.console.parts import Parts, answers

LOOK_S = 0.25
WEB_WITHIN_S = 60.0


class Up:
    """One run of `manage.py up`, from the database's shape to the end of the last child."""

    def __init__(self, console: Console, stopping: threading.Event) -> None:
        self._console = console
        self._stopping = stopping
        self._parts = Parts()

    def run(self) -> None:
        """Stay up until stopped. Raises Refused where the data cannot be used."""
        backup = migrate(settings.DATA_DIR / "backups")
        if backup:
            self._say(f"The data was of an older version; it was copied to {backup} first.")
        try:
            # In the order in which somebody waits for them: each start takes a processor's second.
            self._parts.start("web")
            welcome = first_start.prepare()
            self._parts.start("worker")
            demo = first_start.cast_demo()
            self._wait_for_web()
            self._greet(welcome, demo)
            self._parts.start("clock", "sweep")
            self._watch(demo)
        finally:
            self._say("\nStopping.")
            self._parts.stop()
        self._say("spellhub is down.")

    def _wait_for_web(self) -> None:
        until = time.monotonic() + WEB_WITHIN_S
        while time.monotonic() < until and not self._stopping.wait(LOOK_S):
            if answers(settings.HOST, settings.PORT):
                return
            self._parts.tick()

    def _watch(self, demo: Demo) -> None:
        running = demo.cast
        while not self._stopping.wait(LOOK_S):
            self._parts.tick()
            if running and _has_ended(running):
                self._say(f"The demo cast {running.status}: {demo.address}")
                running = None

    def _greet(self, welcome: Welcome, demo: Demo) -> None:
        if self._stopping.is_set():
            return
        base = settings.BASE_URL
        self._say("\nspellhub is up; Ctrl-C stops it.\n", style="bold")
        self._line("Demo cast", demo.address or demo.problem)
        self._line("Spells", f"{base}/spells/")
        self._line("Admin", f"{base}/admin/")
        if welcome.password:
            self._line("", f"user {first_start.ADMIN}, password {welcome.password} (shown once)")
        else:
            self._line("", f"user {first_start.ADMIN} (manage.py changepassword)")
        self._line("API", f"{base}/internal/v1/docs/")
        if welcome.api_key:
            self._line("API key", f"{welcome.api_key} (shown once)")
        else:
            self._line("API key", "another one: manage.py create_api_key --account NAME")
        self._line("Data", str(settings.DATA_DIR))
        self._say("")

    def _line(self, label: str, text: str) -> None:
        self._console.print(f"  [dim]{label:<10}[/dim] ", end="")
        self._console.out(text, highlight=False)

    def _say(self, text: str, style: str | None = None) -> None:
        self._console.print(text, style=style, markup=False)


def _has_ended(cast: Cast) -> bool:
    try:
        cast.refresh_from_db(fields=["status"])
    except Error:
        return False
    return cast.is_final
