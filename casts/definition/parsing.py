"""From a stored document to what the planner reads."""

from collections.abc import Iterator, Mapping
from typing import Any

from casts.definition.analysis import analysed_alone
from casts.definition.document import CACHE_TTL_S, NO_INPUTS
from casts.definition.expressions import ExpressionError
from casts.definition.graph import requirements
from casts.definition.model import MAX_IN_FLIGHT, MAX_ITEMS, Definition, RetryPolicy, Step
from casts.definition.resolving import parts_of
from casts.definition.templates import Source


def parse(document: Mapping[str, Any]) -> Definition:
    """Return the definition in a document that was checked when it was saved; no tools needed."""
    steps: list[Step] = []
    for raw in document["steps"]:
        steps.append(_step(raw, steps[-1].key if steps else None))
    slug = document["slug"]
    return Definition(
        slug=slug,
        name=document.get("name", slug.replace("-", " ").capitalize()),
        description=document.get("description", ""),
        visibility=document.get("visibility", "private"),
        open=document.get("open", False),
        inputs=document.get("inputs", NO_INPUTS),
        steps=tuple(steps),
        outputs=document.get("outputs", {}),
        deadline_s=_whole(document.get("deadline_s")),
    )


def references(value: Any) -> frozenset[str]:
    """Return the keys of the steps that the expressions in a value refer to.

    Raises ExpressionError for an expression that cannot be read, or that uses ``steps`` in a way
    that does not tell which ones.
    """
    found: set[str] = set()
    for text in _texts(value):
        for part in parts_of(text):
            if isinstance(part, Source):
                found |= _references(part.text)
    return frozenset(found)


def _step(raw: Mapping[str, Any], above: str | None) -> Step:
    retry = raw.get("retry", {})
    referred = references([raw.get("inputs", {}), raw.get("when"), raw.get("for_each")])
    return Step(
        key=raw["key"],
        tool=raw["tool"],
        inputs=raw.get("inputs", {}),
        for_each=raw.get("for_each"),
        max_items=int(raw.get("max_items", MAX_ITEMS)),
        max_in_flight=int(raw.get("max_in_flight", MAX_IN_FLIGHT)),
        when=raw.get("when"),
        on_failure=raw.get("on_failure", "fail"),
        retry=RetryPolicy(int(retry.get("attempts", 1)), float(retry.get("backoff_s", 2.0))),
        deadline_s=_whole(raw.get("deadline_s")),
        resubmit=raw.get("resubmit", False),
        cache_ttl_s=_ttl_s(raw),
        requires=requirements(referred, raw.get("needs"), above),
        references=referred,
    )


def _whole(value: float | None) -> int | None:
    """JSON Schema takes 60.0 for a whole number, and so do we."""
    return None if value is None else int(value)


def _ttl_s(raw: Mapping[str, Any]) -> int | None:
    cache = raw.get("cache", False)
    if isinstance(cache, Mapping):
        return int(cache["ttl_s"])
    return CACHE_TTL_S if cache else None


def _references(text: str) -> frozenset[str]:
    analysis = analysed_alone(text)
    for complaint in analysis.complaints:
        if complaint.code == "unclear_reference":
            raise ExpressionError(complaint.predicate, complaint.code)
    return analysis.references


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            waiting += item.values()
        elif isinstance(item, list | tuple):
            waiting += item
