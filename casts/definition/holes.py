"""Reading the expressions in a value before anything runs: each becomes a hole of known types."""

from typing import Any

from casts.definition.analysis import analysed
from casts.definition.expressions import ExpressionError, compiled
from casts.definition.keywords import Hole, ItemHole
from casts.definition.problems import Findings, shown
from casts.definition.resolving import only_source, parts_of
from casts.definition.scope import Scope
from casts.definition.shapes import UNKNOWN, Shape, Typed
from casts.definition.templates import OPENING, Source
from generations.schemas import pointer_to

_LIST = frozenset({"array", "null"})
_WRITTEN_OUT = Typed(frozenset({"string", "null"}), is_plain_text=True)


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

    def alone(self, text: str, where: str, example: str) -> Shape:
        """Return what a text gives that must be one expression and nothing else."""
        try:
            source = only_source(text)
        except ExpressionError as error:
            return self._refused(where, error)
        if source is not None:
            return self._given(source, where)
        word = where.rpartition("/")[2]
        detail = f"{self._subject}: `{word}` takes one expression, such as `${{{{ {example} }}}}`."
        self._findings.error(where, "bad_expression", detail)
        return UNKNOWN

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
            return _hole(shown(text), self._refused(where, error))
        sources = [part for part in parts if isinstance(part, Source)]
        if not sources:
            return text
        shapes = [self._given(source, where) for source in sources]
        return _hole(shown(text), shapes[0] if len(parts) == 1 else _WRITTEN_OUT)

    def _given(self, source: Source, where: str) -> Shape:
        try:
            analysis = analysed(compiled(source.text), self._scope)
        except ExpressionError as error:
            return self._refused(where, error, f"{shown(f'${{{{ {source.text} }}}}')}: ")
        self.references |= analysis.references
        for complaint in analysis.complaints:
            detail = _ended(f"{self._subject} {complaint.predicate}")
            self._findings.error(where, complaint.code, detail)
        return analysis.shape

    def _refused(self, where: str, error: ExpressionError, written: str = "") -> Shape:
        self._findings.error(where, error.code, _ended(f"{self._subject}: {written}{error}"))
        return UNKNOWN


def _hole(text: str, shape: Shape) -> Hole:
    return Hole(text, shape.types, shape.is_plain_text, _item(text, shape), shape.has_gaps)


def _item(text: str, shape: Shape) -> ItemHole | None:
    """Return what stands for each item; not for items of items, which may go on without end."""
    if not shape.types <= _LIST:
        return None
    item = shape.item()
    return ItemHole(text, item.types, item.is_plain_text)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."
