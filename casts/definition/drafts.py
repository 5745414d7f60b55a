"""The steps of a document whose form may still be wrong in places."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casts.definition.document import MAX_STEPS
from casts.definition.problems import Findings, shown, suggestion
from casts.definition.scope import Outputs
from generations.adapters.base import ToolSpec

Tools = Mapping[str, ToolSpec]


@dataclass
class Draft:
    """A step as it stands in the document, as far as it can be read."""

    raw: Mapping[str, Any]
    where: str
    key: str
    tool: ToolSpec | None
    references: set[str] = field(default_factory=set)

    @property
    def subject(self) -> str:
        """What sentences begin with."""
        return f"Step {shown(self.key)}"

    @property
    def needs(self) -> list[str] | None:
        """The steps it names; None when it does not say."""
        needs = self.raw.get("needs")
        return [key for key in needs if isinstance(key, str)] if isinstance(needs, list) else None

    @property
    def is_each(self) -> bool:
        """Whether it is to run once per item of a list."""
        return "for_each" in self.raw

    @property
    def goes_on(self) -> bool:
        """Whether the spell goes on when it fails."""
        return self.raw.get("on_failure") == "continue"

    @property
    def outputs(self) -> Outputs:
        """What it gives."""
        schema = self.tool.output_schema if self.tool else None
        return Outputs(schema, self.is_each, self.goes_on)


def drafts(
    steps: Any, tools: Tools, findings: Findings, unavailable: Mapping[str, str]
) -> Iterator[Draft]:
    """Yield the steps, noting keys that stand twice and tools that there are not."""
    seen: set[str] = set()
    for index, raw in enumerate(steps[:MAX_STEPS] if isinstance(steps, list) else ()):
        if not isinstance(raw, dict):
            continue
        where = f"/steps/{index}"
        key = raw.get("key")
        if not isinstance(key, str):
            key = f"number {index + 1}"
        if key in seen:
            detail = f"There is a step {shown(key)} already; give this one another key."
            findings.error(f"{where}/key", "duplicate_step", detail)
        seen.add(key)
        tool = raw.get("tool")
        reason = unavailable.get(tool) if isinstance(tool, str) else None
        yield Draft(raw, where, key, _tool(tool, where, tools, findings, reason))


def _tool(
    key: Any, where: str, tools: Tools, findings: Findings, reason: str | None
) -> ToolSpec | None:
    if not isinstance(key, str) or findings.full:
        return None
    tool = tools.get(key)
    if tool is None:
        detail = reason or f"There is no tool {shown(key)}{suggestion(key, sorted(tools))}"
        findings.error(f"{where}/tool", "unknown_tool", detail)
    return tool
