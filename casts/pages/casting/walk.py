"""The steps of a spell in words, for people who will never read its definition."""

from collections.abc import Iterator
from dataclasses import dataclass

from casts.definition import Definition, Step
from casts.prices import price_of_cast
from generations.tools import catalogue


@dataclass(frozen=True)
class StepInWords:
    """A step: what it is called, what its tool is and does, and how it is treated."""

    name: str
    tool: str
    title: str
    does: str
    notes: tuple[str, ...]


def walk_of(definition: Definition) -> list[StepInWords]:
    """Return the steps in the order in which the definition lists them."""
    return [_in_words(step) for step in definition.steps]


def price_in_words(definition: Definition) -> str:
    """Say what a cast costs."""
    price = price_of_cast(definition)
    if not price:
        return "Costs nothing"
    most = "At most " if any(step.is_each for step in definition.steps) else ""
    return f"{most}{price.normalize():f} USD, with every step called once"


def _in_words(step: Step) -> StepInWords:
    spec = catalogue.find(step.tool)
    does = spec.description.split("\n\n")[0].strip() if spec else ""
    return StepInWords(
        name=step.key.replace("_", " "),
        tool=step.tool,
        title=spec.title if spec else step.tool,
        does=" ".join(does.split()),
        notes=tuple(_notes(step)),
    )


def _notes(step: Step) -> Iterator[str]:
    if step.is_each:
        yield "once for each item of a list"
    if step.when is not None:
        yield "only when its condition holds"
    if step.on_failure == "continue":
        yield "the cast goes on without it if it fails"
    if step.retry.attempts > 1:
        yield f"tried up to {step.retry.attempts} times"
    if step.cache_ttl_s is not None:
        yield "reuses what it made before of the same inputs"
