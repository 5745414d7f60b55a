"""Processes tell that they live, and what they do."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from spellhub.console.heartbeats import Heartbeat
from spellhub.console.models import ProcessHeartbeat

pytestmark = pytest.mark.django_db
WORKER = ProcessHeartbeat.Role.WORKER


def test_the_first_beat_makes_the_row_and_later_ones_keep_it_fresh() -> None:
    heartbeat = Heartbeat(WORKER)
    assert heartbeat.beat()
    ProcessHeartbeat.objects.update(beat_at=Now() - timedelta(minutes=5))
    assert not ProcessHeartbeat.objects.heard(WORKER, 20).exists()
    assert heartbeat.beat()
    assert ProcessHeartbeat.objects.heard(WORKER, 20).count() == 1


def test_a_beat_says_what_the_process_does_and_since_when() -> None:
    doing = ["casts.tasks.look 1"]
    heartbeat = Heartbeat(WORKER, lambda: doing[0])
    heartbeat.beat()
    began = ProcessHeartbeat.objects.get()
    heartbeat.beat()
    went_on = ProcessHeartbeat.objects.get()
    assert (went_on.doing, went_on.since) == ("casts.tasks.look 1", began.since)
    doing[0] = ""
    heartbeat.beat()
    ended = ProcessHeartbeat.objects.get()
    assert ended.doing == ""
    assert ended.since > began.since


def test_a_very_long_name_of_a_task_does_not_silence_its_worker() -> None:
    assert Heartbeat(WORKER, lambda: "x" * 5000).beat()


def test_only_processes_of_the_role_are_heard() -> None:
    Heartbeat(ProcessHeartbeat.Role.CLOCK).beat()
    assert not ProcessHeartbeat.objects.heard(WORKER, 20).exists()


def test_processes_long_silent_are_forgotten() -> None:
    Heartbeat(WORKER).beat()
    ProcessHeartbeat.objects.update(beat_at=Now() - timedelta(hours=2))
    Heartbeat(WORKER).beat()
    assert ProcessHeartbeat.objects.forget(3600) == 1
    assert ProcessHeartbeat.objects.count() == 1
