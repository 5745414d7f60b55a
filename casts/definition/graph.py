"""Which step waits for which, and where that goes round in a circle."""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

Graph = Mapping[str, frozenset[str]]


def requirements(
    references: frozenset[str], needs: Sequence[str] | None, above: str | None
) -> frozenset[str]:
    """Return the steps a step waits for: those it refers to or needs, else the one above it.

    ``needs`` None means that the step does not say; an empty list means that it needs none.
    """
    if needs is None and not references and above is not None:
        return frozenset({above})
    return references | frozenset(needs or ())


def cycles(graph: Graph) -> list[list[str]]:
    """Return circles of steps, each waiting for the next and the last for the first.

    Every step that is in a circle of its own is found; a step is in one of those returned at most.
    """
    left = {key: {one for one in requires if one != key} for key, requires in graph.items()}
    found: list[list[str]] = []
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1][:0:-1]
            found.append(circle)
            left = {
                key: requires - set(circle) for key, requires in left.items() if key not in circle
            }
        else:
            return found
