"""Writing definitions as YAML, as a person would. Pure."""

import io
import re
from collections.abc import Mapping
from typing import Any

import yaml

from casts.definition.document import canonical

WIDTH = 100
_ONE_LINE = 72
# Line breaks to YAML, but not the one that people mean.
_LIKE_A_BREAK = re.compile("[\r\x85\u2028\u2029]")
_LIKE_A_NUMBER = re.compile("[-+.0-9][-+.0-9a-zA-Z]*")


class _Block(yaml.SafeDumper):
    """Writes texts of several lines as blocks, expressions in double quotes, and no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the dumper asks for each value
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    if _LIKE_A_BREAK.search(text):
        return '"'
    if "\n" in text:
        return "|"
    # YAML 1.2 reads numbers where PyYAML, which knows 1.1, sees none: 1e3, 08, 0o7.
    return '"' if "${{" in text or _LIKE_A_NUMBER.fullmatch(text) else None


_Block.add_representer(str, _text)


def definition_as_yaml(definition: Mapping[str, Any]) -> str:
    """Write a stored definition, its members in the order in which people write them.

    Not every database keeps that order.
    """
    return as_yaml(canonical(definition))


def as_yaml(document: Any) -> str:
    """Write a JSON value as YAML."""
    written: str = yaml.dump(
        document, Dumper=_Block, sort_keys=False, allow_unicode=True, width=WIDTH
    )
    return written


def member_as_yaml(name: str, value: Any) -> str:
    """Write one member of an object as YAML, with its innermost lists and objects in one line."""
    representer = _Block(io.StringIO(), default_flow_style=None, sort_keys=False)
    node: Any = representer.represent_data({name: value})
    node.flow_style = False
    _unfold(node)
    written: str = yaml.serialize(node, Dumper=_Block, allow_unicode=True, width=WIDTH - 8)
    return written


def _unfold(node: Any) -> int:
    """Give what does not fit in a line a line for each member; return how long it is, about."""
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + 2
    parts = [part for pair in node.value for part in pair] if _is_mapping(node) else node.value
    length = sum(map(_unfold, parts)) + 2
    if length > _ONE_LINE:
        node.flow_style = False
    return length


def _is_mapping(node: Any) -> bool:
    return isinstance(node, yaml.MappingNode)
