"""Checking values against a schema, and a cast's inputs against its spell."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

import re2
from referencing.exceptions import Unresolvable

from casts.definition.defaults import TooManyDefaults, with_defaults
from casts.definition.keywords import validator
from casts.definition.model import Definition
from casts.definition.problems import MAX_PROBLEMS, Findings, Problem
from casts.definition.sentences import problems_of
from casts.definition.values import flaws


def check_inputs(definition: Definition, inputs: Any) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Return the inputs of a cast with the schema's defaults filled in, and what is wrong.

    What the caller gives wins, whatever it is, also 0, false, "" and null; a default stands only
    where the caller gives nothing. Inputs that the spell does not declare are refused.
    """
    found = flaws(inputs)
    if found or not isinstance(inputs, dict):
        return {}, tuple(found) or check_values({"type": "object"}, inputs)
    try:
        filled = with_defaults(definition.inputs, inputs)
    except TooManyDefaults as error:
        return {}, (Problem("", "too_large", str(error)),)
    return filled, check_values(closed(definition.inputs), filled)


def check_values(schema: Mapping[str, Any], values: Any, pointer: str = "") -> tuple[Problem, ...]:
    """Return where and why values do not fit a JSON Schema; the pointers begin with a given one."""
    findings = Findings()
    findings.extend(flaws(values), under=pointer)
    if not findings.has_errors:
        findings.extend(mismatches(schema, values, pointer))
    return findings.all()


def mismatches(
    schema: Mapping[str, Any], values: Any, pointer: str = "", within: Any = None
) -> list[Problem]:
    """Check values that may have holes, by a part of the schema if ``within`` is given."""
    checker = validator(schema)
    if within is not None:
        checker = checker.evolve(schema=within)
    found: list[Problem] = []
    try:
        for error in islice(checker.iter_errors(values), MAX_PROBLEMS + 1):
            found += problems_of(error, pointer)
    except RecursionError:
        found.append(Problem(pointer, "too_deep", "Its schema goes round in a circle."))
    except Unresolvable:
        found.append(Problem(pointer, "bad_reference", "Its schema has a `$ref` to nowhere."))
    except re2.error:
        found.append(Problem(pointer, "bad_pattern", "Its schema has a pattern nobody can read."))
    return found


def closed(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an object's schema that refuses members it does not declare, unless it says more."""
    return schema if "additionalProperties" in schema else {**schema, "additionalProperties": False}
