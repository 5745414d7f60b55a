"""Liveness and readiness."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import RequestFactory

from spellhub.console.health import healthz, readyz
from spellhub.console.heartbeats import Heartbeat
from spellhub.console.models import ProcessHeartbeat, SweepRun
from spellhub.console.sweeps import run_sweep


def test_alive_asks_no_database(rf: RequestFactory) -> None:
    response = healthz(rf.get("/healthz"))
    assert response.status_code == 200
    assert json.loads(response.content) == {"status": "alive"}


@pytest.mark.django_db
def test_ready_when_all_is_there(rf: RequestFactory) -> None:
    _make_ready()
    response = readyz(rf.get("/readyz"))
    assert response.status_code == 200
    assert set(_checks(response).values()) == {"ok"}


@pytest.mark.django_db
def test_not_ready_without_a_worker_heard_from_lately(rf: RequestFactory) -> None:
    _make_ready()
    ProcessHeartbeat.objects.update(beat_at=Now() - timedelta(minutes=1))
    response = readyz(rf.get("/readyz"))
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "No worker was heard from" in _checks(response)["workers"]


@pytest.mark.django_db
@pytest.mark.failure("C15")
def test_not_ready_when_the_sweep_has_stopped(rf: RequestFactory) -> None:
    """Guard: the last sweep is part of readiness (spellhub/console/health.py)."""
    _make_ready()
    SweepRun.objects.update(finished_at=Now() - timedelta(minutes=5))
    response = readyz(rf.get("/readyz"))
    assert response.status_code == 503
    assert "No sweep has finished" in _checks(response)["sweep"]


@pytest.mark.django_db
def test_every_missing_thing_is_named_at_once(rf: RequestFactory) -> None:
    response = readyz(rf.get("/readyz"))
    missing = {name for name, state in _checks(response).items() if state != "ok"}
    assert missing == {"workers", "sweep"}


def test_probes_are_not_cached_and_change_nothing(rf: RequestFactory) -> None:
    assert "no-store" in healthz(rf.get("/healthz"))["Cache-Control"]
    assert healthz(rf.post("/healthz")).status_code == 405


def _make_ready() -> None:
    Heartbeat(ProcessHeartbeat.Role.WORKER).beat()
    run_sweep(by="test")


def _checks(response: Any) -> dict[str, str]:
    checks: dict[str, str] = json.loads(response.content)["checks"]
    return checks
