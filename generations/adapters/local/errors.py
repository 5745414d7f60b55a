"""From what a tool raised to one of the typed errors."""

import traceback

from generations.adapters import base
from generations.adapters.base import OutOfMemory, ToolError, ToolRaised

KINDS = {
    name: kind
    for name, kind in vars(base).items()
    if isinstance(kind, type) and issubclass(kind, ToolError)
}
"""The typed errors by name."""


def as_tool_error(error: Exception) -> ToolError:
    """Return the typed error that an exception in a tool amounts to, with its trace."""
    found: ToolError
    if isinstance(error, ToolError):
        found = error
    elif isinstance(error, MemoryError):
        found = OutOfMemory("The tool needed more memory than it may have.")
    else:
        found = ToolRaised(f"{type(error).__name__}: {error}")
    found.trace = found.trace or "".join(traceback.format_exception(error))
    return found


def kind_of(error: ToolError) -> str:
    """Return the name of the typed error that this one is, or derives from."""
    return next(kind.__name__ for kind in type(error).__mro__ if KINDS.get(kind.__name__) is kind)
