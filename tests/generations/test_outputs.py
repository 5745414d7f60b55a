"""What a tool answers has the shape it declared, or it has failed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from generations import executor
from generations.adapters.base import ToolSpec
from generations.outcomes import Failed, Outcome, Succeeded
from generations.tools import catalogue
from tests.generations.test_executor import order
from tests.tools import TrialAdapter

TEXT = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}


class Strict(TrialAdapter):
    """The trial tools, which declare that they give a text."""

    def tools(self) -> Iterable[ToolSpec]:
        for spec in super().tools():
            yield spec.model_copy(update={"output_schema": TEXT})


@pytest.fixture
def strict() -> Iterator[Strict]:
    adapter = Strict()
    catalogue.register(adapter)
    yield adapter
    catalogue.unregister(adapter.name)


def perform(strict: Strict, answer: Mapping[str, Any]) -> Outcome:
    strict.behave = lambda _: answer
    return executor.perform(replace(order(), tool="trial.custom"))


def test_outputs_of_the_declared_shape_are_taken(strict: Strict) -> None:
    assert isinstance(perform(strict, {"text": ""}), Succeeded)


@pytest.mark.failure("D5")
@pytest.mark.parametrize(
    "answer", [{}, {"text": 3}, {"text": None}, {"text": ["a"]}, {"text": "a", "url": "b"}]
)
def test_outputs_of_another_shape_fail(strict: Strict, answer: Mapping[str, Any]) -> None:
    """Guard: the executor checks outputs against the tool's output schema."""
    outcome = perform(strict, answer)
    assert isinstance(outcome, Failed)
    assert outcome.failure.code == "bad_output"
