"""The trial tools as another version of their adapter would offer them."""

from collections.abc import Iterable, Mapping
from typing import Any

from generations.adapters.base import Call, Done, ToolSpec
from generations.tools import catalogue
from tests.tools import VALUE, TrialAdapter


class AlteredAdapter(TrialAdapter):
    """The trial tools, all of them with some members of their specs changed."""

    def __init__(self, changes: Mapping[str, Any], without: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.changes, self.without = changes, without

    def tools(self) -> Iterable[ToolSpec]:
        """See Adapter."""
        for tool in super().tools():
            if tool.key not in self.without:
                yield tool.model_copy(update=dict(self.changes))

    def execute(self, call: Call, tool: ToolSpec) -> Done:
        """See Immediate; every tool echoes."""
        self.calls.append((tool.key, dict(call.inputs), call.attempt))
        return Done(outputs={"value": call.inputs.get("value", "nothing")})


def reinstall(*without: str, **changes: Any) -> AlteredAdapter:
    """Put altered trial tools in the place of those that are installed."""
    adapter = AlteredAdapter(changes, frozenset(without))
    catalogue.unregister(adapter.name)
    catalogue.register(adapter)
    return adapter


def value_schema(**members: Any) -> dict[str, Any]:
    """Return the inputs of the trial tools with some members of the schema changed."""
    return {**VALUE, **members}
