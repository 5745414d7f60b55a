"""What the parts of a definition mean together: tools, references, the graph."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casts.definition.document import MAX_STEPS, NO_INPUTS
from casts.definition.graph import cycles, requirements
from casts.definition.holes import HoleMaker
from casts.definition.input_schema import check_input_schema
from casts.definition.problems import Findings, shown, suggestion
from casts.definition.shapes import Scope
from casts.definition.validation import closed, mismatches
from generations.adapters.base import MAX_CALL_S, ToolSpec

_COMBINING = {"$ref", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "unevaluatedProperties"}


@dataclass
class _Draft:
    """A step as it stands in the document, as far as it can be read."""

    raw: Mapping[str, Any]
    where: str
    key: str
    tool: ToolSpec | None
    references: set[str] = field(default_factory=set)

    @property
    def subject(self) -> str:
        return f"Step {shown(self.key)}"

    @property
    def needs(self) -> list[str] | None:
        needs = self.raw.get("needs")
        return [key for key in needs if isinstance(key, str)] if isinstance(needs, list) else None


class SpellCheck:
    """One check of a document whose form may still be wrong in places."""

    def __init__(
        self, document: Mapping[str, Any], tools: Mapping[str, ToolSpec], findings: Findings
    ) -> None:
        self._document = document
        self._tools = tools
        self._findings = findings
        self._drafts = list(self._read_steps())
        self._by_key: dict[str, _Draft] = {}
        for draft in self._drafts:
            self._by_key.setdefault(draft.key, draft)

    def run(self) -> None:
        """Note everything that is wrong."""
        scope = Scope(self._checked_inputs(), self._known_steps())
        for draft in self._drafts:
            if not self._findings.full:
                self._check_step(draft, scope)
        used = self._check_outputs(scope)
        self._check_cycles()
        if self._document.get("outputs"):
            self._check_use(used)

    def _read_steps(self) -> Iterator[_Draft]:
        steps = self._document.get("steps")
        seen: set[str] = set()
        for index, raw in enumerate(steps[:MAX_STEPS] if isinstance(steps, list) else ()):
            if not isinstance(raw, dict):
                continue
            where = f"/steps/{index}"
            key = raw.get("key")
            if not isinstance(key, str):
                key = f"number {index + 1}"
            if key in seen:
                detail = f"There is a step {shown(key)} already; give this one another key."
                self._findings.error(f"{where}/key", "duplicate_step", detail)
            seen.add(key)
            yield _Draft(raw, where, key, self._tool(raw.get("tool"), where))

    def _tool(self, key: Any, where: str) -> ToolSpec | None:
        if not isinstance(key, str) or self._findings.full:
            return None
        tool = self._tools.get(key)
        if tool is None:
            detail = f"There is no tool {shown(key)}{suggestion(key, sorted(self._tools))}"
            self._findings.error(f"{where}/tool", "unknown_tool", detail)
        return tool

    def _check_deadline(self, draft: _Draft) -> None:
        seconds = draft.raw.get("deadline_s")
        if not isinstance(seconds, int) or draft.tool is None or draft.tool.mode == "async":
            return
        if seconds > MAX_CALL_S:
            detail = f"{draft.tool.key} answers at once: give it at most {MAX_CALL_S} seconds."
            self._findings.error(f"{draft.where}/deadline_s", "out_of_range", detail)

    def _checked_inputs(self) -> Mapping[str, Any] | None:
        schema = self._document.get("inputs", NO_INPUTS)
        if not isinstance(schema, dict):
            return None
        is_usable = check_input_schema(schema, self._findings, "/inputs")
        return schema if is_usable and isinstance(schema.get("properties", {}), dict) else None

    def _known_steps(self) -> Mapping[str, Mapping[str, Any] | None] | None:
        if not self._drafts:
            return None
        return {
            key: draft.tool.output_schema if draft.tool else None
            for key, draft in self._by_key.items()
        }

    def _check_step(self, draft: _Draft, scope: Scope) -> None:
        maker = HoleMaker(scope, self._findings, draft.subject)
        inputs = draft.raw.get("inputs", {})
        if isinstance(inputs, dict):
            self._check_tool_inputs(draft, maker.with_holes(inputs, f"{draft.where}/inputs"))
        self._check_deadline(draft)
        when = draft.raw.get("when")
        if isinstance(when, str):
            maker.condition(when, f"{draft.where}/when")
        draft.references = maker.references
        if draft.key in draft.references:
            detail = f"{draft.subject} refers to its own outputs; refer to another step."
            self._findings.error(draft.where, "self_reference", detail)
        self._check_needs(draft)

    def _check_tool_inputs(self, draft: _Draft, inputs: Mapping[str, Any]) -> None:
        """Check what is known of the inputs; null stands for none, as it does when it runs."""
        if draft.tool is None:
            return
        schema = draft.tool.input_schema
        given = {name: value for name, value in inputs.items() if value is not None}
        checked = schema if _COMBINING & schema.keys() else closed(schema)
        for problem in mismatches(checked, given, f"{draft.where}/inputs"):
            detail = f"{draft.subject}, {shown(draft.tool.key)}: {problem.detail}"
            self._findings.error(problem.pointer, problem.code, detail)

    def _check_needs(self, draft: _Draft) -> None:
        needs = draft.raw.get("needs")
        for index, key in enumerate(needs if isinstance(needs, list) else ()):
            where = f"{draft.where}/needs/{index}"
            if key == draft.key:
                detail = f"{draft.subject} needs itself; take it out of `needs`."
                self._findings.error(where, "self_reference", detail)
            elif isinstance(key, str) and key not in self._by_key:
                ending = suggestion(key, self._by_key)
                detail = f"{draft.subject} needs {shown(key)}, which is no step{ending}"
                self._findings.error(where, "unknown_step", detail)

    def _check_outputs(self, scope: Scope) -> set[str]:
        outputs = self._document.get("outputs")
        used: set[str] = set()
        for name, value in (outputs if isinstance(outputs, dict) else {}).items():
            maker = HoleMaker(scope, self._findings, f"Output {shown(name)}")
            maker.with_holes({name: value}, "/outputs")
            used |= maker.references
        return used

    def _graph(self) -> dict[str, frozenset[str]]:
        known = self._by_key.keys()
        graph: dict[str, frozenset[str]] = {}
        above = None
        for draft in self._drafts:
            required = requirements(frozenset(draft.references), draft.needs, above)
            graph[draft.key] = graph.get(draft.key, frozenset()) | (required & known)
            above = draft.key
        return graph

    def _check_cycles(self) -> None:
        order = list(self._by_key)
        for circle in cycles(self._graph()):
            first = min(range(len(circle)), key=lambda place: order.index(circle[place]))
            self._refuse_circle([self._by_key[key] for key in circle[first:] + circle[:first]])

    def _refuse_circle(self, circle: list[_Draft]) -> None:
        names = [shown(draft.key) for draft in [*circle[1:], circle[0]]]
        chain = ", which waits for ".join(names)
        by_default = [d for d in circle if d.needs is None and not d.references]
        ways = "take one of these references out"
        if by_default:
            ways += f", or give {shown(by_default[0].key)} `needs: []`: without, it waits for the "
            ways += "step above it"
        detail = f"{circle[0].subject} waits for {chain}; {ways}."
        self._findings.error(circle[0].where, "cycle", detail)

    def _check_use(self, used: set[str]) -> None:
        """A step that another one names in its ``needs`` is there for its effect."""
        for draft in self._drafts:
            used |= draft.references - {draft.key}
            used.update(draft.needs or ())
        for draft in self._drafts:
            if draft.key not in used:
                detail = (
                    f"Nothing uses what {draft.subject[0].lower()}{draft.subject[1:]} gives; "
                    "refer to it in `outputs` or in another step, or take it out."
                )
                self._findings.warning(draft.where, "unused_step", detail)
