"""Composing a short melody from a seed: the same bars come back, changed a little."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

Mood = Literal["bright", "calm", "dark"]
BAR = 8
"""Eighth notes in a bar."""

_RHYTHMS = (
    (2, 2, 2, 2),
    (2, 1, 1, 4),
    (3, 1, 2, 2),
    (1, 1, 2, 4),
    (3, 3, 2),
    (4, 2, 2),
    (1, 1, 1, 1, 2, 2),
)
_LAST_RHYTHM = (2, 2, 4)


@dataclass(frozen=True)
class Note:
    """Starts and lengths are in eighth notes, pitches in semitones above A4."""

    start: float
    length: float
    pitch: int
    loudness: float


@dataclass(frozen=True)
class Key:
    """The notes of a melody, and the roots of the chords, one for each bar, over and over."""

    tonic: int
    scale: tuple[int, ...]
    roots: tuple[int, ...]


_KEYS: dict[Mood, Key] = {
    "bright": Key(3, (0, 2, 4, 7, 9), (0, 7, 9, 5)),
    "calm": Key(-2, (0, 2, 4, 7, 9), (0, 5, 9, 7)),
    "dark": Key(0, (0, 3, 5, 7, 10), (0, 8, 3, 10)),
}


def compose(random: np.random.Generator, mood: Mood, bars: int) -> list[Note]:
    """Return the notes of a melody with its accompaniment."""
    key = _KEYS[mood]
    motif = [_bar(random, _RHYTHMS[random.integers(len(_RHYTHMS))]) for _ in range(2)]
    notes: list[Note] = []
    degree = 5
    for number in range(bars):
        is_last = number == bars - 1
        bar = _bar(random, _LAST_RHYTHM) if is_last else motif[number % 2]
        if number % 4 == 2 and not is_last:
            bar = [(length, step + int(random.integers(-1, 2))) for length, step in bar]
        degree = _sing(notes, key, number * BAR, bar, degree, is_last=is_last)
        notes += _accompany(key, number)
    return notes


def _bar(random: np.random.Generator, rhythm: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return lengths with steps of the scale; small steps are likely."""
    steps = random.choice(
        [-3, -2, -1, 0, 1, 2, 3], len(rhythm), p=[0.06, 0.14, 0.27, 0.06, 0.27, 0.14, 0.06]
    )
    return list(zip(rhythm, steps.tolist(), strict=True))


def _sing(  # noqa: PLR0913 - what a bar of a melody depends on
    notes: list[Note],
    key: Key,
    start: int,
    bar: list[tuple[int, int]],
    degree: int,
    *,
    is_last: bool,
) -> int:
    """Add the notes of a bar; returns the degree of the scale that it ends on."""
    at = start
    for place, (length, step) in enumerate(bar):
        degree = _within(degree + step)
        if is_last and place == len(bar) - 1:
            degree = len(key.scale)
        loudness = 0.95 if at % BAR == 0 else 0.8 if at % 2 == 0 else 0.65
        notes.append(Note(at, length, _pitch(key, degree), loudness))
        at += length
    return degree


def _within(degree: int) -> int:
    """Turn back at the ends of the range of two octaves."""
    return -degree if degree < 0 else 20 - degree if degree > 10 else degree


def _pitch(key: Key, degree: int) -> int:
    octave, place = divmod(degree, len(key.scale))
    return key.tonic + key.scale[place] + 12 * octave


def _accompany(key: Key, bar: int) -> Iterator[Note]:
    root = key.tonic + key.roots[bar % len(key.roots)]
    low = root - 24 if root > 6 else root - 12
    for at, pitch in ((0, low), (2, low + 7), (4, low + 12), (6, low + 7)):
        yield Note(bar * BAR + at, 4, pitch, 0.34 if at else 0.45)
