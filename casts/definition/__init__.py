"""Definitions of spells: reading, checking, resolving. Pure: no Django, no database, no clock.

From text to a checked definition: ``read`` → ``check`` → a document to store; from a stored
document: ``parse``. What a cast needs: ``check_inputs``, ``resolve``, ``truth``, ``items``,
``references``.
"""

from casts.definition.checking import Checked, check
from casts.definition.document import DOCUMENT_SCHEMA
from casts.definition.expressions import ExpressionError
from casts.definition.model import Definition, RetryPolicy, Step
from casts.definition.parsing import parse, references
from casts.definition.problems import CODES, DefinitionUnreadable, Problem
from casts.definition.reading import read
from casts.definition.resolving import Context, items, resolve, truth
from casts.definition.validation import check_inputs, check_values

__all__ = [
    "CODES",
    "DOCUMENT_SCHEMA",
    "Checked",
    "Context",
    "Definition",
    "DefinitionUnreadable",
    "ExpressionError",
    "Problem",
    "RetryPolicy",
    "Step",
    "check",
    "check_inputs",
    "check_values",
    "items",
    "parse",
    "read",
    "references",
    "resolve",
    "truth",
]
