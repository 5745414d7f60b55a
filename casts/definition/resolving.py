"""Putting values in the place of expressions. Nothing is ever executed, formatted or re-read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jmespath.exceptions import JMESPathError, JMESPathTypeError

from casts.definition.expressions import ExpressionError, compiled
from casts.definition.interpreter import BoundedInterpreter, Purse
from casts.definition.problems import shown
from casts.definition.schema_types import type_of, words
from casts.definition.templates import Source, Template, Unclosed, split
from casts.definition.values import weight
from spellhub.json_values import flaw_of

MAX_TEXT = 100_000
_MAX_DEPTH = 64


@dataclass(frozen=True)
class Context:
    """What expressions see: the cast's inputs, the outputs of its steps, the cast itself.

    ``steps`` maps the key of each finished step to its outputs, or to None when it was skipped or
    failed; ``cast`` holds ``id`` and ``account``. ``item`` and ``index`` (from 0) are what a step
    with ``for_each`` works on; elsewhere both are None. The values are plain JSON.
    """

    inputs: Mapping[str, Any]
    steps: Mapping[str, Any]
    cast: Mapping[str, Any]
    item: Any = None
    index: int | None = None


def resolve(value: Any, context: Context) -> Any:
    """Return a value with its expressions replaced; raises ExpressionError.

    An expression alone in a text keeps the type of what it gives. Inside text it is written as it
    is (text) or as compact JSON; a null there makes the whole text null. A text that comes out has
    at most 100,000 characters. What comes in through an expression is never read as one.
    """
    return _Evaluation(context).resolved(value, 0)


def truth(expression: str, context: Context) -> bool:
    """Return whether a ``${{ … }}`` holds; raises ExpressionError.

    As in JMESPath, false are null, false and what is empty: "", [] and {}. 0 is true.
    """
    value = _only_value(expression, context)
    return not (value is None or value is False or value in ("", [], {}))


def items(expression: str, context: Context) -> list[Any] | None:
    """Return the list that a ``${{ … }}`` gives, None when it gives null.

    Raises ExpressionError, also for a value that is neither.
    """
    value = _only_value(expression, context)
    if value is None or isinstance(value, list):
        return value
    what = words(frozenset({type_of(value)}))
    raise ExpressionError(f"{shown(expression.strip())} gives {what}, and must give a list")


def only_source(text: str) -> Source | None:
    """Return the expression of a text that is one and nothing else, but for blanks around it."""
    parts = parts_of(text.strip())
    return parts[0] if len(parts) == 1 and isinstance(parts[0], Source) else None


def parts_of(text: str) -> Template:
    """Split a text into texts and expressions; raises ExpressionError for one left open."""
    try:
        return split(text)
    except Unclosed as error:
        message = (
            f"{shown(error.rest)} is never closed; end the expression with `}}}}`, "
            "and look for a quote that is left open"
        )
        raise ExpressionError(message) from error


def _only_value(expression: str, context: Context) -> Any:
    source = only_source(expression)
    if source is None:
        raise ExpressionError(f"{shown(expression)} is not one `${{{{ … }}}}`")
    return _Evaluation(context).value(source.text)


class _Evaluation:
    """One pass over a value, with one purse for all its expressions."""

    def __init__(self, context: Context) -> None:
        self._data = {
            "inputs": dict(context.inputs),
            "steps": dict(context.steps),
            "cast": dict(context.cast),
            "item": context.item,
            "index": context.index,
        }
        self._purse = Purse()
        self._interpreter = BoundedInterpreter(self._purse)

    def resolved(self, value: Any, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise ExpressionError("the value is nested too deeply")
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {key: self.resolved(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.resolved(item, depth + 1) for item in value]
        return value

    def value(self, text: str) -> Any:
        """Evaluate one expression and copy what it gives, so that nobody shares it."""
        try:
            found = self._interpreter.visit(compiled(text).tree, self._data)
            self._purse.pay(weight(found, self._purse.left))
            return _copied(found, 0)
        except ExpressionError as error:
            raise ExpressionError(f"{_written_source(text)}: {error}", error.code) from error
        except (JMESPathError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
            raise ExpressionError(f"{_written_source(text)}: {_why(error)}") from error

    def _text(self, text: str) -> Any:
        parts = parts_of(text)
        if len(parts) == 1:
            return self.value(parts[0].text) if isinstance(parts[0], Source) else parts[0]
        written: list[str] = []
        length = 0
        for part in parts:
            piece = part if isinstance(part, str) else self._piece(part)
            if piece is None:
                return None
            written.append(piece)
            length += len(piece)
            if length > MAX_TEXT:
                raise _too_long()
        return "".join(written)

    def _piece(self, source: Source) -> str | None:
        value = self.value(source.text)
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _copied(value: Any, depth: int) -> Any:
    """Return a copy made of plain JSON only; raises ExpressionError for anything else."""
    if depth > _MAX_DEPTH:
        raise ExpressionError("it gives a value that is nested too deeply")
    if isinstance(value, list):
        return [_copied(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _copied(item, depth + 1) for key, item in value.items()}
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise _too_long()
    if flaw := flaw_of(value):
        raise ExpressionError(f"it gives what cannot be stored. {flaw.rstrip('.')}")
    return value


def _too_long() -> ExpressionError:
    return ExpressionError(f"the text comes out longer than {MAX_TEXT} characters")


def _written_source(text: str) -> str:
    return shown(f"${{{{ {text} }}}}")


def _why(error: Exception) -> str:
    """Say what happened without repeating the values, which may be long or nobody's business."""
    if isinstance(error, JMESPathTypeError):
        takes = " or ".join(str(kind) for kind in error.expected_types)
        return f"{error.function_name}() takes {takes}, not {error.actual_type}"
    if isinstance(error, JMESPathError):
        return str(error)
    if isinstance(error, RecursionError):
        return "the data is nested too deeply"
    return "it works on values that do not go together"
