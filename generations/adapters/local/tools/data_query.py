"""Ask a value a question."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import Field, JsonValue

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import LocalTool, Values, register
from spellhub.json_values import MAX_DEPTH, TOO_DEEP, flaw_of

MAX_VALUES = 100_000
MAX_CHARACTERS = 1_000_000


class Inputs(Values):
    data: JsonValue = Field(description="Any JSON value.")
    expression: str = Field(
        min_length=1,
        max_length=1000,
        description="JMESPath, for example `people[?age > `30`].name`.",
    )


class Outputs(Values):
    value: JsonValue = Field(description="What the expression gives; null when there is nothing.")
    text: str = Field(description="A text as it is, null as nothing, all else as JSON.")


@register
class Query(LocalTool[Inputs, Outputs]):
    """Take parts out of a JSON value, or rearrange it, with a JMESPath expression."""

    key, title = "data.query", "Query"
    isolation = "process"
    deadline_s = 10
    memory_mib = 512
    requires = ("jmespath",)
    example = Inputs(
        data={"boats": [{"name": "Wren", "sails": 2}, {"name": "Heron", "sails": 3}]},
        expression="boats[?sails > `2`].name | [0]",
    )

    def run(self, inputs: Inputs, call: Call) -> Outputs:  # noqa: ARG002
        value = _searched(inputs.expression, inputs.data)
        _check(value)
        text = value if isinstance(value, str) else "" if value is None else _written(value)
        return Outputs(value=value, text=text)


def _searched(expression: str, data: JsonValue) -> Any:
    import jmespath  # noqa: PLC0415
    from jmespath.exceptions import JMESPathError  # noqa: PLC0415

    try:
        return jmespath.search(expression, data)
    except RecursionError:
        raise InvalidInput("The expression is nested too deeply.") from None
    except JMESPathError as error:
        raise InvalidInput(f"The expression does not work: {_first_line(error)}") from None
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        # The library lets these pass for a few expressions and values that do not go together.
        raise InvalidInput(f"The expression does not work on this value: {error}") from None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["it is not JMESPath"])[0].rstrip(":")


def _written(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)


def _check(value: Any) -> None:
    """Refuse what is too large, too deep or not JSON.

    It is measured before it is written: a value that shares its parts is small in memory only.
    """
    characters = 0
    for values, part in enumerate(_parts(value), start=1):
        characters += len(part) if isinstance(part, str) else 0
        if values > MAX_VALUES or characters > MAX_CHARACTERS:
            raise InvalidInput("The expression gives more than can be kept.")
    if flaw := flaw_of(value):
        raise InvalidInput(f"The expression gives what cannot be kept. {flaw}")


def _parts(value: Any, depth: int = 0) -> Iterator[Any]:
    if depth > MAX_DEPTH:
        raise InvalidInput(f"The expression gives what cannot be kept. {TOO_DEEP}")
    yield value
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _parts(part, depth + 1)
