"""From which round on the attempts of a step count. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from generations.states import Status


@dataclass(frozen=True)
class Since:
    """A step counts from a round on; what had succeeded may count from an earlier one."""

    round: int = 1
    successes: int = 1

    def counts(self, round_: int, status: str) -> bool:
        """Whether an attempt of a round, in a state, still counts."""
        since = self.successes if status == Status.SUCCEEDED else self.round
        return round_ >= since


EVER = Since()


def since_of(restarts: Iterable[tuple[str, int, bool]]) -> dict[str, Since]:
    """Return since when each restarted step counts.

    Takes (step, round, keeps successes) of all restarts of a cast, in any order.
    """
    found: dict[str, Since] = {}
    for step, round_, keeps in sorted(restarts, key=lambda restart: restart[1]):
        successes = found.get(step, EVER).successes if keeps else round_
        found[step] = Since(round_, successes)
    return found
