"""A real adapter with trivial tools, for tests that are about the engine and not about tools."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from generations.adapters.base import (
    BadOutput,
    Call,
    Done,
    Health,
    Price,
    RateLimited,
    ToolError,
    ToolSpec,
    Unavailable,
)

ANYTHING: dict[str, Any] = {"type": "object", "additionalProperties": True}
VALUE: dict[str, Any] = {
    "type": "object",
    "properties": {"value": {}, "fail": {"type": "integer"}},
    "required": ["value"],
}


FILE: dict[str, Any] = {
    "type": "object",
    "properties": {"value": {"type": "string", "format": "artifact"}},
    "required": ["value"],
}


class TrialError(ToolError):
    """A failure that is never retried."""

    code = "tool_error"


class TrialAdapter:
    """Tools that echo, fail so many times, or do what a test hands in; counts every call."""

    name = "trial"

    def __init__(
        self,
        behave: Callable[[Call], Mapping[str, Any]] | None = None,
        *,
        version: str = "1",
    ) -> None:
        self.behave = behave
        self.version = version
        # What every tool returns instead of what it should, whatever its type.
        self.answers: list[Any] = []
        self.calls: list[tuple[str, Mapping[str, Any], int]] = []

    def tools(self) -> Iterable[ToolSpec]:
        """See Adapter."""
        tools: dict[str, dict[str, Any]] = {
            "echo": {},
            "flaky": {},
            "broken": {},
            "limited": {},
            "custom": {},
            "once": {"repeatable": False},
            "file": {"input_schema": FILE},
            "paid": {
                "billable": True,
                "repeatable": False,
                "price": Price(amount=Decimal("0.25")),
            },
        }
        for name, more in tools.items():
            yield ToolSpec(
                key=f"trial.{name}",
                version=self.version,
                title=name,
                adapter=self.name,
                output_schema=ANYTHING,
                deadline_s=5,
                **({"input_schema": VALUE} | more),
            )

    def check(self) -> Health:
        """See Adapter."""
        return Health(ok=True)

    def execute(self, call: Call, tool: ToolSpec) -> Done:
        """See Immediate."""
        self.calls.append((tool.key, dict(call.inputs), call.attempt))
        if self.answers and isinstance(self.answers[0], Exception):
            raise self.answers.pop(0)
        if self.answers:
            return self.answers[0]  # type: ignore[no-any-return]
        times = call.inputs.get("fail", 0)
        match tool.key:
            case "trial.flaky" if call.attempt <= times:
                raise Unavailable(f"attempt {call.attempt} of {times} that fail")
            case "trial.limited" if call.attempt <= times:
                raise RateLimited("slow down", retry_after=0)
            case "trial.broken":
                raise TrialError("it never works")
            case "trial.custom":
                if self.behave is None:
                    raise BadOutput("the test gave the tool nothing to do")
                return Done(outputs=self.behave(call))
        return Done(outputs={"value": call.inputs["value"]})

    def mended_execute(self, call: Call, tool: ToolSpec) -> Done:
        """Execute as if every tool worked."""
        self.calls.append((tool.key, dict(call.inputs), call.attempt))
        return Done(outputs={"value": call.inputs["value"]})
