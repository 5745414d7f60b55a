"""django-q2's brokers, counting what they hand to the cluster (see pulse)."""

from typing import Any

from django_q.brokers import Broker
from django_q.brokers.orm import ORM
from django_q.brokers.redis_broker import Redis

from spellhub.console import pulse


class _Counting(Broker):  # type: ignore[misc]
    def dequeue(self) -> Any:
        """Take messages for the cluster; only its pusher calls this."""
        messages = super().dequeue()
        if messages:
            pulse.own(pulse.Kind.PUSHER).pass_on(len(messages))
        return messages

    def fail(self, task_id: Any) -> Any:
        """Drop a message that cannot be read: no worker will ever begin it."""
        pulse.own(pulse.Kind.PUSHER).pass_on(-1)
        return super().fail(task_id)


class CountingOrm(_Counting, ORM):  # type: ignore[misc]
    """The broker in the database."""


class CountingRedis(_Counting, Redis):  # type: ignore[misc]
    """The broker in Redis."""
