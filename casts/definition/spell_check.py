"""What the parts of a definition mean together: inputs, steps, outputs, the graph."""

from collections.abc import Mapping
from typing import Any

from casts.definition.document import NO_INPUTS
from casts.definition.drafts import Draft, Tools, drafts
from casts.definition.graph import cycles, requirements
from casts.definition.holes import HoleMaker
from casts.definition.input_schema import check_input_schema
from casts.definition.problems import Findings, shown
from casts.definition.scope import Outputs, Scope
from casts.definition.step_check import StepCheck


class SpellCheck:
    """One check of a document whose form may still be wrong in places."""

    def __init__(
        self,
        document: Mapping[str, Any],
        tools: Tools,
        findings: Findings,
        unavailable: Mapping[str, str],
    ) -> None:
        self._document = document
        self._findings = findings
        self._drafts = list(drafts(document.get("steps"), tools, findings, unavailable))
        self._by_key: dict[str, Draft] = {}
        for draft in self._drafts:
            self._by_key.setdefault(draft.key, draft)

    def run(self) -> None:
        """Note everything that is wrong."""
        scope = Scope(self._checked_inputs(), self._known_steps())
        for draft in self._drafts:
            if not self._findings.full:
                StepCheck(draft, scope, self._by_key, self._findings).run()
        used = self._check_outputs(scope)
        self._check_cycles()
        if self._document.get("outputs"):
            self._check_use(used)

    def _checked_inputs(self) -> Mapping[str, Any] | None:
        schema = self._document.get("inputs", NO_INPUTS)
        if not isinstance(schema, dict):
            return None
        is_usable = check_input_schema(schema, self._findings, "/inputs")
        return schema if is_usable and isinstance(schema.get("properties", {}), dict) else None

    def _known_steps(self) -> Mapping[str, Outputs] | None:
        if not self._drafts:
            return None
        return {key: draft.outputs for key, draft in self._by_key.items()}

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

    def _refuse_circle(self, circle: list[Draft]) -> None:
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
