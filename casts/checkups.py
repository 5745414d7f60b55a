"""Looking over the definition of a spell: one in a file, or the newest version of a saved one."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casts import library
from casts.definition import Checked, DefinitionUnreadable, Problem, read
from casts.definition.reading import MAX_SIZE
from casts.drift.rows import drift_of
from casts.drift.verdict import Drift
from casts.models import SpellVersion
from casts.source_lines import SourceLines

_CODES = {"gone": "tool_gone", "changed": "tool_changed", "altered": "tool_altered"}


@dataclass(frozen=True)
class Finding:
    """A problem with its line in the file, from 1, and what stands there."""

    problem: Problem
    line: int | None = None
    text: str = ""

    @property
    def is_error(self) -> bool:
        """Whether it must be corrected; else it is a warning."""
        return self.problem.severity == "error"


@dataclass(frozen=True)
class Checkup:
    """What was found in one definition; ``name`` is the path of its file, or slug and version.

    ``said`` tells what the definition is, where it can be read. ``drift`` is what became of the
    tools of a saved one.
    """

    name: str
    findings: tuple[Finding, ...]
    said: str = ""
    drift: tuple[Drift, ...] = ()

    @property
    def errors(self) -> int:
        """How many problems must be corrected."""
        return sum(1 for finding in self.findings if finding.is_error)

    @property
    def warnings(self) -> int:
        """How many problems are probably not meant."""
        return len(self.findings) - self.errors


def check_file(path: Path) -> Checkup:
    """Read and check a file; what keeps it from being read is among the findings."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        told = f"It cannot be read: {error.strerror}."
        return Checkup(str(path), (Finding(Problem("", "unreadable", told)),))
    lines = SourceLines(raw[:MAX_SIZE].decode("utf-8", "replace"))
    try:
        checked = library.check(read(raw))
    except DefinitionUnreadable as unreadable:
        return Checkup(str(path), _located(unreadable.problems, lines))
    return Checkup(str(path), _located(checked.problems, lines), _said(checked))


def check_saved(version: SpellVersion) -> Checkup:
    """Check a saved version against the tools installed now, and say what became of its own."""
    checked = library.check(version.definition, of_tool=True)
    drift = drift_of(version)
    gone = {one.pointer for one in drift if one.kind == "gone"}
    problems = [_of_drift(one) for one in drift if one.kind in _CODES]
    problems += [
        problem
        for problem in checked.problems
        if not (problem.code == "unknown_tool" and problem.pointer in gone)
    ]
    findings = tuple(map(Finding, problems))
    return Checkup(str(version), findings, _said(checked), drift)


def _of_drift(drift: Drift) -> Problem:
    return Problem(drift.pointer, _CODES[drift.kind], f"Step `{drift.step}`: {drift.sentence}")


def _located(problems: Iterable[Problem], lines: SourceLines) -> tuple[Finding, ...]:
    """Return problems with their lines, in the order of the file, errors and warnings mixed."""
    found = [Finding(problem, lines.line_of(problem.pointer)) for problem in problems]
    found.sort(key=lambda finding: finding.line or 0)
    return tuple(
        Finding(one.problem, one.line, lines.text_of(one.line) if one.line else "") for one in found
    )


def _said(checked: Checked) -> str:
    definition = checked.definition
    if definition is None:
        return ""
    steps = len(definition.steps)
    return f"{definition.name}: {steps} step{'' if steps == 1 else 's'}"


def as_json(checkups: Iterable[Checkup], *, is_ok: bool) -> dict[str, Any]:
    """Return checkups as programs read them."""
    return {
        "schema": 1,
        "ok": is_ok,
        "checked": [
            {
                "name": checkup.name,
                "errors": checkup.errors,
                "warnings": checkup.warnings,
                "problems": [_finding(finding) for finding in checkup.findings],
                "drift": [drift.to_json() for drift in checkup.drift],
            }
            for checkup in checkups
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    problem = finding.problem
    return {
        "line": finding.line,
        "pointer": problem.pointer,
        "severity": problem.severity,
        "code": problem.code,
        "detail": problem.detail,
    }
