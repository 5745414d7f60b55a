"""JMESPath expressions, parsed once: whatever can be wrong with one by itself is found here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import IncompleteExpressionError, JMESPathError, LexerError, ParseError
from jmespath.functions import Functions
from jmespath.lexer import Lexer

from casts.definition.problems import shown, suggestion
from casts.definition.values import flaws

MAX_LENGTH = 1_000
MAX_NESTING = 40

Node = Mapping[str, Any]
_SIGNATURES: dict[str, Sequence[Mapping[str, Any]]] = {
    name: entry["signature"] for name, entry in Functions.FUNCTION_TABLE.items()
}
_MEMBERS = frozenset({"subexpression", "value_projection", "filter_projection", "flatten"})
_HINTS = {
    "-": "a name with a hyphen stands in double quotes",
    "+": "JMESPath has no arithmetic",
    "/": "JMESPath has no arithmetic",
    "=": "compare with `==`",
    "$": "leave the `$` out",
}


class ExpressionError(ValueError):
    """An expression cannot be read or evaluated; the message is a sentence for people."""

    def __init__(self, message: str, code: str = "bad_expression") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, eq=False)
class Expression:
    """A parsed expression; ``tree`` is JMESPath's syntax tree."""

    text: str
    tree: Node


@lru_cache(maxsize=4096)
def compiled(text: str) -> Expression:
    """Return a parsed expression; raises ExpressionError."""
    if not text:
        raise ExpressionError("the expression is empty; write what it stands for")
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters")
    tree = _parsed(text)
    for node, depth in _walk(tree):
        if depth > MAX_NESTING:
            raise ExpressionError(f"the expression is nested deeper than {MAX_NESTING} levels")
        _check(node)
    if tree["type"] == "expref":
        raise _stray_reference()
    return Expression(text, tree)


def signature(function: str) -> Sequence[Mapping[str, Any]]:
    """Return what a function takes, an entry with its ``types`` for each argument."""
    return _SIGNATURES[function]


def _parsed(text: str) -> Node:
    try:
        _check_parentheses(text)
        return jmespath.compile(text).parsed
    except RecursionError as error:
        message = f"the expression is nested deeper than {MAX_NESTING} levels"
        raise ExpressionError(message) from error
    except ExpressionError:
        raise
    except (JMESPathError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ExpressionError(_why(error)) from error


def _check_parentheses(text: str) -> None:
    """Count them before parsing: they leave no trace in the tree, but the parser recurses."""
    depth = 0
    for token in Lexer().tokenize(text):
        depth += {"lparen": 1, "rparen": -1}.get(token["type"], 0)
        if depth > MAX_NESTING:
            raise ExpressionError(f"the expression is nested deeper than {MAX_NESTING} levels")


def _why(error: Exception) -> str:
    if isinstance(error, IncompleteExpressionError):
        return "the expression ends too early"
    if isinstance(error, LexerError):
        value = str(error.lexer_value)
        hint = _HINTS.get(value[:1]) or error.message.splitlines()[0]
        return f"{shown(value)} is not JMESPath: {hint}"
    if isinstance(error, ParseError) and error.token_type == "NUMBER":  # noqa: S105
        return f"write the number in backticks: `{str(error.token_value)[:20]}`"
    if isinstance(error, ParseError):
        return f"{shown(str(error.token_value))} does not fit there: {error.msg.splitlines()[0]}"
    return "it is not JMESPath"


def _walk(tree: Node) -> Iterator[tuple[Node, int]]:
    waiting: list[tuple[Node, int]] = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting += [(child, depth + 1) for child in _children(node)]


def _children(node: Node) -> list[Node]:
    return [] if node["type"] == "slice" else [c for c in node["children"] if c is not None]


def _check(node: Node) -> None:
    kind = node["type"]
    if kind == "function_expression":
        _check_call(node)
    elif kind == "literal":
        if flaws(node["value"]):
            raise ExpressionError("a literal holds a value that JSON does not have")
    elif kind == "slice" and node["children"][2] == 0:
        raise ExpressionError("the step of a slice cannot be 0")
    elif any(child["type"] == "expref" for child in _children(node)):
        raise _stray_reference()
    elif kind in _MEMBERS and node["children"][0]["type"] == "not_expression":
        # All implementations of JMESPath read it so, and nobody means it.
        raise ExpressionError("JMESPath reads `!a.b` as `(!a).b`, which is null; write `!(a.b)`")


def _check_call(node: Node) -> None:
    name, arguments = node["value"], node["children"]
    wanted = _SIGNATURES.get(name)
    if wanted is None:
        message = f"there is no function {shown(name)}{suggestion(name, sorted(_SIGNATURES))}"
        raise ExpressionError(message.rstrip("."), "unknown_function")
    is_variadic = bool(wanted and wanted[-1].get("variadic"))
    if len(arguments) < len(wanted) or (len(arguments) > len(wanted) and not is_variadic):
        plural = "" if len(wanted) == 1 else "s"
        least = "at least " if is_variadic else ""
        raise ExpressionError(f"{name}() takes {least}{len(wanted)} argument{plural}")
    for index, argument in enumerate(arguments):
        takes = wanted[min(index, len(wanted) - 1)]["types"]
        if (argument["type"] == "expref") != ("expref" in takes):
            if argument["type"] == "expref":
                raise _stray_reference()
            raise ExpressionError(f"{name}() takes an expression with `&`, as in `&name`")


def _stray_reference() -> ExpressionError:
    return ExpressionError("`&` stands only in an argument of sort_by, max_by, min_by or map")
