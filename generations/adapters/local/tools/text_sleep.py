"""Take some time, for tests and demos."""

import time

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import LocalTool, Values, register


class Inputs(Values):
    seconds: float = Field(ge=0, le=600)
    chunks: int = Field(default=1, ge=1, le=1000, description="How often to report progress.")
    text: str = Field(default="", max_length=10_000)


class Outputs(Values):
    text: str
    slept_s: float


@register
class Sleep(LocalTool[Inputs, Outputs]):
    """Sleep, report progress after each chunk, and give the text back."""

    key, title = "text.sleep", "Sleep"
    isolation = "process"
    deadline_s = 600
    memory_mib = 256
    debug_only = True
    example = Inputs(seconds=0.02, chunks=2, text="rested")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        started = time.monotonic()
        for chunk in range(inputs.chunks):
            time.sleep(inputs.seconds / inputs.chunks)
            call.progress((chunk + 1) / inputs.chunks, f"slept {chunk + 1} of {inputs.chunks}")
        return Outputs(text=inputs.text, slept_s=round(time.monotonic() - started, 3))
