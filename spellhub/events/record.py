"""Writing events: in the transaction of the change they tell of, or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from spellhub.events.models import Event


@dataclass(frozen=True)
class Fact:
    """An event that has no number yet."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    actor: str = ""


def record(topic: str, after: int, facts: Iterable[Fact], *, actor: str, at: datetime) -> int:
    """Append facts to a topic and return the last number given.

    The caller holds the lock of the topic's owner row and stores the returned number there, so
    that "all after N" has no gaps.
    """
    events = [
        Event(
            topic=topic,
            seq=seq,
            kind=fact.kind,
            data=dict(fact.data),
            actor=fact.actor or actor,
            at=at,
        )
        for seq, fact in enumerate(facts, start=after + 1)
    ]
    Event.objects.bulk_create(events)
    return after + len(events)
