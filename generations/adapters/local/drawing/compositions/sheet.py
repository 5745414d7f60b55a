"""What a composition is drawn on and with."""

from dataclasses import dataclass

import numpy as np

from generations.adapters.local.drawing.colours import Ramp, hexadecimal
from generations.adapters.local.drawing.palettes import Palette, luminance
from generations.adapters.local.drawing.vectors import Drawing


@dataclass(frozen=True)
class Sheet:
    """A drawing, the chance it is drawn by, and its colours.

    ``amount`` is how much there is on it: 1 as much as is usual.
    """

    drawing: Drawing
    random: np.random.Generator
    palette: Palette
    amount: float

    @property
    def width(self) -> float:
        """Of the drawing, in its units."""
        return self.drawing.width

    @property
    def height(self) -> float:
        """Of the drawing, in its units."""
        return self.drawing.height

    def tone(self, share: float) -> str:
        """Return a colour of the palette's ramp, from 0, dark, to 1, light."""
        return hexadecimal(Ramp.of(self.palette.ramp).one(share))

    def pick(self, options: int) -> int:
        """Return a number from 0 up to one less than the options."""
        return int(self.random.integers(options))

    def between(self, low: float, high: float) -> float:
        """Return a number between two."""
        return float(self.random.uniform(low, high))

    def chance(self, share: float) -> bool:
        """Tell whether something happens that happens this often."""
        return bool(self.random.random() < share)

    def ink(self, *besides: str) -> str:
        """Return one of the inks, common ones more often, that can be told from some colours."""
        inks = [ink for ink in self.palette.inks if all(differ(ink, one) for one in besides)]
        inks = inks or list(self.palette.inks)
        weights = 0.82 ** np.arange(len(inks))
        return inks[int(self.random.choice(len(inks), p=weights / weights.sum()))]

    @property
    def darkest(self) -> str:
        """The darkest colour of paper and inks."""
        return min(self.palette.colours, key=luminance)

    @property
    def lightest(self) -> str:
        """The lightest colour of paper and inks."""
        return max(self.palette.colours, key=luminance)


def differ(one: str, other: str) -> bool:
    """Tell whether two colours are apart enough to see a shape of one on the other."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    apart = sum(
        abs(int(one[part : part + 2], 16) - int(other[part : part + 2], 16)) for part in (1, 3, 5)
    )
    return (light + 0.05) / (dark + 0.05) > 1.25 and apart > 60
