"""Evaluating JMESPath within bounds: whoever wrote the expression, it ends soon and stays small.

Chains such as ``[@, @] | [@, @] | …`` double a value with every link; so each value that is built
is weighed, and the weights and the steps of one evaluation come out of one purse.
"""

from typing import Any

from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.visitor import Options, TreeInterpreter

from casts.definition.values import weight

BUDGET = 2_000_000
_VISIT = 10
_BUILDING = frozenset(
    {
        "multi_select_list",
        "multi_select_dict",
        "function_expression",
        "flatten",
        "projection",
        "value_projection",
        "filter_projection",
        "slice",
    }
)


class TooMuchWork(JMESPathError):
    """An evaluation takes too long or makes too much."""


class Purse:
    """What is left of the work that an evaluation may do."""

    def __init__(self, left: int = BUDGET) -> None:
        self.left = left

    def pay(self, amount: int) -> None:
        """Take an amount out; raises TooMuchWork when there is not so much."""
        self.left -= amount
        if self.left < 0:
            raise TooMuchWork("it works on too much data; refer to less of it")


class _Functions(Functions):
    def __init__(self, purse: Purse) -> None:
        self._purse = purse

    @signature({"types": ["string"]}, {"types": ["array-string"]})
    def _func_join(self, separator: str, array: list[str]) -> str:
        # Weighed before it is built: it is the one function whose result is a product.
        self._purse.pay(len(separator) * len(array))
        return separator.join(array)


class BoundedInterpreter(TreeInterpreter):
    """JMESPath's interpreter, paying for what it does; raises TooMuchWork."""

    def __init__(self, purse: Purse) -> None:
        super().__init__(Options(custom_functions=_Functions(purse)))
        self._purse = purse

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        """Evaluate a node of the tree."""
        self._purse.pay(_VISIT)
        value = super().visit(node, *args, **kwargs)
        if node["type"] in _BUILDING:
            self._purse.pay(weight(value, self._purse.left))
        return value
