"""Saying in a sentence what does not fit a schema, and what to do about it."""

from collections.abc import Callable, Iterator
from typing import Any

from jsonschema.exceptions import ValidationError

from casts.definition.keywords import Hole, ItemHole
from casts.definition.problems import Problem, nearest, shown, suggestion
from casts.definition.schema_types import ANYTHING, type_of, types_of, words
from generations.schemas import ARTIFACT, pointer_to

_LISTED = 12
_WAYS_WITH_LIST = "; take one of it with `[0]` or `[-1]`, or each in turn with `for_each`"
Say = Callable[[ValidationError], str]


def problems_of(error: ValidationError, under: str = "") -> Iterator[Problem]:
    """Turn an error of jsonschema into problems below a pointer."""
    if error.validator in {"anyOf", "oneOf"} and error.context:
        yield from _of_branches(error, under)
        return
    code, say = _SAY.get(str(error.validator), ("no_match", _other))
    yield Problem(under + pointer_to(error.absolute_path), code, f"{_subject(error)} {say(error)}")


def _of_branches(error: ValidationError, under: str) -> Iterator[Problem]:
    """Say what is wrong with the branch that was probably meant, or name all types."""
    by_branch: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        by_branch.setdefault(inner.schema_path[0], []).append(inner)
    branches = list(by_branch.values())
    candidates = [inner for inner in branches if not any(map(_is_of_other_type, inner))]
    # A value that fits a branch but for something inside it was meant for that branch.
    candidates = [
        inner for inner in candidates if all(e.relative_path for e in inner)
    ] or candidates
    where = under + pointer_to(error.absolute_path)
    if len(candidates) == 1:
        for inner in candidates[0]:
            yield from problems_of(inner, under)
    elif candidates:
        detail = f"{_subject(error)} fits none of the shapes it may have; see its schema."
        yield Problem(where, "no_match", detail)
    else:
        taken = types_of({"anyOf": error.validator_value}, {})
        yield Problem(where, "wrong_type", f"{_subject(error)} {_must_be(taken, error.instance)}")


def _is_of_other_type(error: ValidationError) -> bool:
    is_of_item = isinstance(error.instance, ItemHole)
    return error.validator == "type" and not error.relative_path and not is_of_item


def _subject(error: ValidationError) -> str:
    path = list(error.absolute_path)
    if not path:
        return "The value"
    if isinstance(path[-1], str):
        return shown(path[-1])
    owner = next((part for part in reversed(path) if isinstance(part, str)), None)
    return f"Item {path[-1] + 1}" + (f" of {shown(owner)}" if owner else "")


def _must_be(taken: Any, value: Any) -> str:
    if isinstance(value, ItemHole):
        return f"must hold {words(taken)}, but an item of {value.text} is {_given(value)}."
    if isinstance(value, Hole):
        ways = _WAYS_WITH_LIST if value.types <= {"array", "null"} else ""
        return f"must be {words(taken)}, but {value.text} is {_given(value)}{ways}."
    return f"must be {words(taken)}, not {words(frozenset({type_of(value)}))}."


def _given(hole: Hole) -> str:
    return words(hole.types - {"null"})


def _type(error: ValidationError) -> str:
    return _must_be(types_of({"type": error.validator_value}, {}) or ANYTHING, error.instance)


def _missing(_: ValidationError) -> str:
    return "is missing; give it."


def _unknown(error: ValidationError) -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    return f"is not known here{suggestion(str(error.path[-1]), schema.get('properties', {}))}"


def _not_allowed(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    allowed = wanted if error.validator == "enum" else [wanted]
    meant = None
    if isinstance(error.instance, str):
        meant = nearest(error.instance, [word for word in allowed if isinstance(word, str)])
    if meant is not None:
        return f"cannot be {shown(str(error.instance))}; did you mean {shown(meant)}?"
    listed = ", ".join(shown(str(value)) for value in allowed[:_LISTED])
    return f"must be one of {listed}." if len(allowed) <= _LISTED else f"must be {listed} or more."


def _range(error: ValidationError) -> str:
    bound = error.validator_value
    limits = {
        "minimum": f"at least {bound}",
        "maximum": f"at most {bound}",
        "exclusiveMinimum": f"more than {bound}",
        "exclusiveMaximum": f"less than {bound}",
        "multipleOf": f"a multiple of {bound}",
    }
    return f"must be {limits[str(error.validator)]}, not {error.instance}."


def _length(error: ValidationError) -> str:
    keyword = str(error.validator)
    unit = {"Length": "character", "Items": "item", "Properties": "member"}[keyword[3:]]
    unit += "" if error.validator_value == 1 else "s"
    bound = "at least" if keyword.startswith("min") else "at most"
    value: Any = error.instance
    return f"must have {bound} {error.validator_value} {unit}; it has {len(value)}."


def _pattern(error: ValidationError) -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    description = schema.get("description")
    if isinstance(description, str) and description:
        return f"must be {description.rstrip('.')}."
    return f"must match the pattern {shown(str(error.validator_value))}."


def _format(error: ValidationError) -> str:
    if error.validator_value != ARTIFACT:
        return f"must be of the format {shown(str(error.validator_value))}."
    if isinstance(error.instance, Hole):
        is_item = isinstance(error.instance, ItemHole)
        what = "holds files, but an item of" if is_item else "takes a file, but"
        return f"{what} {error.instance.text} is any text; take one of the format `artifact`."
    return "must be the id of an uploaded or produced file."


def _unique(_: ValidationError) -> str:
    return "stands there before; take one out."


def _dependent(error: ValidationError) -> str:
    return f"lacks a member that another one needs: {error.message[:200]}."


def _other(error: ValidationError) -> str:
    return f"does not fit its schema ({error.validator}); see there what it may be."


def _forbidden(_: ValidationError) -> str:
    return "may not be given; take it out."


_SAY: dict[str, tuple[str, Say]] = {
    "type": ("wrong_type", _type),
    "required": ("missing", _missing),
    "dependentRequired": ("missing", _dependent),
    "additionalProperties": ("unknown_field", _unknown),
    "false": ("unknown_field", _forbidden),
    "enum": ("not_allowed", _not_allowed),
    "const": ("not_allowed", _not_allowed),
    "pattern": ("wrong_pattern", _pattern),
    "format": ("wrong_format", _format),
    "uniqueItems": ("not_unique", _unique),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        ("out_of_range", _range),
    ),
    **dict.fromkeys(
        ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
        ("wrong_length", _length),
    ),
}
