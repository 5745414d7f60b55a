"""What a call costs: one function, for the estimate and for the charge."""

from decimal import Decimal

from generations.adapters.base import ToolSpec


def price_of(tool: ToolSpec | None) -> Decimal:
    """Return the price of one call of a tool; zero for tools that are free or gone."""
    if tool is None or not tool.billable or tool.price is None:
        return Decimal(0)
    return tool.price.amount
