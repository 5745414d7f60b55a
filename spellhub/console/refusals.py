"""Refusing to start, in one clear sentence."""

import errno
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from spellhub.checks import unsafe_settings


class Refused(Exception):
    """Why a part of spellhub does not start: a sentence that says what to do."""


class PartCommand(BaseCommand):
    """A command that runs a part of spellhub until it is stopped."""

    def run_from_argv(self, argv: Sequence[str]) -> None:
        """Run from the command line; a refusal is a sentence and exit status 1, no traceback."""
        try:
            super().run_from_argv(list(argv))
        except Refused as refusal:
            self.stderr.write(str(refusal))
            sys.exit(1)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Refuse what cannot work before Django checks and runs the rest."""
        self.refuse()
        return super().execute(*args, **options)

    def refuse(self) -> None:
        """Raise Refused where this part must not start."""
        for sentence in unsafe_settings(settings):
            raise Refused(sentence)


def require_free_port(host: str, port: int) -> None:
    """Raise Refused unless we could listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        raise Refused(_why_not(host, port, error)) from error


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is already in use: stop the program that uses it, "
            "or set PORT to another number."
        )
    return f"Cannot listen on port {port} of {host}: {error}. Set HOST and PORT to others."


def require_data_folder(folder: Path) -> None:
    """Make the data folder; raise Refused unless we can write into it."""
    probe = folder / f".writable-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Refused(
            f"The data folder {folder} cannot be written to ({error.strerror or error}): make it "
            "writable, or set SPELLHUB_DATA_DIR to another folder."
        ) from error
