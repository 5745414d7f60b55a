"""A cast's progress: a live display on a terminal, a line for each event elsewhere."""

from collections.abc import Iterable
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from casts.pages.step_reading import StepReading
from casts.spans import spoken
from casts.states import StepStatus
from casts.telling import tell
from casts.terminal.following import Snapshot

NOBODY = "No worker has taken it yet; start one with: manage.py worker"
_LOOKS = {
    "pending": ("○", "dim"),
    "waiting": ("◌", "magenta"),
    "retrying": ("↻", "yellow"),
    "succeeded": ("✔", "green"),
    "failed": ("✖", "red"),
    "skipped": ("»", "dim"),
    "cancelled": ("⊘", "dim"),
    "not_started": ("-", "dim"),
}
_DONE = (StepStatus.SUCCEEDED, StepStatus.SKIPPED)


class Out(Protocol):
    """Where lines go: a command's own stdout or stderr."""

    def write(self, msg: str) -> object:
        """Write a line, ending it where it has no end."""

    def flush(self) -> object:
        """Send on what was written."""


def show_lines(snapshots: Iterable[Snapshot], out: Out, notes: Out) -> Snapshot:
    """Write a line for every event; return the last snapshot."""
    warned = False
    last: Snapshot | None = None
    for last in snapshots:
        for event in last.events:
            out.write(f"{event.at:%H:%M:%S} {tell(event.kind, event.data).sentence}")
        # Who reads this through a pipe wants each line now.
        out.flush()
        if last.nobody_came and not warned:
            warned = True
            notes.write(NOBODY)
    assert last is not None  # noqa: S101 - following yields at least what it finds
    return last


def show_live(snapshots: Iterable[Snapshot], console: Console) -> Snapshot:
    """Show every step as it goes, in place; return the last snapshot."""
    display = _Display()
    last: Snapshot | None = None
    with Live(console=console, refresh_per_second=10, transient=False) as live:
        for last in snapshots:
            live.update(display.render(last))
    assert last is not None  # noqa: S101 - following yields at least what it finds
    return last


class _Display:
    """Keeps each step's spinner, so that it turns on instead of starting over."""

    def __init__(self) -> None:
        self._spinners: dict[str, Spinner] = {}

    def render(self, snapshot: Snapshot) -> RenderableType:
        reading = snapshot.reading
        done = sum(1 for step in reading.steps if step.state.status in _DONE)
        table = Table.grid(padding=(0, 2))
        for step in reading.steps:
            table.add_row(*self._row(step))
        bar = Table.grid(padding=(0, 2))
        bar.add_row(
            ProgressBar(total=max(len(reading.steps), 1), completed=done, width=32),
            Text(f"{done} of {len(reading.steps)} steps", style="dim"),
            Text(spoken(reading.took), style="dim"),
        )
        parts: list[RenderableType] = [table, bar]
        if snapshot.nobody_came:
            parts.append(Text(NOBODY, style="yellow"))
        elif not reading.cast.is_final:
            parts.append(Text(reading.diagnosis.sentence, style="dim"))
        return Group(*parts)

    def _row(self, step: StepReading) -> tuple[RenderableType, ...]:
        mark, style = _LOOKS.get(step.display, ("●", "blue"))
        icon: RenderableType = Text(mark, style=style)
        if step.display == "running":
            icon = self._spinners.setdefault(step.state.key, Spinner("dots", style="blue"))
        took = step.ran
        failure = step.last.failure if step.last else None
        return (
            icon,
            Text(step.state.key, style="bold"),
            Text(step.state.tool, style="dim"),
            Text(step.word, style=style),
            Text(spoken(took) if took is not None else "", justify="right"),
            Text(failure.code if failure else _note(step), style="red" if failure else "dim"),
        )


def _note(step: StepReading) -> str:
    """Say how far a step is with its list, that it was reused, or that it needed another try."""
    return step.note or (f"attempt {step.state.attempt}" if step.state.attempt > 1 else "")
