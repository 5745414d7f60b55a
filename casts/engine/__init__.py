"""The one place where casts are decided, and the only code that locks and moves them.

``run`` alternates a boundary (one short transaction that decides) and a call (the tool, outside any
transaction). The verbs are what people and programs may do to a cast; each is one transaction.
"""

from casts.engine.create import InputsInvalid, NotCastable, begin
from casts.engine.run import look, run
from casts.engine.verbs import Illegal, cancel, fail, retry

__all__ = [
    "Illegal",
    "InputsInvalid",
    "NotCastable",
    "begin",
    "cancel",
    "fail",
    "look",
    "retry",
    "run",
]
