"""Draw numbers, choices and colours."""

import colorsys
import hashlib
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import LocalTool, Seed, Values, register

Kind = Literal["integer", "number", "boolean", "choice", "sample", "shuffle", "colour"]
_LARGEST = 2**53 - 1
_BITS = 256


class Inputs(Values):
    kind: Kind = Field(
        description="choice: of `options`, each time anew; sample: different ones of `options`; "
        "shuffle: all `options` in another order."
    )
    seed: Seed
    count: int | None = Field(default=None, ge=1, le=1000, description="How many; 1 if not told.")
    minimum: float = Field(default=0, ge=-_LARGEST, le=_LARGEST, description="Of numbers.")
    maximum: float = Field(
        default=1, ge=-_LARGEST, le=_LARGEST, description="Of numbers; an integer may be it."
    )
    decimals: int = Field(default=3, ge=0, le=9, description="Of a number.")
    options: list[JsonValue] | None = Field(default=None, min_length=1, max_length=1000)
    weights: list[Annotated[float, Field(ge=0, le=1e9)]] | None = Field(
        default=None,
        max_length=1000,
        description="Of a choice, one for each option; one of weight 0 is never drawn.",
    )


class Outputs(Values):
    value: JsonValue = Field(description="The first of the values.")
    values: list[JsonValue]


@register
class Random(LocalTool[Inputs, Outputs]):
    """Draw numbers, colours, or some of a list; the same seed draws the same."""

    key, title = "data.random", "Random"
    example = Inputs(kind="integer", seed=7, count=5, minimum=1, maximum=6)

    def run(self, inputs: Inputs, call: Call) -> Outputs:  # noqa: ARG002
        _check(inputs)
        values = _DRAWS[inputs.kind](inputs, Lots(inputs.seed))
        return Outputs(value=values[0], values=values)


class Lots:
    """Numbers from a seed, by hashing: the same on every version of Python and every machine."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn = 0

    def below(self, end: int) -> int:
        """Return the next integer from 0 to below ``end``, which must be far below 2 ** 256."""
        digest = hashlib.sha256(f"{self._seed}/{self._drawn}".encode()).digest()
        self._drawn += 1
        return int.from_bytes(digest) * end >> _BITS

    def fraction(self) -> float:
        """Return the next number from 0 to below 1."""
        return self.below(2**53) / 2**53


def _check(inputs: Inputs) -> None:
    takes_options = inputs.kind in {"choice", "sample", "shuffle"}
    if takes_options and inputs.options is None:
        raise InvalidInput(f"To draw a {inputs.kind}, give `options`.")
    if not takes_options and inputs.options is not None:
        raise InvalidInput(f"`options` have no meaning for kind {inputs.kind}.")
    if inputs.weights is not None:
        _check_weights(inputs, inputs.weights)
    if inputs.minimum > inputs.maximum:
        raise InvalidInput("`minimum` is larger than `maximum`.")
    if inputs.kind == "shuffle" and inputs.count not in {None, len(inputs.options or ())}:
        raise InvalidInput("A shuffle gives all options; to take some of them, draw a sample.")


def _check_weights(inputs: Inputs, weights: list[float]) -> None:
    if inputs.kind != "choice":
        raise InvalidInput("`weights` have a meaning for kind choice only.")
    if len(weights) != len(inputs.options or ()):
        raise InvalidInput("There must be one of `weights` for each of `options`.")
    if not any(weights):
        raise InvalidInput("At least one of `weights` must be more than 0.")


def _integers(inputs: Inputs, lots: Lots) -> list[JsonValue]:
    if inputs.minimum != int(inputs.minimum) or inputs.maximum != int(inputs.maximum):
        raise InvalidInput("The `minimum` and `maximum` of integers must be whole numbers.")
    first, span = int(inputs.minimum), int(inputs.maximum) - int(inputs.minimum) + 1
    return [first + lots.below(span) for _ in range(inputs.count or 1)]


def _numbers(inputs: Inputs, lots: Lots) -> list[JsonValue]:
    low, high = inputs.minimum, inputs.maximum
    drawn = (low + lots.fraction() * (high - low) for _ in range(inputs.count or 1))
    return [min(max(round(number, inputs.decimals), low), high) for number in drawn]


def _booleans(inputs: Inputs, lots: Lots) -> list[JsonValue]:
    return [lots.below(2) == 1 for _ in range(inputs.count or 1)]


def _choices(inputs: Inputs, lots: Lots) -> list[JsonValue]:
    options = inputs.options or []
    weights = inputs.weights or [1.0] * len(options)
    likely = [(option, weight) for option, weight in zip(options, weights, strict=True) if weight]
    ends = list(accumulate(weight for _, weight in likely))
    places = [bisect_right(ends, lots.fraction() * ends[-1]) for _ in range(inputs.count or 1)]
    # Rounding may lift the largest fractions to the very end.
    return [likely[min(place, len(likely) - 1)][0] for place in places]


def _sample(inputs: Inputs, lots: Lots) -> list[JsonValue]:
    options, count = list(inputs.options or []), inputs.count or 1
    if count > len(options):
        raise InvalidInput(f"There are only {len(options)} options to draw from.")
    return [options.pop(lots.below(len(options))) for _ in range(count)]


def _shuffled(inputs: Inputs, lots: Lots) -> list[JsonValue]:
    options = list(inputs.options or [])
    return [options.pop(lots.below(len(options))) for _ in range(len(options))]


def _colours(inputs: Inputs, lots: Lots) -> list[JsonValue]:
    """Colours that are neither dull nor glaring, nearly black nor nearly white."""
    return [_colour(lots) for _ in range(inputs.count or 1)]


def _colour(lots: Lots) -> str:
    hue, light, strength = lots.fraction(), lots.fraction(), lots.fraction()
    parts = colorsys.hls_to_rgb(hue, 0.36 + 0.32 * light, 0.45 + 0.4 * strength)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


_DRAWS: dict[Kind, Callable[[Inputs, Lots], list[JsonValue]]] = {
    "integer": _integers,
    "number": _numbers,
    "boolean": _booleans,
    "choice": _choices,
    "sample": _sample,
    "shuffle": _shuffled,
    "colour": _colours,
}
