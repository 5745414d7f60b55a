"""Inputs as people type them: ``key=value``. Pure, but for the files that ``@`` names."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from generations.schemas import ARTIFACT

Upload = Callable[[Path], str]


class InputsUnreadable(ValueError):
    """What was typed is not a list of inputs; the message has a line for each problem."""


def read_inputs(
    pairs: Iterable[str], schema: Mapping[str, Any], upload: Upload | None = None
) -> dict[str, Any]:
    """Read ``key=value`` pairs for a spell's inputs.

    A value is JSON where the schema does not say text and it is JSON, else the text as it stands:
    ``title=7`` is the text "7", ``seed=7`` the number. Where the schema says a list, a key may be
    given several times, once for each item. Where it says a file, ``@PATH`` names one:
    ``upload`` stores it, returns its id, and raises ValueError or OSError when it cannot. Raises
    InputsUnreadable.
    """
    inputs: dict[str, Any] = {}
    problems: list[str] = []
    properties = schema.get("properties", {})
    for pair in pairs:
        key, is_pair, text = pair.partition("=")
        wanted = properties.get(key, {})
        if not is_pair or not key:
            problems.append(f"{pair!r} is not of the form key=value.")
        elif key in inputs and not _is_list(wanted):
            problems.append(f"{key} is given twice.")
        else:
            try:
                value = _value(text, wanted, upload)
            except (ValueError, OSError) as error:
                problems.append(f"{key}: {error}")
            else:
                inputs[key] = [*_listed(inputs, key), *value] if _is_list(wanted) else value
    if problems:
        raise InputsUnreadable("\n".join(problems))
    return inputs


def _value(text: str, schema: Any, upload: Upload | None) -> Any:
    if _is_list(schema):
        return _items(text, schema.get("items", {}), upload)
    if upload and text.startswith("@") and _is_file(schema):
        return upload(Path(text[1:]))
    return text if _is_text(schema) else _json_or(text, text)


def _items(text: str, schema: Any, upload: Upload | None) -> Any:
    """Read a whole list in JSON, or one item of it."""
    whole = None if _is_text(schema) and text.startswith("@") else _json_or(text, None)
    return whole if isinstance(whole, list) else [_value(text, schema, upload)]


def _listed(inputs: Mapping[str, Any], key: str) -> list[Any]:
    return list(inputs.get(key, []))


def _json_or(text: str, otherwise: Any) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError:
        return otherwise


def _is_list(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "array"


def _is_file(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("format") == ARTIFACT


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
