"""When what ran, as bars in percent of a line, with long idle stretches folded away. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from generations.states import FINAL, Status

# Idle time beyond this is folded to this: a retry after a day would leave no bar to see.
LONGEST_IDLE = timedelta(seconds=30)
_NARROWEST = 0.4


class AttemptRow(Protocol):
    """What is needed of a generation."""

    @property
    def attempt(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def finished_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Bar:
    """A stretch of an attempt: where it starts and how wide it is, in percent; thin = waiting."""

    x: float
    width: float
    state: str
    thin: bool
    title: str


@dataclass(frozen=True)
class Tick:
    """A mark on the line, in percent, with the working time it stands for."""

    x: float
    label: str


class Line:
    """The time from the first attempt to the last, or to now, folded to 0 … 100 percent."""

    def __init__(self, attempts: Iterable[AttemptRow], now: datetime) -> None:
        self._now = now
        rows = list(attempts)
        self._stretches = _merged([(row.created_at, row.finished_at or now) for row in rows])
        busy = sum((end - begin for begin, end in self._stretches), timedelta())
        self.is_folded = False
        self._starts: list[timedelta] = []
        total = timedelta()
        previous: datetime | None = None
        for begin, end in self._stretches:
            idle = begin - previous if previous else timedelta()
            self.is_folded |= idle > LONGEST_IDLE
            total += min(idle, LONGEST_IDLE, busy / 20 if idle > LONGEST_IDLE else idle)
            self._starts.append(total)
            total += end - begin
            previous = end
        self.length = total

    def place(self, at: datetime) -> float:
        """Return where a time lies, in percent."""
        if not self.length:
            return 0.0
        offset = timedelta()
        for (begin, end), start in zip(self._stretches, self._starts, strict=True):
            if at < begin:
                break
            offset = start + (min(at, end) - begin)
        return 100 * (offset / self.length)

    def bars(self, attempts: Sequence[AttemptRow]) -> tuple[Bar, ...]:
        """Return the bars of one step."""
        return tuple(bar for row in attempts for bar in self._bars(row))

    def ticks(self, count: int = 4) -> tuple[Tick, ...]:
        """Return evenly spread marks."""
        seconds = self.length.total_seconds()
        digits = 1 if seconds < 10 * count else 0
        return tuple(
            Tick(100 * i / count, f"{seconds * i / count:.{digits}f} s") for i in range(count)
        )

    def _bars(self, row: AttemptRow) -> Iterable[Bar]:
        end = row.finished_at or self._now
        started = row.started_at or end
        if started > row.created_at:
            state = "retrying" if row.attempt > 1 else "queued"
            title = f"attempt {row.attempt} waits"
            yield self._bar(row.created_at, started, state, title, thin=True)
        if row.started_at:
            state = row.status if row.status in FINAL else _under_way(row.status)
            title = f"attempt {row.attempt} {state}"
            yield self._bar(row.started_at, end, state, title, thin=False)

    def _bar(self, begin: datetime, end: datetime, state: str, title: str, *, thin: bool) -> Bar:
        x, to = self.place(begin), self.place(end)
        width = max(to - x, _NARROWEST)
        seconds = max((end - begin).total_seconds(), 0)
        return Bar(min(x, 100 - width), width, state, thin, f"{title}, {seconds:.1f} s")


def _under_way(status: str) -> str:
    return "waiting" if status == Status.WAITING else "running"


def _merged(stretches: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return the times when at least one of the stretches lasted."""
    merged: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(stretches):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
