"""Checkups on a terminal, and as lines that editors and other programs can follow."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from casts.checkups import Checkup, Finding

_STYLES = {"error": "bold red", "warning": "bold yellow"}


def as_lines(checkup: Checkup) -> Iterator[str]:
    """Yield a line for each finding: ``FILE:LINE: error: sentence [code /pointer]``."""
    for finding in checkup.findings:
        problem = finding.problem
        place = f"{checkup.name}:{finding.line}" if finding.line else checkup.name
        tail = f"[{problem.code} {problem.pointer or '/'}]"
        yield f"{place}: {problem.severity}: {problem.detail} {tail}"


def shown(checkup: Checkup) -> RenderableType:
    """Return a checkup as people read it on a terminal."""
    is_bad = checkup.errors > 0
    mark = Text("✖ " if is_bad else "✔ ", style="red" if is_bad else "green")
    head = Text.assemble(mark, (checkup.name, "bold"), (f"  {checkup.said}", "dim"))
    return Group(head, *(_finding(finding) for finding in checkup.findings))


def summary(checkups: Sequence[Checkup]) -> str:
    """Count what was checked and found."""
    errors = sum(checkup.errors for checkup in checkups)
    warnings = sum(checkup.warnings for checkup in checkups)
    counted = _counted(len(checkups), "definition")
    if not errors and not warnings:
        return f"{counted} checked, nothing to correct."
    return f"{counted} checked: {_counted(errors, 'error')}, {_counted(warnings, 'warning')}."


def _finding(finding: Finding) -> RenderableType:
    problem = finding.problem
    head = Table.grid(padding=(0, 2))
    head.add_row(
        Text(problem.severity, style=_STYLES[problem.severity]),
        Text(f"line {finding.line}" if finding.line else "", style="cyan"),
        Text(problem.pointer or "/", style="cyan"),
        Text(problem.code, style="dim"),
    )
    parts: list[RenderableType] = [head, Padding(Text(problem.detail), (0, 0, 0, 2))]
    if finding.text:
        parts.append(
            Padding(
                Text(f"> {finding.text}", style="dim", overflow="ellipsis", no_wrap=True),
                (0, 0, 0, 2),
            )
        )
    return Padding(Group(*parts), (0, 0, 1, 2))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
