"""Inputs as people type them: ``key=value``. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn


class InputsUnreadable(ValueError):
    """What was typed is not a list of inputs; the message has a line for each problem."""


def read_inputs(pairs: Iterable[str], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Read ``key=value`` pairs for a spell's inputs.

    A value is JSON where the schema does not say text and it is JSON, else the text as it stands:
    ``title=7`` is the text "7", ``seed=7`` the number. Raises InputsUnreadable.
    """
    inputs: dict[str, Any] = {}
    problems: list[str] = []
    properties = schema.get("properties", {})
    for pair in pairs:
        key, is_pair, text = pair.partition("=")
        if not is_pair or not key:
            problems.append(f"{pair!r} is not of the form key=value.")
        elif key in inputs:
            problems.append(f"{key} is given twice.")
        else:
            inputs[key] = _value(text, properties.get(key, {}))
    if problems:
        raise InputsUnreadable("\n".join(problems))
    return inputs


def _value(text: str, schema: Any) -> Any:
    if _is_text(schema):
        return text
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError:
        return text


def _is_text(schema: Any) -> bool:
    if not isinstance(schema, Mapping):
        return False
    types = schema.get("type")
    if types is None:
        values = schema.get("enum", [])
        return bool(values) and all(isinstance(value, str) for value in values)
    return types == "string" or (isinstance(types, list) and "string" in types)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
