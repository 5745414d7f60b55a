"""Where the bars of a cast's attempts lie."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casts.pages.timeline import Line

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Row:
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempt: int = 1
    status: str = "succeeded"


def test_bars_lie_where_their_time_lies() -> None:
    rows = [Row(at(0), at(2), at(5)), Row(at(5), at(5), at(10))]
    line = Line(rows, at(99))
    waiting, running = line.bars(rows[:1])
    assert (waiting.x, waiting.width, waiting.thin, waiting.state) == (0, 20, True, "queued")
    assert (running.x, running.width, running.state) == (20, 30, "succeeded")
    assert [bar.x for bar in line.bars(rows[1:])] == [50]


def test_what_still_runs_reaches_to_now() -> None:
    row = Row(at(0), at(0), None, status="running")
    [bar] = Line([row], at(8)).bars([row])
    assert (bar.x, bar.width, bar.state) == (0, 100, "running")


def test_a_long_idle_stretch_is_folded_away() -> None:
    rows = [Row(at(0), at(0), at(10)), Row(at(86_400), at(86_400), at(86_410), attempt=2)]
    line = Line(rows, at(99_999))
    assert line.is_folded
    assert [round(bar.width) for row in rows for bar in line.bars([row])] == [48, 48]


def test_without_attempts_there_is_an_empty_line() -> None:
    line = Line([], at(0))
    assert line.place(at(5)) == 0
    assert not line.is_folded


SECONDS = st.floats(0, 1e6)


@given(st.lists(st.tuples(SECONDS, SECONDS, SECONDS), min_size=1, max_size=12))
def test_no_bar_leaves_the_line(times: list[tuple[float, float, float]]) -> None:
    rows = [Row(at(a), at(b), at(c)) for a, b, c in map(sorted, times)]
    line = Line(rows, at(2e6))
    for bar in line.bars(rows):
        assert bar.x >= 0
        assert bar.x + bar.width <= 100.000001
        assert bar.width > 0
