"""One durable, numbered fact; the live pages, the API stream and the audit trail read these."""

from typing import ClassVar

from django.db import models


class Event(models.Model):
    """A fact in the life of a topic, for example ``cast:0198…``.

    ``seq`` counts from 1 without gaps within the topic, because its writer holds the lock of the
    row the topic belongs to. ``actor`` says who or what caused it: ``user:ada``, ``key:sk_ab12``,
    ``worker``, ``clock``, ``sweep``, ``reconcile``.
    """

    topic = models.CharField(max_length=60)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic", "seq"], name="event_numbered_once"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="event_numbered_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.seq} {self.kind}"
