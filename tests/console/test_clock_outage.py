"""The clock outlives an outage of the database and goes on by itself."""

import threading

import pytest
from django.db import connection

from spellhub.console.clock import Clock
from spellhub.console.models import SweepRun
from tests.servers import wait_until


@pytest.mark.fault(12)
@pytest.mark.django_db(transaction=True)
def test_the_clock_ticks_again_after_the_database_came_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stopping = threading.Event()
    _rename("console_clocklease", "away")
    runner = threading.Thread(target=_run, args=(stopping,))
    runner.start()
    try:
        wait_until(lambda: "could not tick" in caplog.text, "a tick that fails")
    finally:
        _rename("away", "console_clocklease")
    try:
        wait_until(SweepRun.objects.filter(by="clock").exists, "a tick that succeeds")
    finally:
        stopping.set()
        runner.join(20)
    assert not runner.is_alive()


def _run(stopping: threading.Event) -> None:
    Clock(tick_s=0.01).run(stopping)
    connection.close()


def _rename(old: str, new: str) -> None:
    with connection.schema_editor() as editor:
        editor.execute(f"ALTER TABLE {old} RENAME TO {new}")
