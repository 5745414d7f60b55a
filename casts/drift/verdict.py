"""What became of the tools of each step: the judgement, from plain values. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from casts.definition import Definition
from casts.drift.contracts import Contract, changes_between
from generations.adapters.base import ToolSpec

Kind = Literal["gone", "changed", "altered", "retired"]


@dataclass(frozen=True)
class Drift:
    """What became of the tool of one step since its spell was saved.

    ``gone``: it is not installed; ``changed``: another version is; ``altered``: the same version
    takes or gives something else, which its author must never do; ``retired``: it still works.
    ``pinned`` is the version the spell was checked against, ``installed`` None when it is gone;
    ``changes`` are parts of a sentence, None when what the old version took is not on record.
    """

    step: str
    pointer: str
    tool: str
    kind: Kind
    pinned: str
    installed: str | None
    changes: tuple[str, ...] | None = ()
    instead: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the version cannot be cast any more."""
        return self.kind in {"gone", "changed"}

    @property
    def sentence(self) -> str:
        """Say what became of the tool; the same for every step that calls it."""
        if self.kind == "gone":
            return f"{self.tool} is not installed any more."
        if self.kind == "retired":
            return f"{self.tool} is retired. {self.instead}"
        if self.kind == "altered":
            return (
                f"{self.tool} changed without a new version: {'; '.join(self.changes or ())}. "
                "Its author must give it one."
            )
        return f"{self.tool} is now version {self.installed}{self._how()}"

    def _how(self) -> str:
        if self.changes is None:
            return f" (was {self.pinned}); what changed is not on record."
        if not self.changes:
            return f" (was {self.pinned}); it takes and gives the same."
        return f": {'; '.join(self.changes)}."

    def to_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "step": self.step,
            "pointer": self.pointer,
            "tool": self.tool,
            "kind": self.kind,
            "pinned": self.pinned,
            "installed": self.installed,
            "changes": None if self.changes is None else list(self.changes),
            "detail": self.sentence,
        }


def judged(
    definition: Definition,
    pins: Mapping[str, str],
    tools: Mapping[str, ToolSpec],
    contracts: Mapping[str, Contract],
) -> tuple[Drift, ...]:
    """Return what became of the tools of a spell's steps, in their order.

    ``pins`` maps each tool to the version the spell was checked against, ``contracts`` to what
    that version took and gave; ``tools`` are those that are installed now.
    """
    found: list[Drift] = []
    for index, step in enumerate(definition.steps):
        pinned = pins.get(step.tool, "")
        place = (step.key, f"/steps/{index}/tool", step.tool)
        found += _of_tool(place, pinned, tools.get(step.tool), contracts.get(step.tool))
    return tuple(found)


def is_behind(pins: Mapping[str, str], tools: Mapping[str, ToolSpec]) -> bool:
    """Whether a spell with these tool versions cannot be cast with the tools installed now."""
    return any(key not in tools or tools[key].version != pins[key] for key in pins)


def _of_tool(
    place: tuple[str, str, str], pinned: str, tool: ToolSpec | None, contract: Contract | None
) -> Iterator[Drift]:
    if tool is None:
        yield Drift(*place, "gone", pinned, None)
        return
    present = Contract(tool.input_schema, tool.output_schema)
    changes = None if contract is None else changes_between(contract, present)
    if tool.version != pinned:
        yield Drift(*place, "changed", pinned, tool.version, changes)
    elif changes:
        yield Drift(*place, "altered", pinned, tool.version, changes)
    if tool.retired:
        yield Drift(*place, "retired", pinned, tool.version, instead=tool.retired)
