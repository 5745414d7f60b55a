"""Choose from a list of texts."""

import hashlib
from typing import Annotated

from pydantic import Field

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import LocalTool, Seed, Values, register


class Inputs(Values):
    options: list[Annotated[str, Field(max_length=10_000)]] = Field(min_length=1, max_length=1000)
    seed: Seed
    count: int = Field(default=1, ge=1, le=1000, description="How many different ones to choose.")


class Outputs(Values):
    text: str = Field(description="The first of the texts.")
    index: int = Field(description="Its place among the options, from 0.")
    texts: list[str]


@register
class Choose(LocalTool[Inputs, Outputs]):
    """Choose one or more of a list of texts; the same seed chooses the same."""

    key, title = "text.choose", "Choose"
    example = Inputs(options=["dawn", "noon", "dusk"], seed=7)

    def run(self, inputs: Inputs, call: Call) -> Outputs:  # noqa: ARG002
        if inputs.count > len(inputs.options):
            raise InvalidInput(f"There are only {len(inputs.options)} options to choose from.")
        order = sorted(range(len(inputs.options)), key=lambda index: _draw(inputs.seed, index))
        chosen = order[: inputs.count]
        texts = [inputs.options[index] for index in chosen]
        return Outputs(text=texts[0], index=chosen[0], texts=texts)


def _draw(seed: int, index: int) -> bytes:
    """Return the lot of an option: a hash, so that it is the same on every version of Python."""
    return hashlib.sha256(f"{seed}:{index}".encode()).digest()
