"""Running commands in the test's own process, with their output and exit code."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from casts import engine
from casts.models import Cast
from casts.states import LIVE
from tests.casts.engine.conftest import account, begin

__all__ = ["account", "begin"]


@dataclass(frozen=True)
class Ran:
    """What a command wrote, and the exit code it would have ended with."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run() -> Run:
    """Run a command as a shell would, but in this process."""

    def make(*words: object) -> Ran:
        out, err, code = io.StringIO(), io.StringIO(), 0
        try:
            call_command(*(str(word) for word in words), stdout=out, stderr=err)
        except CommandError as error:
            code = error.returncode
            err.write(f"{error}\n")
        except SystemExit as error:
            code = int(error.code or 0)
        return Ran(code, out.getvalue(), err.getvalue())

    return make


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """A worker, as a thread: looks at whatever is live until the test ends."""
    stopping = Event()

    def work() -> None:
        while not stopping.wait(0.05):
            for pk in Cast.objects.filter(status__in=LIVE).values_list("pk", flat=True):
                engine.run(pk)
        connection.close()

    thread = Thread(target=work, name="worker")
    thread.start()
    yield
    stopping.set()
    thread.join()
