"""What can be wrong with a definition or with values: problems, their codes, their collector."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]

MAX_PROBLEMS = 100
_SHOWN = 80
_SUGGESTED_FROM = 200
_LISTED = 12

CODES: dict[str, str] = {
    # the text
    "unreadable": "The text is neither JSON nor YAML.",
    "not_json": "A value or a YAML feature that JSON does not have.",
    "duplicate_key": "An object has the same key twice.",
    "bad_value": "NaN, an infinity, a number beyond 64 bits, U+0000 or half a surrogate pair.",
    "too_deep": "Nested too deeply.",
    "too_large": "More than may be stored or worked on.",
    "too_many_problems": "There are more mistakes than are listed.",
    # values against a schema
    "missing": "A required member is absent.",
    "unknown_field": "A member that is not known there.",
    "wrong_type": "A value, or what an expression gives, is of another type than is taken.",
    "not_allowed": "A value that is not among the allowed ones.",
    "out_of_range": "A number that is too small, too large or not a multiple.",
    "wrong_length": "A text, list or object with too few or too many parts.",
    "wrong_pattern": "A text that does not match its pattern.",
    "wrong_format": "A text that is not of its format.",
    "not_unique": "A list that holds a value twice.",
    "no_match": "A value that fits none of the shapes it may have.",
    # the schema of the inputs
    "bad_schema": "Not a JSON Schema 2020-12, or a part of it that is not supported.",
    "bad_pattern": "A regular expression that google-re2 does not know.",
    "bad_default": "A default that its own schema refuses.",
    "bad_reference": "A `$ref` that leads out of the schema, nowhere, or round in a circle.",
    "unknown_keyword": "A word that JSON Schema does not know and would ignore.",
    "unknown_format": "A format that is not checked.",
    # steps and the graph
    "duplicate_step": "Two steps have the same key.",
    "unknown_tool": "A tool that is not installed.",
    "unknown_step": "A step that the spell does not have.",
    "self_reference": "A step that waits for itself.",
    "not_repeatable": "Outputs to be reused of a tool that is not repeatable or costs something.",
    "cycle": "Steps that wait for each other.",
    "unused_step": "A step whose outputs nothing uses.",
    # expressions
    "bad_expression": "An expression that is not closed, empty, or not JMESPath.",
    "expression_in_key": "An expression in a key, where none is evaluated.",
    "unknown_function": "A function that JMESPath does not have.",
    "unknown_reference": "A name that expressions do not have, or a part a value cannot have.",
    "unknown_input": "An input that the spell does not declare.",
    "unknown_output": "An output that the tool of the step does not have.",
    "may_hold_null": "A list with null for what failed, where null is not taken.",
    "unclear_reference": "All steps at once, so that it cannot be seen which ones are meant.",
}


@dataclass(frozen=True)
class Problem:
    """One mistake: where (a JSON pointer), what (a code) and what to do (a sentence)."""

    pointer: str
    code: str
    detail: str
    severity: Severity = "error"


class DefinitionUnreadable(ValueError):
    """The text is no definition at all; ``problems`` says where and why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.detail for problem in problems))
        self.problems = problems


class Findings:
    """Collects the mistakes of one check, each once, errors and warnings up to a limit each."""

    def __init__(self) -> None:
        self._found: dict[Severity, dict[Problem, None]] = {"error": {}, "warning": {}}

    def error(self, pointer: str, code: str, detail: str) -> None:
        """Note a mistake that must be corrected."""
        self._add(Problem(pointer, code, detail))

    def warning(self, pointer: str, code: str, detail: str) -> None:
        """Note what is probably not meant."""
        self._add(Problem(pointer, code, detail, "warning"))

    def extend(self, problems: Iterable[Problem], under: str = "") -> None:
        """Note what another check found, below a pointer."""
        for problem in problems:
            if self.full:
                return
            self._add(replace(problem, pointer=under + problem.pointer))

    @property
    def full(self) -> bool:
        """Whether there are so many errors that looking for more is of no use."""
        return len(self._found["error"]) > MAX_PROBLEMS

    @property
    def has_errors(self) -> bool:
        """Whether anything must be corrected."""
        return bool(self._found["error"])

    def has(self, *codes: str) -> bool:
        """Whether there are errors with any of these codes."""
        return any(problem.code in codes for problem in self.errors())

    def errors(self) -> list[Problem]:
        """Return what must be corrected."""
        return list(self._found["error"])

    def all(self) -> tuple[Problem, ...]:
        """Return the errors, then the warnings, each in the order they were found."""
        errors, warnings = (list(self._found[kind]) for kind in ("error", "warning"))
        if not self.full:
            return (*errors, *warnings[:MAX_PROBLEMS])
        more = Problem("", "too_many_problems", "There are more; correct these first.")
        return (*errors[:MAX_PROBLEMS], more)

    def _add(self, problem: Problem) -> None:
        if problem.code not in CODES:
            raise KeyError(problem.code)
        found = self._found[problem.severity]
        if len(found) <= MAX_PROBLEMS:
            found.setdefault(problem)


def shown(text: str) -> str:
    """Return a text in backticks, short enough for a sentence."""
    return f"`{text}`" if len(text) <= _SHOWN else f"`{text[: _SHOWN - 1]}…`"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant."""
    if len(word) > _SHOWN:
        return None
    close = get_close_matches(word, list(known)[:_SUGGESTED_FROM], n=1)
    return close[0] if close else None


def suggestion(word: str, known: Iterable[str], prefix: str = "") -> str:
    """Return the end of a sentence: what was probably meant, or what there is."""
    names = list(known)
    meant = nearest(word, names)
    if meant is not None:
        return f"; did you mean {shown(prefix + meant)}?"
    if not names:
        return "; there are none."
    listed = ", ".join(shown(prefix + name) for name in names[:_LISTED])
    return f"; there are {listed}." if len(names) <= _LISTED else f"; there are {listed} and more."
