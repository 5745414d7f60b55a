"""What the parts of one step mean together: its tool, its expressions, its policies."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from casts.definition.drafts import Draft
from casts.definition.holes import HoleMaker
from casts.definition.keywords import Hole
from casts.definition.problems import Findings, shown, suggestion
from casts.definition.schema_types import followed, may_fit, member, types_of, words
from casts.definition.scope import Scope
from casts.definition.shapes import UNKNOWN, Shape
from casts.definition.validation import closed, mismatches
from generations.adapters.base import MAX_CALL_S, ToolSpec
from generations.schemas import pointer_to

_COMBINING = {"$ref", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "unevaluatedProperties"}
_ARRAY = frozenset({"array"})
_NO_LIST = "which exists only with `for_each`; give this step a list in its `for_each`"
_IN_LIST = "which is to come from the list that `for_each` gives; write where that list is"
_IN_WHEN = "but `when` decides once for the whole step; filter the list in `for_each` instead"


class StepCheck:
    """One check of a step; notes in the draft which steps it refers to."""

    def __init__(
        self, draft: Draft, scope: Scope, steps: Collection[str], findings: Findings
    ) -> None:
        self._draft = draft
        self._scope = scope
        self._steps = steps
        self._findings = findings

    def run(self) -> None:
        """Note everything that is wrong with the step."""
        self._check_inputs(self._checked_item())
        self._check_deadline()
        self._check_condition()
        self._check_reuse()
        self._check_needs()

    def _error(self, path: str, code: str, detail: str) -> None:
        self._findings.error(self._draft.where + path, code, f"{self._draft.subject} {detail}")

    def _checked_item(self) -> Shape | None:
        """Return what `item` is; None without `for_each`."""
        if not self._draft.is_each:
            for word in ("max_items", "max_in_flight"):
                if word in self._draft.raw:
                    detail = f"has {shown(word)} but no `for_each`; add that, or take this out."
                    self._error(f"/{word}", "missing", detail)
            return None
        expression = self._draft.raw["for_each"]
        if not isinstance(expression, str):
            self._suggest_literal(expression)
            return UNKNOWN
        given = self._given_alone("for_each", "inputs.list", _IN_LIST)
        if not may_fit(given.types, _ARRAY):
            what = f"takes a list, but {shown(expression)} is {words(given.types - {'null'})}"
            self._error("/for_each", "wrong_type", f"has `for_each`, which {what}.")
        return given.item().called("item")

    def _suggest_literal(self, value: Any) -> None:
        """Tell how a list is written that stands in the definition itself."""
        if isinstance(value, list):
            written = json.dumps(value, ensure_ascii=False).replace("`", "\\`")
            ways = f"write {shown(f'${{{{ `{written}` }}}}')}, or make it the default of an input"
            detail = f"has a list in `for_each`, which takes an expression; {ways}."
            self._error("/for_each", "bad_expression", detail)

    def _check_inputs(self, item: Shape | None) -> None:
        inputs = self._draft.raw.get("inputs", {})
        if isinstance(inputs, dict):
            maker = self._maker(replace(self._scope, item=item, no_item=_NO_LIST))
            found = maker.with_holes(inputs, f"{self._draft.where}/inputs")
            self._note_references(maker)
            if self._draft.tool:
                self._check_tool_inputs(self._draft.tool, found)

    def _check_tool_inputs(self, tool: ToolSpec, inputs: Mapping[str, Any]) -> None:
        """Check what is known of the inputs; null stands for none, as it does when it runs."""
        schema = tool.input_schema
        given = {name: value for name, value in inputs.items() if value is not None}
        checked = schema if _COMBINING & schema.keys() else closed(schema)
        where = f"{self._draft.where}/inputs"
        for problem in mismatches(checked, given, where):
            detail = f"{self._draft.subject}, {shown(tool.key)}: {problem.detail}"
            self._findings.error(problem.pointer, problem.code, detail)
        for name, value in given.items():
            if isinstance(value, Hole) and value.has_gaps and not _takes_null(schema, name):
                detail = (
                    f"{self._draft.subject}: {value.text} holds null for each item that failed, "
                    f"and {shown(name)} takes no null; leave those out with `[*]` behind it."
                )
                self._findings.warning(where + pointer_to([name]), "may_hold_null", detail)

    def _check_deadline(self) -> None:
        seconds, tool = self._draft.raw.get("deadline_s"), self._draft.tool
        if not isinstance(seconds, int) or tool is None or tool.mode == "async":
            return
        if seconds > MAX_CALL_S:
            detail = f"{tool.key} answers at once: give it at most {MAX_CALL_S} seconds."
            self._findings.error(f"{self._draft.where}/deadline_s", "out_of_range", detail)

    def _check_condition(self) -> None:
        if isinstance(self._draft.raw.get("when"), str):
            self._given_alone("when", "inputs.x", _IN_WHEN)

    def _check_reuse(self) -> None:
        tool = self._draft.tool
        if not self._draft.raw.get("cache") or tool is None:
            return
        if tool.billable or not tool.repeatable:
            why = "costs something" if tool.billable else "is not repeatable"
            detail = f"cannot reuse what {shown(tool.key)} gave, which {why}; take `cache` out."
            self._error("/cache", "not_repeatable", detail)

    def _check_needs(self) -> None:
        draft = self._draft
        if draft.key in draft.references:
            self._error("", "self_reference", "refers to its own outputs; refer to another step.")
        needs = draft.raw.get("needs")
        for index, key in enumerate(needs if isinstance(needs, list) else ()):
            where = f"/needs/{index}"
            if key == draft.key:
                self._error(where, "self_reference", "needs itself; take it out of `needs`.")
            elif isinstance(key, str) and key not in self._steps:
                ending = suggestion(key, self._steps)
                detail = f"needs {shown(key)}, which is no step{ending}"
                self._error(where, "unknown_step", detail)

    def _given_alone(self, word: str, example: str, no_item: str) -> Shape:
        maker = self._maker(replace(self._scope, no_item=no_item))
        given = maker.alone(self._draft.raw[word], f"{self._draft.where}/{word}", example)
        self._note_references(maker)
        return given

    def _maker(self, scope: Scope) -> HoleMaker:
        return HoleMaker(scope, self._findings, self._draft.subject)

    def _note_references(self, maker: HoleMaker) -> None:
        self._draft.references |= maker.references


def _takes_null(root: Mapping[str, Any], name: str) -> bool:
    """Return whether a list that a tool takes may hold null, as far as can be told."""
    schema = followed(member(root, root, name), root)
    return not isinstance(schema, Mapping) or "null" in types_of(schema.get("items", True), root)
