"""Times as people read and write them."""

from datetime import UTC, datetime, timedelta

import pytest

from casts.spans import ahead, clock, parse, spoken

NOW = datetime(2026, 11, 23, 9, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 ms"),
        (0.04, "40 ms"),
        (3.14, "3.1 s"),
        (48, "48 s"),
        (59.7, "1 m 00 s"),
        (108, "1 m 48 s"),
        (3600 * 2 + 300, "2 h 05 m"),
        (86_400 * 3 + 3600 * 4, "3 d 4 h"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert spoken(timedelta(seconds=seconds)) == words


def test_a_time_has_its_date_when_that_is_not_today() -> None:
    assert clock(NOW, NOW) == "09:31:00 UTC"
    assert clock(NOW - timedelta(days=1), NOW) == "22 Nov 09:31:00 UTC"
    assert clock(NOW - timedelta(days=365), NOW) == "23 Nov 2025 09:31:00 UTC"


def test_what_is_due_comes_at_any_moment() -> None:
    assert ahead(None, NOW) == ahead(NOW, NOW) == "at any moment"
    assert ahead(NOW + timedelta(seconds=20), NOW) == "in 20 s (09:31:20 UTC)"


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("1h30m", 5400), ("1.5h", 5400)]
)
def test_a_length_of_time_is_read(text: str, seconds: float) -> None:
    assert parse(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "ten minutes", "10 m", "-5s", "m", "10x"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a length of time"):
        parse(text)
