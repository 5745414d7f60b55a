"""Watching a cast until it ends, by reading its rows."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from casts.models import Cast
from casts.pages.reading import CastReading, read_cast
from casts.states import Status
from spellhub.events.models import Event

POLL_S = 0.2
# What changes without an event, such as how long a step has run, is read again so often.
REREAD_S = 1.0
# A cast that nobody took for so long probably has no worker.
NOBODY_AFTER_S = 5.0


@dataclass(frozen=True)
class Snapshot:
    """A cast as it is now, with the events since the snapshot before."""

    reading: CastReading
    events: tuple[Event, ...]
    waited_s: float

    @property
    def nobody_came(self) -> bool:
        """Whether it has waited for a worker longer than one should take."""
        is_queued = self.reading.cast.status == Status.QUEUED
        return is_queued and self.waited_s > NOBODY_AFTER_S


def follow(cast_id: UUID) -> Iterator[Snapshot]:
    """Yield a cast whenever something happened to it, and about every second, until it ended."""
    seen, read_at, began = 0, 0.0, time.monotonic()
    while True:
        seq = Cast.objects.values_list("seq", flat=True).get(pk=cast_id)
        if seq > seen or time.monotonic() - read_at >= REREAD_S:
            reading = read_cast(cast_id)
            news = Event.objects.filter(topic=reading.cast.topic, seq__gt=seen).order_by("seq")
            # The events up to the seq that was read, so that each comes with its state.
            events = tuple(event for event in news if event.seq <= reading.cast.seq)
            seen, read_at = reading.cast.seq, time.monotonic()
            yield Snapshot(reading, events, read_at - began)
            if reading.cast.is_final:
                return
        time.sleep(POLL_S)
