"""Write a text with placeholders."""

import re
from typing import Annotated

from pydantic import Field

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import LocalTool, Values, register

MAX_CHARACTERS = 100_000
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")

Text = Annotated[str, Field(max_length=10_000)]


class Inputs(Values):
    template: Text = Field(description="The text; {name} stands for the value of that name.")
    values: dict[str, Text | int | float | bool] | None = Field(
        default=None,
        max_length=100,
        description="Values for the placeholders; without them braces are left alone.",
    )


class Outputs(Values):
    text: str


@register
class Template(LocalTool[Inputs, Outputs]):
    """Fill the placeholders of a text, literally: no value is read as a template or a pattern."""

    key, title = "text.template", "Template"
    example = Inputs(template="{title}, by night", values={"title": "Lighthouse"})

    def run(self, inputs: Inputs, call: Call) -> Outputs:  # noqa: ARG002
        if inputs.values is None:
            return Outputs(text=inputs.template)
        written = {name: _written(value) for name, value in inputs.values.items()}
        names = _PLACEHOLDER.findall(inputs.template)
        if missing := sorted(set(names) - written.keys()):
            raise InvalidInput(f"The template has no value for {', '.join(missing)}.")
        if len(inputs.template) + sum(len(written[name]) for name in names) > MAX_CHARACTERS:
            raise InvalidInput(f"The text would be longer than {MAX_CHARACTERS} characters.")
        return Outputs(text=_PLACEHOLDER.sub(lambda name: written[name[1]], inputs.template))


def _written(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
