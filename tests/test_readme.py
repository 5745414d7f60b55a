"""The README says what the code does, where that can be checked."""

import re
from pathlib import Path

import pytest

from casts import states as cast_states
from generations import states as generation_states

README = (Path(__file__).parent.parent / "README.md").read_text()


def diagram(title: str) -> set[tuple[str, str]]:
    """Return the arrows of the mermaid diagram under a heading."""
    section = README.split(f"### {title}\n", 1)[1].split("\n### ", 1)[0]
    found = re.findall(r"^\s+(\w+) --> (\w+)", section, flags=re.MULTILINE)
    assert found, f"no arrows under {title!r}"
    return set(found)


@pytest.mark.parametrize(
    ("title", "moves"),
    [("A cast", cast_states.MOVES), ("A generation", generation_states.MOVES)],
)
def test_the_state_diagrams_are_the_tables(title: str, moves: dict[str, tuple[str, ...]]) -> None:
    table = {(str(a), str(b)) for a, targets in moves.items() for b in targets}
    assert diagram(title) == table


def test_every_setting_of_the_environment_is_listed() -> None:
    settings = (Path(__file__).parent.parent / "spellhub" / "settings.py").read_text()
    read = set(re.findall(r"env(?:\.\w+)?\(\s*\"(\w+)\"", settings))
    listed = set(re.findall(r"^\| `(\w+)`", README, flags=re.MULTILINE))
    assert read - listed == set(), "read but not in the README's table"
