"""Checking a whole definition: every mistake at once, each with its place and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from casts.definition.document import DOCUMENT_SCHEMA, canonical
from casts.definition.model import Definition
from casts.definition.parsing import parse
from casts.definition.problems import Findings, Problem
from casts.definition.reading import MAX_SIZE
from casts.definition.spell_check import SpellCheck
from casts.definition.validation import mismatches
from casts.definition.values import flaws
from generations.adapters.base import ToolSpec

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Checked:
    """What a check found; ``definition`` and ``document`` are empty when there is an error.

    ``document`` is the definition as it is to be stored, in its one form.
    """

    definition: Definition | None
    problems: tuple[Problem, ...]
    document: dict[str, Any]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What must be corrected."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is probably not meant."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    @property
    def ok(self) -> bool:
        """Whether the definition can be saved."""
        return not self.errors


def check(
    document: Any, tools: Mapping[str, ToolSpec], unavailable: Mapping[str, str] = NOTHING
) -> Checked:
    """Check a definition against the tools there are; never raises, whatever the JSON value.

    ``unavailable`` says, a sentence each, why there are not some of those that one might name.
    """
    findings = Findings()
    findings.extend(flaws(document, MAX_SIZE))
    if not findings.has_errors:
        findings.extend(mismatches(DOCUMENT_SCHEMA, document))
        if isinstance(document, dict):
            SpellCheck(document, tools, findings, unavailable).run()
    if findings.has_errors:
        return Checked(None, findings.all(), {})
    stored = canonical(document)
    return Checked(parse(stored), findings.all(), stored)
