"""Comparing two definitions: what the spell, its inputs, steps, outputs and tools became."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from casts.comparing.changes import Change, Comparison, Edition, Part, What
from casts.comparing.values import differences
from casts.definition import Definition, Step, parse

_OWN = ("name", "description", "visibility", "open", "deadline_s")


def compare(before: Edition, after: Edition) -> Comparison:
    """Return what changed from one edition of a spell to another.

    Both documents have passed the check. Steps are matched by their keys, inputs and outputs by
    their names; a policy that says the default is the same as one that says nothing.
    """
    old, new = parse(before.document), parse(after.document)
    return Comparison(
        (
            *_own_changes(old, new),
            *_input_changes(old.inputs, new.inputs),
            *_step_changes(old, new),
            *_member_changes("outputs", old.outputs, new.outputs),
            *_tool_changes(before.tool_versions or {}, after.tool_versions or {}),
        )
    )


def _own_changes(old: Definition, new: Definition) -> Iterator[Change]:
    if old.slug != new.slug:
        yield Change("spell", "", "slug", "changed", old.slug, new.slug)
    for member in _OWN:
        yield from _changes("spell", "", member, getattr(old, member), getattr(new, member))


def _input_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    yield from _member_changes("inputs", _properties(old), _properties(new))
    for keyword in dict.fromkeys((*old, *new)):
        if keyword not in {"properties", "required"}:
            yield from _changes("inputs", "", keyword, old.get(keyword), new.get(keyword))


def _properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs, as if each of them said itself whether it is required."""
    required = schema.get("required", ())
    return {
        name: {**part, "required": True} if name in required and isinstance(part, dict) else part
        for name, part in schema.get("properties", {}).items()
    }


def _step_changes(old: Definition, new: Definition) -> Iterator[Change]:
    before, after = ({step.key: step for step in d.steps} for d in (old, new))
    moved = _moved(list(before), list(after))
    for key in _merged(list(before), list(after)):
        if key not in before:
            yield Change("steps", key, "", "added", after=_members(after[key], new))
        elif key not in after:
            yield Change("steps", key, "", "removed", before=_members(before[key], old))
        else:
            yield from _changed_step(before[key], after[key], old, new)
            if key in moved:
                yield Change("steps", key, "place", "changed", *moved[key])


def _changed_step(before: Step, after: Step, old: Definition, new: Definition) -> Iterator[Change]:
    was, now = _members(before, old), _members(after, new)
    for member in dict.fromkeys((*was, *now)):
        yield from _changes("steps", before.key, member, was.get(member), now.get(member))


def _members(step: Step, definition: Definition) -> dict[str, Any]:
    """Return what a step says, in the words of a definition, without what is the default."""
    plain = Step(step.key, step.tool, {})
    said = {
        "tool": step.tool,
        "inputs": dict(step.inputs) or None,
        "waits for": ", ".join(s.key for s in definition.steps if s.key in step.requires) or None,
        "for_each": step.for_each,
        "max_items": step.max_items if step.max_items != plain.max_items else None,
        "max_in_flight": _unless(step.max_in_flight, plain.max_in_flight),
        "when": step.when,
        "retry.attempts": _unless(step.retry.attempts, plain.retry.attempts),
        "retry.backoff_s": _unless(step.retry.backoff_s, plain.retry.backoff_s),
        "on_failure": _unless(step.on_failure, plain.on_failure),
        "deadline_s": step.deadline_s,
        "cache.ttl_s": step.cache_ttl_s,
        "resubmit": step.resubmit or None,
    }
    return {member: value for member, value in said.items() if value is not None}


def _unless(value: Any, default: Any) -> Any:
    return None if value == default else value


def _member_changes(part: Part, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in _merged(list(old), list(new)):
        if name not in old:
            yield Change(part, name, "", "added", after=new[name])
        elif name not in new:
            yield Change(part, name, "", "removed", before=old[name])
        else:
            yield from _changes(part, name, "", old[name], new[name])


def _tool_changes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    """Tell of the tools of both; which came and went the steps tell already."""
    for key in sorted(old.keys() & new.keys()):
        yield from _changes("tools", key, "version", old[key], new[key])


def _changes(part: Part, subject: str, member: str, before: Any, after: Any) -> Iterator[Change]:
    if before is None or after is None:
        if before != after:
            what: What = "added" if before is None else "removed"
            yield Change(part, subject, member, what, before, after)
        return
    for found in differences(before, after):
        joint = "." if member and found.path and not found.path.startswith(("[", "line")) else ""
        space = " " if member and found.path.startswith("line") else ""
        path = f"{member}{joint}{space}{found.path}"
        yield Change(part, subject, path, found.what, found.before, found.after)


def _merged(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return the names of both, as the new one orders them; what is gone stands where it was."""
    merged: list[str] = []
    for kind, a, b, c, d in _opcodes(old, new):
        merged += [name for name in old[a:b] if kind != "equal" and name not in new]
        merged += new[c:d]
    return list(dict.fromkeys(merged))


def _moved(old: list[str], new: list[str]) -> dict[str, tuple[int, int]]:
    """Return the old and new places, from 1, of what others have overtaken."""
    common_old, common_new = (
        [n for n in one if n in other] for one, other in ((old, new), (new, old))
    )
    stays: set[str] = set()
    for kind, a, b, _, _ in _opcodes(common_old, common_new):
        stays |= set(common_old[a:b]) if kind == "equal" else set()
    return {n: (old.index(n) + 1, new.index(n) + 1) for n in common_new if n not in stays}


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
