"""The time that one exchange may take in all, however many waits it has."""

from collections.abc import Callable
from time import monotonic


class Deadline:
    """Ends ``seconds`` after it is made, by a clock that is never set."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._ends = clock() + seconds

    def remaining(self, at_most: float | None = None) -> float:
        """Return the seconds that are left, more than 0; raises TimeoutError when none are."""
        left = self._ends - self._clock()
        if left <= 0:
            raise TimeoutError(f"the {self.seconds:g} s are over")
        return left if at_most is None else min(left, at_most)
