"""Writing a document as YAML with comments: what its parts are for, and what they could be."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from casts.sketching.remarks import remark_of, what_is
from casts.yaml_writing import member_as_yaml
from generations.adapters.base import ToolSpec

_REMARK_COLUMN, _LAST_COLUMN = 44, 100
_HEAD = """\
# A spell: what it takes, its steps, what it gives. Next:
#   manage.py spell check {file}  says what is wrong with it, and where
#   manage.py loadspells {file}  saves it; again after every change
#   manage.py cast {slug}{needs} --follow --save .
"""
_INPUTS = """\
# What a caster gives, as a JSON Schema (2020-12); what has a default may be left out.
"""
_STEPS = """\
# A step calls a tool. It waits for the steps it refers to, or else for the one above it. Values
# in ${{ }} are JMESPath over inputs, steps.KEY and cast. Any step may also have:
#   needs: [other]                  # wait for a step without using it; [] starts at once
#   when: "${{ inputs.loud }}"      # skip the step unless this holds
#   for_each: "${{ inputs.texts }}" # once for each item of a list: use ${{ item }} and ${{ index }}
#   retry: {attempts: 3, backoff_s: 2}
#   on_failure: continue            # go on without it
#   deadline_s: 60
#   cache: true                     # use again what the same inputs gave before
"""
_OUTPUTS = """\
# What the cast gives in the end.
"""


def commented(document: Mapping[str, Any], tools: Mapping[str, ToolSpec], file: str) -> str:
    """Return a definition as YAML that says, in comments, what its parts are and could be.

    ``file`` is the name that the comments call it by.
    """
    required = document.get("inputs", {}).get("required", ())
    needs = "".join(f" -i {name}=…" for name in required)
    parts = [_HEAD.format(file=file, slug=document["slug"], needs=needs)]
    parts += [
        _member(document, name) for name in ("slug", "name", "description") if name in document
    ]
    parts.append(
        _flag("visibility", "private", "or unlisted: who knows the slug; public: everybody")
    )
    parts.append(_flag("open", "true", "let others read this definition", is_off=True))
    if "inputs" in document:
        parts.append(f"\n{_INPUTS}{_member(document, 'inputs')}")
    if "deadline_s" in document:
        parts.append(_member(document, "deadline_s"))
    parts += [f"\n{_STEPS}steps:\n", "\n".join(_steps(document, tools))]
    if document.get("outputs"):
        parts.append(f"\n{_OUTPUTS}{_member(document, 'outputs')}")
        parts += _other_outputs(document, tools)
    return "".join(parts)


def _member(document: Mapping[str, Any], name: str) -> str:
    return member_as_yaml(name, document[name])


def _flag(name: str, value: str, remark: str, *, is_off: bool = False) -> str:
    mark = "# " if is_off else ""
    return f"{_remarked(f'{mark}{name}: {value}', remark)}\n"


def _steps(document: Mapping[str, Any], tools: Mapping[str, ToolSpec]) -> Iterator[str]:
    for step in document["steps"]:
        yield "".join(f"{line}\n" for line in _step(step, tools.get(step["tool"])))


def _step(step: Mapping[str, Any], tool: ToolSpec | None) -> Iterator[str]:
    if tool is not None:
        yield from _comment("  # ", _first_sentence(tool))
        yield from _comment("  # ", f"Gives {', '.join(_given(tool)) or 'anything'}.")
    inputs = step.get("inputs", {})
    own = {name: value for name, value in step.items() if name not in {"key", "tool", "inputs"}}
    yield from _listed("key", step["key"], "  - ")
    yield from _listed("tool", step["tool"], "    ")
    others = [] if tool is None else list(_other_inputs(inputs, tool))
    if inputs or others:
        yield "    inputs:" if inputs else "    # inputs:"
    for name, value in inputs.items():
        yield from _input(name, value, tool)
    yield from others
    for name, value in own.items():
        yield from _listed(name, value, "    ")


def _input(name: str, value: Any, tool: ToolSpec | None) -> Iterator[str]:
    remark = _remark(tool, name) if tool is not None else ""
    yield from _with_remark(list(_listed(name, value, "      ")), remark)


def _other_inputs(given: Mapping[str, Any], tool: ToolSpec) -> Iterator[str]:
    """Yield what the tool takes and the step does not give, as comments to take out."""
    for name, schema in tool.input_schema.get("properties", {}).items():
        if name not in given:
            default = schema.get("default") if isinstance(schema, Mapping) else None
            lines = list(_listed(name, default, "      # "))
            yield from _with_remark(lines, _remark(tool, name))


def _with_remark(lines: list[str], remark: str) -> Iterator[str]:
    """Put a remark behind a member, or above it where there is no room."""
    short = _remarked(lines[0], remark)
    if len(lines) == 1 and len(short) <= _LAST_COLUMN:
        yield short
        return
    yield from _comment("      # ", remark)
    yield from lines


def _remark(tool: ToolSpec, name: str) -> str:
    schema = tool.input_schema.get("properties", {}).get(name)
    if schema is None:
        return ""
    is_required = name in tool.input_schema.get("required", ())
    return remark_of(schema, tool.input_schema, is_required=is_required)


def _other_outputs(document: Mapping[str, Any], tools: Mapping[str, ToolSpec]) -> Iterator[str]:
    """Yield what the last step gives beside the outputs."""
    step = document["steps"][-1]
    tool = tools.get(step["tool"])
    used = str(document["outputs"])
    for name in tool.output_schema.get("properties", {}) if tool is not None else ():
        source = f"steps.{step['key']}.{name}"
        if source not in used:
            yield "".join(f"{line}\n" for line in _listed(name, f"${{{{ {source} }}}}", "  # "))


def _given(tool: ToolSpec) -> Iterator[str]:
    for name, schema in tool.output_schema.get("properties", {}).items():
        yield f"{name} ({what_is(schema, tool.output_schema)})"


def _first_sentence(tool: ToolSpec) -> str:
    sentence = " ".join(tool.description.split("\n\n")[0].split()) or tool.title
    return sentence if sentence.endswith(".") else f"{sentence}."


def _listed(name: str, value: Any, indent: str) -> Iterator[str]:
    """Yield the lines of a member, indented; a hyphen stands before the first one only."""
    for number, line in enumerate(member_as_yaml(name, value).splitlines()):
        yield f"{indent if not number else indent.replace('-', ' ')}{line}"


def _comment(indent: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, _LAST_COLUMN, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def _remarked(line: str, remark: str) -> str:
    return f"{line:<{_REMARK_COLUMN}}  # {remark}" if remark else line
