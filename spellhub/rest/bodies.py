"""Bodies as typed models: nothing is coerced, and nothing unknown is passed over."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from spellhub.rest.problems import Flaw, invalid


class Body(BaseModel):
    """What a request may say; an unknown field is an error, "1" is not a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Wanted = TypeVar("Wanted", bound=Body)


def read(model: type[Wanted], data: Any) -> Wanted:
    """Return a body as its model; raises Problem 422 that names every mistake."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise invalid(list(_flaws(model, error))) from error


def _flaws(model: type[Body], error: ValidationError) -> Iterator[Flaw]:
    for flaw in error.errors(include_url=False, include_context=False, include_input=False):
        pointer = "".join(f"/{_escaped(str(part))}" for part in flaw["loc"])
        name = str(flaw["loc"][-1]) if flaw["loc"] else "The body"
        match flaw["type"]:
            case "extra_forbidden":
                yield Flaw(pointer, "unknown_field", _unknown(name, list(model.model_fields)))
            case "missing":
                yield Flaw(pointer, "missing", f"`{name}` is missing.")
            case kind:
                yield Flaw(pointer, _code_of(kind), f"`{name}`: {flaw['msg'].rstrip('.')}.")


def _code_of(kind: str) -> str:
    """Return our code for a kind of mistake (the same codes as in spells and inputs)."""
    if kind.endswith("_type"):
        return "wrong_type"
    if kind in {"string_too_short", "string_too_long", "too_short", "too_long"}:
        return "wrong_length"
    if kind in {"greater_than_equal", "less_than_equal", "greater_than", "less_than"}:
        return "out_of_range"
    return kind


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _unknown(name: str, known: list[str]) -> str:
    """Say that a field is unknown, and which one may be meant."""
    shown = name if len(name) <= 60 else f"{name[:59]}…"
    near = get_close_matches(name[:60], known, n=1)
    if near:
        return f"There is no field `{shown}`; did you mean `{near[0]}`?"
    return f"There is no field `{shown}`; there are {', '.join(f'`{k}`' for k in known)}."
