"""The sweep runs one at a time, on record, and the clock steps in when it is late."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django_q.models import Schedule

from spellhub import schedules
from spellhub.console import sweeps
from spellhub.console.clock import Clock
from spellhub.console.heartbeats import Heartbeat
from spellhub.console.models import ClockLease, ProcessHeartbeat, SweepRun
from spellhub.identifiers import uuid7

pytestmark = pytest.mark.django_db


def test_a_sweep_leaves_a_record() -> None:
    run = sweeps.run_sweep(by="test")
    assert run is not None
    assert (run.by, run.looked_at, run.woken, run.failed) == ("test", 0, 0, 0)
    assert run.finished_at is not None
    assert run.finished_at >= run.started_at
    assert not SweepRun.is_late(60)


def test_only_one_sweep_runs_at_a_time() -> None:
    ClockLease.take("sweep", uuid7(), 60)
    assert sweeps.run_sweep(by="test") is None
    assert not SweepRun.objects.exists()


def test_a_sweep_makes_room_for_the_next() -> None:
    assert sweeps.run_sweep(by="test")
    assert sweeps.run_sweep(by="test")


def test_the_queue_gets_no_result_of_a_sweep() -> None:
    assert sweeps.run_scheduled_sweep() is None  # type: ignore[func-returns-value]
    assert SweepRun.objects.get().by == "schedule"


def test_a_sweep_forgets_processes_long_silent() -> None:
    Heartbeat(ProcessHeartbeat.Role.WORKER).beat()
    ProcessHeartbeat.objects.update(beat_at=Now() - timedelta(days=1))
    sweeps.run_sweep(by="test")
    assert not ProcessHeartbeat.objects.exists()


def test_the_clock_sweeps_when_no_sweep_has_finished_for_long() -> None:
    SweepRun.objects.create(by="schedule", finished_at=Now() - timedelta(seconds=151))
    assert Clock().tick()
    assert SweepRun.objects.latest("pk").by == "clock"


def test_a_sweep_that_was_cut_short_does_not_count() -> None:
    SweepRun.objects.create(by="schedule")
    assert Clock().tick()
    assert SweepRun.objects.latest("pk").by == "clock"


def test_the_clock_leaves_the_sweep_to_the_schedule_while_that_works() -> None:
    SweepRun.objects.create(by="schedule", finished_at=Now() - timedelta(seconds=60))
    assert Clock().tick()
    assert SweepRun.objects.count() == 1


def test_of_two_clocks_one_acts() -> None:
    first, second = Clock(), Clock()
    assert first.tick()
    assert not second.tick()
    assert first.tick()


def test_another_clock_acts_when_the_first_has_died() -> None:
    first, second = Clock(), Clock()
    first.tick()
    ClockLease.objects.filter(name="clock").update(expires_at=Now() - timedelta(seconds=1))
    assert second.tick()
    assert not first.tick()


def test_a_clock_is_heard_from() -> None:
    Clock().tick()
    assert ProcessHeartbeat.objects.heard(ProcessHeartbeat.Role.CLOCK, 20).exists()


def test_the_sweep_is_scheduled_each_minute_on_a_cluster_of_its_own() -> None:
    assert schedules.ensure()
    schedule = Schedule.objects.get(name="sweep")
    assert (schedule.schedule_type, schedule.minutes) == (Schedule.MINUTES, 1)
    assert (schedule.cluster, schedule.repeats) == ("sweep", -1)
    assert schedule.func == "spellhub.console.sweeps.run_scheduled_sweep"


def test_ensuring_the_schedules_again_changes_nothing_but_what_is_wrong() -> None:
    schedules.ensure()
    before = Schedule.objects.get(name="sweep")
    Schedule.objects.filter(pk=before.pk).update(minutes=30)
    Schedule.objects.create(name="sweep", func="math.sqrt", cluster="sweep")
    assert schedules.ensure()
    after = Schedule.objects.get(name="sweep")
    assert (after.pk, after.minutes, after.next_run) == (before.pk, 1, before.next_run)


def test_schedules_are_not_written_by_two_at_once() -> None:
    ClockLease.take("schedules", uuid7(), 10)
    assert not schedules.ensure()
    assert not Schedule.objects.exists()
