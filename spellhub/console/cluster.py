"""What the processes of one django-q2 cluster do besides their work: tell that they live."""

from typing import Any

from django.conf import settings
from django_q.signals import post_execute, post_execute_in_worker, post_spawn, pre_execute
from django_q.utils import get_func_repr

from spellhub.console import pulse
from spellhub.console.heartbeats import Heartbeat
from spellhub.console.models import ProcessHeartbeat
from spellhub.console.pulse import Kind


def listen() -> None:
    """Follow the messages through the cluster that this process is about to fork."""
    post_spawn.connect(_begin_worker)
    pre_execute.connect(_begin_message)
    post_execute_in_worker.connect(_end_message)
    post_execute.connect(_acknowledged)


def _begin_worker(**_: Any) -> None:
    own = pulse.own(Kind.WORKER)
    Heartbeat(ProcessHeartbeat.Role(settings.ROLE), lambda: own.doing).start()


def _begin_message(task: dict[str, Any], **_: Any) -> None:
    what = [get_func_repr(task["func"]) or "", *map(str, task["args"])]
    pulse.own(Kind.WORKER).begin(" ".join(what))


def _end_message(**_: Any) -> None:
    pulse.own(Kind.WORKER).end()


def _acknowledged(**_: Any) -> None:
    pulse.own(Kind.MONITOR).pass_on(1)
