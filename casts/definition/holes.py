"""Reading the expressions in a value before anything runs: each becomes a hole of known types."""

from typing import Any

from casts.definition.analysis import analysed
from casts.definition.expressions import ExpressionError, compiled
from casts.definition.keywords import Hole
from casts.definition.problems import Findings, shown
from casts.definition.resolving import parts_of
from casts.definition.schema_types import ANYTHING
from casts.definition.shapes import Scope
from casts.definition.templates import OPENING, Source
from generations.schemas import pointer_to

_TEXT = frozenset({"string", "null"})


class HoleMaker:
    """Reads values of one owner (a step, an output), noting problems and references."""

    def __init__(self, scope: Scope, findings: Findings, subject: str) -> None:
        self._scope = scope
        self._findings = findings
        self._subject = subject
        self.references: set[str] = set()

    def with_holes(self, value: Any, where: str) -> Any:
        """Return a value with a hole for every text that holds an expression."""
        if isinstance(value, str):
            return self._text(value, where)
        if isinstance(value, list):
            return [self.with_holes(item, f"{where}/{index}") for index, item in enumerate(value)]
        if isinstance(value, dict):
            return {key: self._member(key, item, where) for key, item in value.items()}
        return value

    def condition(self, text: str, where: str) -> None:
        """Read a text that must be one expression and nothing else."""
        hole = self._text(text.strip(), where)
        if not isinstance(hole, Hole) or hole.is_plain_text:
            detail = f"{self._subject}: `when` takes one expression, such as `${{{{ inputs.x }}}}`."
            self._findings.error(where, "bad_expression", detail)

    def _member(self, key: str, value: Any, where: str) -> Any:
        here = where + pointer_to([key])
        if OPENING in key:
            detail = f"{self._subject}: the key {shown(key)} stays as it is; use values only."
            self._findings.error(here, "expression_in_key", detail)
        return self.with_holes(value, here)

    def _text(self, text: str, where: str) -> Any:
        try:
            parts = parts_of(text)
        except ExpressionError as error:
            self._refuse(where, error)
            return Hole(shown(text), ANYTHING)
        sources = [part for part in parts if isinstance(part, Source)]
        holes = [self._hole(source, where) for source in sources]
        if not holes:
            return text
        return holes[0] if len(parts) == 1 else Hole(shown(text), _TEXT, is_plain_text=True)

    def _hole(self, source: Source, where: str) -> Hole:
        written = shown(f"${{{{ {source.text} }}}}")
        try:
            analysis = analysed(compiled(source.text), self._scope)
        except ExpressionError as error:
            self._refuse(where, error, written)
            return Hole(written, ANYTHING)
        self.references |= analysis.references
        for complaint in analysis.complaints:
            detail = _ended(f"{self._subject} {complaint.predicate}")
            self._findings.error(where, complaint.code, detail)
        return Hole(written, analysis.shape.types, analysis.shape.is_plain_text)

    def _refuse(self, where: str, error: ExpressionError, written: str = "") -> None:
        place = f"{self._subject}: {written}: " if written else f"{self._subject}: "
        self._findings.error(where, error.code, _ended(f"{place}{error}"))


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."
