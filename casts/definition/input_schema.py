"""Checking the JSON Schema that a spell declares for its inputs.

Beyond being a schema it must be safe to use on anybody's values: it refers only into itself, never
in a circle, stays small when its references are written out, its patterns run on google-re2. And
what JSON Schema would ignore without a word is a problem here.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator

from casts.definition.defaults import TooManyDefaults, with_defaults
from casts.definition.formats import flaw_of_pattern, formats
from casts.definition.problems import Findings, nearest, shown, suggestion
from casts.definition.sentences import problems_of
from casts.definition.validation import mismatches
from generations.schemas import pointer_to

MAX_PARTS = 1_000
MAX_COST = 5_000
MAX_NESTING = 64
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ONE = (
    "additionalProperties",
    "items",
    "contains",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "contentSchema",
)
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "$defs", "dependentSchemas")
_REFUSED = {
    "$id": "take it out; the schema stands for itself",
    "$anchor": "refer by `#/$defs/NAME`",
    "$dynamicRef": "refer by `$ref: '#/$defs/NAME'`",
    "$dynamicAnchor": "refer by `#/$defs/NAME`",
    "$vocabulary": "take it out",
    "$recursiveRef": "refer by `$ref: '#/$defs/NAME'`",
    "definitions": "call it `$defs`",
    "dependencies": "write `dependentRequired` or `dependentSchemas`",
    "unevaluatedProperties": "write `additionalProperties`",
    "unevaluatedItems": "write `items`",
}
_KEYWORDS = sorted(
    Draft202012Validator.VALIDATORS.keys()
    | {"$schema", "$comment", "$defs", "then", "else", "minContains", "maxContains", "title"}
    | {"description", "default", "examples", "deprecated", "readOnly", "writeOnly"}
    | {"contentEncoding", "contentMediaType", "contentSchema"}
)


@cache
def _metaschema() -> Any:
    """Return what validates schemas, but for patterns, which are looked at here."""
    return Draft202012Validator(Draft202012Validator.META_SCHEMA)


def check_input_schema(schema: Mapping[str, Any], findings: Findings, where: str) -> bool:
    """Note what is wrong with the schema of a spell's inputs; return whether it can be followed.

    That is so when its references lead somewhere and it stays small, whatever else is wrong.
    """
    own = Findings()
    parts = dict(_subschemas(schema, ""))
    if len(parts) > MAX_PARTS:
        own.error(where, "too_large", f"Declare the inputs in at most {MAX_PARTS} schemas.")
    else:
        _check_by_metaschema(schema, own, where)
        _Schema(schema, parts, own, where).check()
    findings.extend(own.all())
    return not own.has("bad_reference", "too_large")


def _check_by_metaschema(schema: Mapping[str, Any], findings: Findings, where: str) -> None:
    for error in _metaschema().iter_errors(schema):
        for problem in problems_of(error, where):
            findings.error(problem.pointer, "bad_schema", problem.detail)
        if findings.full:
            return


class _Schema:
    """One pass over all subschemas, by their pointers within the schema."""

    def __init__(
        self, root: Mapping[str, Any], parts: Mapping[str, Any], findings: Findings, where: str
    ) -> None:
        self._root = root
        self._parts = parts
        self._findings = findings
        self._where = where

    def check(self) -> None:
        self._check_top()
        for pointer, part in self._parts.items():
            if isinstance(part, Mapping) and not self._findings.full:
                self._check_words(pointer, part)
                self._check_format(pointer, part)
                self._check_patterns(pointer, part)
                self._check_reference(pointer, part)
        # What follows the references needs them to lead somewhere, and to come to an end.
        if not self._findings.has("bad_reference"):
            self._check_size()
        if not self._findings.has("bad_reference", "too_large"):
            self._check_defaults()

    def _error(self, pointer: str, code: str, detail: str) -> None:
        self._findings.error(self._where + pointer, code, detail)

    def _warning(self, pointer: str, code: str, detail: str) -> None:
        self._findings.warning(self._where + pointer, code, detail)

    def _check_top(self) -> None:
        if self._root.get("type") != "object":
            detail = "Inputs are an object; write `type: object` and list them in `properties`."
            self._error("/type", "bad_schema", detail)
        if self._root.get("$schema", DIALECT) not in {DIALECT, DIALECT + "#"}:
            self._error("/$schema", "bad_schema", f"Write {shown(DIALECT)}, or leave it out.")
        self._check_required()

    def _check_required(self) -> None:
        """Inputs that are not declared are refused, so nobody could ever give them."""
        required, declared = self._root.get("required"), self._root.get("properties", {})
        if not isinstance(required, list) or not isinstance(declared, Mapping):
            return
        if self._root.get("additionalProperties", False) is not False:
            return
        for index, name in enumerate(required):
            if isinstance(name, str) and name not in declared and not self._findings.full:
                ending = suggestion(name, declared)
                detail = f"{shown(name)} is required but not in `properties`{ending}"
                self._error(f"/required/{index}", "bad_schema", detail)

    def _check_words(self, pointer: str, part: Mapping[str, Any]) -> None:
        for word in part:
            here = pointer + pointer_to([word])
            if word in _REFUSED:
                self._error(
                    here, "bad_schema", f"{shown(word)} is not supported: {_REFUSED[word]}."
                )
            elif word == "$schema" and pointer:
                self._error(here, "bad_schema", "`$schema` stands only at the top; take it out.")
            elif word not in _KEYWORDS and not word.startswith("x-"):
                meant = nearest(word, _KEYWORDS)
                ending = f"; did you mean {shown(meant)}?" if meant else "; take it out."
                detail = f"JSON Schema ignores {shown(word)}{ending}"
                self._warning(here, "unknown_keyword", detail)

    def _check_format(self, pointer: str, part: Mapping[str, Any]) -> None:
        name = part.get("format")
        if isinstance(name, str) and name not in formats.checkers:
            ending = suggestion(name, sorted(formats.checkers))
            self._warning(
                f"{pointer}/format", "unknown_format", f"No check for {shown(name)}{ending}"
            )

    def _check_patterns(self, pointer: str, part: Mapping[str, Any]) -> None:
        found = [(f"{pointer}/pattern", part.get("pattern"))]
        patterns = part.get("patternProperties")
        found += [
            (f"{pointer}/patternProperties{pointer_to([name])}", name)
            for name in (patterns if isinstance(patterns, Mapping) else ())
        ]
        for here, pattern in found:
            flaw = flaw_of_pattern(pattern) if isinstance(pattern, str) else ""
            if flaw:
                detail = f"google-re2 cannot use this pattern ({flaw}); it has no look-around."
                self._error(here, "bad_pattern", detail)

    def _check_reference(self, pointer: str, part: Mapping[str, Any]) -> None:
        reference = part.get("$ref")
        if not isinstance(reference, str):
            return
        here = f"{pointer}/$ref"
        if not reference.startswith("#"):
            detail = "A schema refers only into itself; copy what is meant to `$defs`."
            self._error(here, "bad_reference", detail)
        elif unquote(reference[1:]) not in self._parts:
            places = [f"#{name}" for name in self._parts if name.startswith("/$defs/")]
            detail = f"{shown(reference)} leads to no schema{suggestion(reference, places)}"
            self._error(here, "bad_reference", detail)

    def _check_size(self) -> None:
        """Look how large and deep the schema is with its references written out."""
        graph = {pointer: self._used(pointer) for pointer in self._parts}
        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            place = next(p for p in error.args[1] if "$ref" in (self._parts[p] or {}))
            detail = "This leads back to itself; a schema may not contain itself."
            self._error(f"{place}/$ref", "bad_reference", detail)
            return
        costs: dict[str, int] = {}
        depths: dict[str, int] = {}
        for pointer in order:
            used = graph[pointer]
            costs[pointer] = min(1 + sum(costs[one] for one in used), MAX_COST + 1)
            depths[pointer] = 1 + max((depths[one] for one in used), default=0)
        if costs[""] > MAX_COST or depths[""] > MAX_NESTING:
            detail = (
                f"Written out, the schema has more than {MAX_COST} parts or {MAX_NESTING} levels; "
                "make it simpler."
            )
            self._error("", "too_large", detail)

    def _used(self, pointer: str) -> list[str]:
        part = self._parts[pointer]
        if not isinstance(part, Mapping):
            return []
        used = [child for child, _ in _children(part, pointer)]
        reference = part.get("$ref")
        return [*used, unquote(reference[1:])] if isinstance(reference, str) else used

    def _check_defaults(self) -> None:
        broken = [f"{problem.pointer}/" for problem in self._findings.errors()]
        for pointer, part in self._parts.items():
            has_default = isinstance(part, Mapping) and "default" in part
            if has_default and self._is_sound(pointer, broken) and not self._findings.full:
                self._check_default(f"{pointer}/default", part)

    def _is_sound(self, pointer: str, broken: list[str]) -> bool:
        """Return whether a part can be validated by, whatever is wrong elsewhere."""
        here = f"{self._where}{pointer}/"
        refers = any(
            isinstance(part, Mapping) and "$ref" in part
            for name, part in self._parts.items()
            if broken and f"{name}/".startswith(f"{pointer}/")
        )
        return not refers and not any(place.startswith(here) for place in broken)

    def _check_default(self, pointer: str, part: Mapping[str, Any]) -> None:
        try:
            value = with_defaults(self._root, part["default"], within=part)
        except TooManyDefaults as error:
            self._error(pointer, "too_large", str(error))
            return
        for problem in mismatches(self._root, value, within=part):
            self._error(pointer + problem.pointer, "bad_default", f"The default: {problem.detail}")


def _subschemas(schema: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """Yield every subschema with its pointer, the schema itself first."""
    yield pointer, schema
    if isinstance(schema, Mapping):
        for child, part in _children(schema, pointer):
            yield from _subschemas(part, child)


def _children(schema: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, Any]]:
    for word in _ONE:
        if isinstance(schema.get(word), Mapping | bool):
            yield f"{pointer}/{word}", schema[word]
    for word in _MANY:
        parts = schema.get(word)
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            yield f"{pointer}/{word}/{index}", part
    for word in _NAMED:
        named = schema.get(word)
        for name, part in (named if isinstance(named, Mapping) else {}).items():
            yield f"{pointer}/{word}{pointer_to([name])}", part
