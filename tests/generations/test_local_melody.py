"""Melodies: real sound, the same for the same seed."""

import io
import wave
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generations.adapters.base import InvalidInput
from generations.adapters.local.sounds.composing import BAR, Note, compose
from generations.adapters.local.sounds.playing import RATE, play
from tests.generations.calls import MemoryCall, execute, expect, local


def record(**options: Any) -> tuple[bytes, float]:
    call = MemoryCall({"seed": 3, "bars": 2, "tempo": 160, **options})
    outputs = execute(local(), "audio.melody", call).outputs
    (kept,) = call.kept
    assert (kept.id, kept.media_type) == (outputs["audio"], "audio/wav")
    return call.files[kept.id], outputs["seconds"]


def samples(content: bytes) -> NDArray[np.int16]:
    with wave.open(io.BytesIO(content)) as track:
        assert (track.getnchannels(), track.getsampwidth(), track.getframerate()) == (2, 2, RATE)
        return np.frombuffer(track.readframes(track.getnframes()), "<i2").reshape(-1, 2)


@pytest.mark.parametrize("voice", ["kalimba", "bell", "organ"])
def test_a_melody_is_heard_and_never_too_loud(voice: str) -> None:
    content, seconds = record(voice=voice)
    sound = samples(content)
    assert len(sound) / RATE == pytest.approx(seconds, abs=0.001)
    assert 20_000 < np.abs(sound.astype(int)).max() < 32_000
    thirds = np.array_split(sound[: -2 * RATE].astype(float), 3)
    assert all(np.sqrt((third**2).mean()) > 500 for third in thirds)
    assert np.abs(sound[-50:].astype(int)).max() < 30


def test_the_same_seed_plays_the_same_and_another_something_else() -> None:
    first, again, other = record(), record(), record(seed=4)
    assert first == again
    assert first[0] != other[0]


@pytest.mark.parametrize("mood", ["bright", "calm", "dark"])
def test_a_melody_fills_its_bars_and_comes_home(mood: Any) -> None:
    for seed in range(20):
        notes = compose(np.random.default_rng(seed), mood, 8)
        sung = [note for note in notes if note.loudness > 0.5]
        assert max(note.start + note.length for note in sung) == 8 * BAR
        starts = [note.start for note in sung]
        assert starts == sorted(starts)
        assert all(-15 <= note.pitch <= 30 for note in sung)
        home = {"bright": 3, "calm": -2, "dark": 0}[mood]
        assert (sung[-1].pitch - home) % 12 == 0


def test_a_note_has_its_pitch() -> None:
    sound = play([Note(0, 8, 3, 1.0)], "organ", 60)
    spectrum = np.abs(np.fft.rfft(sound[: 2 * RATE].sum(axis=1)))
    assert np.argmax(spectrum) / 2 == pytest.approx(440 * 2 ** (3 / 12), abs=1)


@pytest.mark.parametrize("wrong", [{"bars": 17}, {"bars": 1}, {"tempo": 30}, {"voice": "tuba"}])
def test_a_melody_out_of_bounds_is_refused(wrong: dict[str, Any]) -> None:
    expect(InvalidInput, "audio.melody", {"seed": 1} | wrong)
