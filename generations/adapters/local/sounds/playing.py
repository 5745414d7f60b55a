"""Playing notes: every voice is a sum of decaying sines, in a small room."""

import io
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generations.adapters.local.sounds.composing import Note

Voice = Literal["kalimba", "bell", "organ"]
Sound = NDArray[np.float64]

RATE = 32_000
"""Samples a second."""

_A4 = 440.0  # hertz
_TAIL_S = 1.8
_LOUDEST = 0.84  # of full scale
_ROOM_S = 1.1
_ROOM_SHARE = 0.22


@dataclass(frozen=True)
class Partials:
    """Multiples of a note's frequency, how loud each is, and how fast it decays (per second)."""

    multiples: tuple[float, ...]
    levels: tuple[float, ...]
    decays: tuple[float, ...]
    attack_s: float


_VOICES: dict[Voice, Partials] = {
    "kalimba": Partials((1, 2, 3, 5.4), (1, 0.22, 0.05, 0.12), (3.2, 5, 7, 22), 0.004),
    "bell": Partials((1, 2, 2.76, 4.07, 5.4), (1, 0.5, 0.3, 0.16, 0.1), (1.8, 2.6, 4, 6, 9), 0.003),
    "organ": Partials((1, 2, 3, 4), (1, 0.42, 0.2, 0.1), (0.7, 0.7, 0.8, 1), 0.03),
}


def play(notes: Sequence[Note], voice: Voice, tempo: int) -> Sound:
    """Return the sound (samples, 2), left and right from -1 to 1; ``tempo`` in quarters/min."""
    eighth = 30 / tempo
    seconds = max(note.start + note.length for note in notes) * eighth + _TAIL_S
    sound = np.zeros((int(seconds * RATE), 2))
    for note in notes:
        _add(sound, note, _VOICES[voice], eighth)
    wet = _in_room(sound)
    wet[-RATE:] *= np.linspace(1, 0, RATE)[:, None] ** 2
    return wet * (_LOUDEST / max(float(np.abs(wet).max()), 1e-9))


def write(sound: Sound) -> bytes:
    """Return a WAV file of 16 bits a sample."""
    file = io.BytesIO()
    with wave.open(file, "wb") as track:
        track.setnchannels(2)
        track.setsampwidth(2)
        track.setframerate(RATE)
        track.writeframes((sound * 32_767).round().astype("<i2").tobytes())
    return file.getvalue()


def _add(sound: Sound, note: Note, voice: Partials, eighth: float) -> None:
    start = int(note.start * eighth * RATE)
    length = min(len(sound) - start, int((note.length * eighth + _TAIL_S) * RATE))
    time = np.arange(length) / RATE
    frequency = _A4 * 2 ** (note.pitch / 12)
    tone = np.zeros(length)
    for multiple, level, decay in zip(voice.multiples, voice.levels, voice.decays, strict=True):
        if frequency * multiple < RATE / 2:
            tone += level * np.exp(-decay * time) * np.sin(2 * np.pi * frequency * multiple * time)
    tone *= np.minimum(time / voice.attack_s, 1) * _release(time, note.length * eighth)
    aside = np.clip(note.pitch / 36, -0.4, 0.4)  # low notes a little to the left
    sound[start : start + length] += (
        note.loudness * tone[:, None] * [0.5 - aside / 2, 0.5 + aside / 2]
    )


def _release(time: Sound, held_s: float) -> Sound:
    """Let a note ring on after it was held, ever softer."""
    released: Sound = np.exp(-4 * np.maximum(time - held_s, 0))
    return released


def _in_room(sound: Sound) -> Sound:
    """Add the echo of a room: the same one each time."""
    random = np.random.default_rng(7)
    time = np.arange(int(_ROOM_S * RATE)) / RATE
    echo = random.normal(0, 1, (len(time), 2)) * np.exp(-5 * time)[:, None]
    echo /= np.sqrt((echo**2).sum(0))
    size = len(sound) + len(echo)
    spectrum = np.fft.rfft(sound, size, axis=0) * np.fft.rfft(echo, size, axis=0)
    wet: Sound = np.fft.irfft(spectrum, size, axis=0)[: len(sound)]
    return (1 - _ROOM_SHARE) * sound + _ROOM_SHARE * wet
