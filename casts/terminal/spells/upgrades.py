"""What upgrades came to, as text and as JSON."""

from collections.abc import Iterator
from typing import Any

from casts.drift.verdict import Drift
from casts.upgrading import Upgrade


def as_lines(upgrade: Upgrade) -> Iterator[str]:
    """Yield what became of a spell, what its tools became, and what is wrong or not meant."""
    yield upgrade.summary
    for sentence, steps in _by_sentence(upgrade.drift).items():
        yield f"    {sentence} (step{'' if len(steps) == 1 else 's'} {', '.join(steps)})"
    for problem in upgrade.problems:
        if problem.code != "tool_retired":
            yield f"    {problem.severity}: {problem.pointer or '/'}: {problem.detail}"


def as_json(upgrades: list[Upgrade]) -> dict[str, Any]:
    """Return upgrades as programs read them."""
    return {"schema": 1, "upgrades": [_upgrade(upgrade) for upgrade in upgrades]}


def _upgrade(upgrade: Upgrade) -> dict[str, Any]:
    return {
        "spell": upgrade.slug,
        "outcome": upgrade.outcome,
        "from": upgrade.before.number,
        "to": upgrade.after.number if upgrade.after else None,
        "drift": [drift.to_json() for drift in upgrade.drift],
        "problems": [
            {"pointer": p.pointer, "severity": p.severity, "code": p.code, "detail": p.detail}
            for p in upgrade.problems
        ],
    }


def _by_sentence(drift: tuple[Drift, ...]) -> dict[str, list[str]]:
    """Return the steps of each sentence: several call the same tool."""
    said: dict[str, list[str]] = {}
    for one in drift:
        said.setdefault(one.sentence, []).append(one.step)
    return said
