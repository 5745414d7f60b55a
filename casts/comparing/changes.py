"""One change of a definition, and all of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Part = Literal["spell", "inputs", "steps", "outputs", "tools"]
What = Literal["added", "removed", "changed"]

_NOUNS = {"inputs": "input", "steps": "step", "outputs": "output", "tools": "tool"}


@dataclass(frozen=True)
class Edition:
    """A checked document, and the versions of its tools where they are known."""

    document: Mapping[str, Any]
    tool_versions: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Change:
    """One change: ``subject`` is an input, step, output or tool, empty for the spell itself.

    ``member`` is what of it changed, empty for all of it; ``before`` and ``after`` are JSON
    values, None where there is none.
    """

    part: Part
    subject: str
    member: str
    what: What
    before: Any = None
    after: Any = None

    @property
    def place(self) -> str:
        """Name what changed: ``step card``, ``input title``, ``spell``."""
        return f"{_NOUNS[self.part]} {self.subject}".strip() if self.part in _NOUNS else self.part

    def to_json(self) -> dict[str, Any]:
        """Return the change as programs read it."""
        return {
            "part": self.part,
            "subject": self.subject,
            "member": self.member,
            "what": self.what,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True)
class Comparison:
    """All changes, in the order of a definition: spell, inputs, steps, outputs, tools."""

    changes: tuple[Change, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing changed."""
        return not self.changes

    @property
    def summary(self) -> str:
        """Say in a few words what changed."""
        if self.is_same:
            return "Nothing changed."
        said = [
            text for part in ("inputs", "steps", "outputs", "tools") if (text := self._of(part))
        ]
        own = [change.member.split()[0] for change in self.changes if change.part == "spell"]
        text = "; ".join([*dict.fromkeys(own), *said])
        return f"{text[:1].upper()}{text[1:]}."

    def _of(self, part: str) -> str:
        whats: dict[str, set[str]] = {"added": set(), "removed": set(), "changed": set()}
        for change in self.changes:
            if change.part == part and change.subject:
                whats["changed" if change.member else change.what].add(change.subject)
        counted = [f"{len(names)} {what}" for what, names in whats.items() if names]
        return f"{part}: {', '.join(counted)}" if counted else ""


def written(value: Any) -> str:
    """Return a value as a person reads it: a text as it is, anything else as JSON."""
    if isinstance(value, str):
        return value if value.strip() == value and value else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)
