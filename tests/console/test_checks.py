"""Settings known to lose work, or to be unsafe, are refused."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from spellhub.checks import check_databases, check_queue, pooled, queue_traps, unsafe_settings
from spellhub.console.refusals import Refused

GOOD_KEY = "wJ8sK2pQ9xN4vB7mZ1cF6hL3tR5yD0gA"


def test_our_own_queue_settings_fall_into_no_trap() -> None:
    assert check_queue() == []


@pytest.mark.parametrize(
    ("change", "trap"),
    [
        ({"queue_limit": 4}, "spellhub.E101"),
        ({"bulk": 5}, "spellhub.E102"),
        ({"retry": 3600}, "spellhub.E103"),
        ({"timeout": None}, "spellhub.E103"),
        ({"save_limit": 250}, "spellhub.E104"),
        ({"ack_failures": False}, "spellhub.E105"),
        ({"max_attempts": 0}, "spellhub.E106"),
        ({"guard_cycle": 0.3}, "spellhub.E107"),
        ({"catch_up": True}, "spellhub.E108"),
        ({"ALT_CLUSTERS": {}}, "spellhub.E109"),
        ({"broker_class": "django_q.brokers.orm.ORM"}, "spellhub.E110"),
        ({"name": "other"}, "spellhub.E111"),
        ({"poll": 5}, "spellhub.E112"),
        ({"sync": True}, "spellhub.E113"),
    ],
)
def test_each_trap_of_the_queue_is_refused(change: dict[str, Any], trap: str) -> None:
    problems = queue_traps(settings.Q_CLUSTER | change)
    assert [problem.id for problem in problems] == [trap]
    assert problems[0].hint


@pytest.mark.parametrize(
    ("setting", "trap"),
    [
        ("queue_limit", "spellhub.E101"),
        ("timeout", "spellhub.E103"),
        ("save_limit", "spellhub.E104"),
        ("ack_failures", "spellhub.E105"),
        ("max_attempts", "spellhub.E106"),
        ("catch_up", "spellhub.E108"),
    ],
)
def test_a_trap_that_is_the_queue_s_default_is_refused_when_left_out(
    setting: str, trap: str
) -> None:
    without = {key: value for key, value in settings.Q_CLUSTER.items() if key != setting}
    assert [problem.id for problem in queue_traps(without)] == [trap]


def test_the_sweep_s_own_cluster_is_checked_too(settings: Settings) -> None:
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"ALT_CLUSTERS": {"sweep": {"queue_limit": 3}}}
    (problem,) = check_queue()
    assert problem.id == "spellhub.E101"
    assert "sweep" in problem.msg


def test_a_connection_pool_is_refused() -> None:
    assert check_databases() == []
    problems = pooled({"default": {"OPTIONS": {"pool": True}}, "other": {}})
    assert [problem.id for problem in problems] == ["spellhub.E120"]


def test_a_trap_stops_every_command(settings: Settings) -> None:
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"bulk": 10}
    with pytest.raises(SystemCheckError, match="bulk must be 1"):
        call_command("check")


def test_good_settings_are_safe() -> None:
    assert list(unsafe_settings(_settings())) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": settings.INSECURE_SECRET_KEY}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": settings.INSECURE_SECRET_KEY, "DEBUG": True}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too easy"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY is too easy"),
        ({"SECRET_KEY": f"django-insecure-{GOOD_KEY}"}, "SECRET_KEY is too easy"),
        ({"ALLOWED_HOSTS": ["example.org", "*"]}, "ALLOWED_HOSTS"),
    ],
)
def test_production_on_defaults_is_unsafe(change: dict[str, Any], named: str) -> None:
    (sentence,) = unsafe_settings(_settings(**change))
    assert named in sentence


def test_a_developer_may_use_any_key_of_their_own() -> None:
    assert list(unsafe_settings(_settings(SECRET_KEY="dev", DEBUG=True, ALLOWED_HOSTS=["*"]))) == []


@pytest.mark.parametrize("part", ["web", "worker", "clock", "cluster"])
def test_no_part_starts_without_a_secret_key(part: str, settings: Settings) -> None:
    settings.SECRET_KEY = settings.INSECURE_SECRET_KEY
    with pytest.raises(Refused, match="SECRET_KEY is not set"):
        call_command(part)


def _settings(**changes: Any) -> SimpleNamespace:
    good = {
        "SECRET_KEY": GOOD_KEY,
        "INSECURE_SECRET_KEY": settings.INSECURE_SECRET_KEY,
        "DEBUG": False,
        "ALLOWED_HOSTS": ["example.org"],
    }
    return SimpleNamespace(**good | changes)
