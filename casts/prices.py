"""What casting a spell costs at most, when no step needs a second attempt."""

from decimal import Decimal

from casts.definition import Definition, Step
from generations.pricing import price_of
from generations.tools import catalogue


def price_of_cast(definition: Definition) -> Decimal:
    """Return the sum of the prices of all calls; a list counts as long as it may be."""
    return sum(
        (_calls(step) * price_of(catalogue.find(step.tool)) for step in definition.steps),
        Decimal(0),
    )


def _calls(step: Step) -> int:
    return step.max_items if step.is_each else 1
