"""Compose a short melody."""

from typing import Literal

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, LocalTool, Seed, Values, register


class Inputs(Values):
    seed: Seed
    mood: Literal["bright", "calm", "dark"] = "calm"
    voice: Literal["kalimba", "bell", "organ"] = "kalimba"
    bars: int = Field(default=8, ge=2, le=16)
    tempo: int = Field(default=96, ge=60, le=160, description="In quarters a minute.")


class Outputs(Values):
    audio: Artifact
    seconds: float


@register
class Melody(LocalTool[Inputs, Outputs]):
    """Compose and play a short melody (WAV); the same seed plays the same."""

    key, title = "audio.melody", "Melody"
    isolation = "process"
    memory_mib = 512
    requires = ("numpy",)
    example = Inputs(seed=7, bars=4)

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        import numpy as np  # noqa: PLC0415

        from generations.adapters.local.sounds.composing import compose  # noqa: PLC0415
        from generations.adapters.local.sounds.playing import RATE, play, write  # noqa: PLC0415

        notes = compose(np.random.default_rng(inputs.seed), inputs.mood, inputs.bars)
        sound = play(notes, inputs.voice, inputs.tempo)
        kept = call.keep(
            [write(sound)],
            media_type="audio/wav",
            name="melody.wav",
            provenance={"seed": inputs.seed},
        )
        return Outputs(audio=kept.id, seconds=round(len(sound) / RATE, 3))
