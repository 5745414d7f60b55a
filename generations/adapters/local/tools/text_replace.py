"""Replace parts of a text."""

import re
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from pydantic import Field

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import LocalTool, Values, register

MAX_CHARACTERS = 100_000
SECONDS = 3.0
"""A pattern may have many matches, each of which is looked for in all that is left of the text."""

_LARGEST_PROGRAM = 2000  # steps; a match takes up to so many for each byte of the text
_REFERENCE = re.compile(r"\\(?:([0-9])|g<(\w+)>|(\\)|)")
_Write = Callable[[Any], str]


class Inputs(Values):
    text: str = Field(max_length=MAX_CHARACTERS)
    find: str = Field(min_length=1, max_length=1000, description="The text to find, as it is.")
    replacement: str = Field(
        default="",
        max_length=10_000,
        description="Put in as it is. With `regex`: \\1 is the first group, \\0 all that was found,"
        " \\g<name> a named group, and \\\\ a backslash.",
    )
    regex: bool = Field(default=False, description="`find` is a regular expression (RE2).")
    case_sensitive: bool = True
    count: int | None = Field(
        default=None, ge=1, le=MAX_CHARACTERS, description="At most so many, from the start."
    )


class Outputs(Values):
    text: str
    replacements: int = Field(description="How many have been made.")


@register
class Replace(LocalTool[Inputs, Outputs]):
    """Replace a text inside another, literally, or by a regular expression if told so."""

    key, title = "text.replace", "Replace"
    isolation = "process"
    deadline_s = 20
    memory_mib = 512
    requires = ("re2",)
    example = Inputs(text="Lighthouse by day", find="day", replacement="night")

    def run(self, inputs: Inputs, call: Call) -> Outputs:  # noqa: ARG002
        pattern = _compiled(inputs)
        write = _writer(inputs.replacement, pattern) if inputs.regex else None
        pieces, made, end = [], 0, 0
        for match in islice(_bounded(pattern.finditer(inputs.text)), inputs.count):
            written = write(match) if write else inputs.replacement
            pieces += [inputs.text[end : match.start()], written]
            made, end = made + 1, match.end()
            if made * len(written) > MAX_CHARACTERS:
                _refuse_length(sum(map(len, pieces)))
        text = "".join([*pieces, inputs.text[end:]])
        _refuse_length(len(text))
        return Outputs(text=text, replacements=made)


def _compiled(inputs: Inputs) -> Any:
    import re2  # noqa: PLC0415

    options = re2.Options()
    options.log_errors = False
    options.literal = not inputs.regex
    options.case_sensitive = inputs.case_sensitive
    try:
        pattern = re2.compile(inputs.find, options=options)
    except re2.error as error:
        said = error.args[0]
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise InvalidInput(f"RE2 does not take the pattern in `find`: {words}.") from None
    if inputs.regex and pattern.programsize > _LARGEST_PROGRAM:
        raise InvalidInput("The pattern in `find` stands for too much; repeat less in it.")
    return pattern


def _bounded(matches: Iterator[Any]) -> Iterator[Any]:
    until = time.monotonic() + SECONDS
    for match in matches:
        if time.monotonic() > until:
            raise InvalidInput(f"The pattern takes more than {SECONDS:g} s on this text.")
        yield match


def _writer(replacement: str, pattern: Any) -> _Write:
    """Return what writes the replacement of a match; re2's own would garble what is not ASCII."""
    parts: list[str | int] = []
    end = 0
    for reference in _REFERENCE.finditer(replacement):
        parts += [replacement[end : reference.start()], _part(reference, pattern)]
        end = reference.end()
    parts.append(replacement[end:])
    return lambda match: "".join(
        (match.group(part) or "") if isinstance(part, int) else part for part in parts
    )


def _part(reference: re.Match[str], pattern: Any) -> str | int:
    number, name, backslash = reference.groups()
    if backslash:
        return "\\"
    if number is not None and int(number) <= pattern.groups:
        return int(number)
    if name in pattern.groupindex:
        return int(pattern.groupindex[name])
    if number is None and name is None:
        raise InvalidInput("A backslash in `replacement` is followed by a digit, g<name> or \\.")
    raise InvalidInput(f"`find` has no group {number or name!r}; write \\\\ for a backslash.")


def _refuse_length(length: int) -> None:
    if length > MAX_CHARACTERS:
        raise InvalidInput(f"The text would be longer than {MAX_CHARACTERS} characters.")
