"""Lines that rise and fall across a picture."""

import numpy as np

from generations.adapters.local.drawing.vectors import Points


def ridge(random: np.random.Generator, width: float, height: float, roughness: float) -> Points:
    """Return a rugged line (n, 2) across a width, between 0 and minus a height.

    Midpoints are displaced, ever less (A. Fournier, D. Fussell and L. Carpenter, Computer Rendering
    of Stochastic Models, 1982).
    """
    heights = random.uniform(0.25, 0.9, max(3, round(width / 38) + 2))
    reach = 0.34
    while len(heights) < 220:
        middles = (heights[:-1] + heights[1:]) / 2 + random.normal(0, reach, len(heights) - 1)
        wider = np.empty(len(heights) * 2 - 1)
        wider[::2], wider[1::2] = heights, middles
        heights, reach = wider, reach * roughness
    heights -= heights.min()
    heights *= height / max(float(heights.max()), 1e-6)
    return np.stack([np.linspace(-1, width + 1, len(heights)), -heights], 1)


def hills(random: np.random.Generator, width: float, height: float) -> Points:
    """Return a soft line (n, 2) across a width, between 0 and minus a height."""
    x = np.linspace(-1, width + 1, 120)
    y = np.zeros_like(x)
    for octave in range(1, 4):
        y += (
            np.sin(x / 100 * octave * random.uniform(2.2, 4.4) + random.uniform(0, 7)) / octave**1.3
        )
    y -= y.min()
    return np.stack([x, -y * height / max(float(y.max()), 1e-6)], 1)
