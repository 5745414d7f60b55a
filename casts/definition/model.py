"""A spell definition, parsed: what the planner and the engine read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

Visibility = Literal["private", "unlisted", "public"]
OnFailure = Literal["fail", "continue"]

MAX_ITEMS = 100
MAX_IN_FLIGHT = 10


@dataclass(frozen=True)
class RetryPolicy:
    """How often a step is attempted, and the seconds before the second attempt."""

    attempts: int = 1
    backoff_s: float = 2.0


@dataclass(frozen=True)
class Step:
    """One tool call of a spell.

    ``inputs``, ``when`` and ``for_each`` still hold their ``${{ … }}``. ``references`` are the
    steps they refer to; ``requires`` are all steps this one waits for. ``deadline_s`` None means
    the tool's own. With ``for_each`` the tool is called once for each of at most ``max_items``
    items, for ``max_in_flight`` of them at a time. ``cache_ttl_s`` is how old outputs may be that
    are reused; None means that none are.
    """

    key: str
    tool: str
    inputs: Mapping[str, Any]
    for_each: str | None = None
    max_items: int = MAX_ITEMS
    max_in_flight: int = MAX_IN_FLIGHT
    when: str | None = None
    on_failure: OnFailure = "fail"
    retry: RetryPolicy = RetryPolicy()
    deadline_s: int | None = None
    resubmit: bool = False
    cache_ttl_s: int | None = None
    requires: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()

    @property
    def is_each(self) -> bool:
        """Whether the step runs once per item of a list, so that its outputs are lists."""
        return self.for_each is not None


@dataclass(frozen=True)
class Definition:
    """A whole spell; ``inputs`` is a JSON Schema, ``deadline_s`` is of the whole cast."""

    slug: str
    name: str
    description: str
    visibility: Visibility
    open: bool
    inputs: Mapping[str, Any]
    steps: tuple[Step, ...]
    outputs: Mapping[str, Any]
    deadline_s: int | None

    def step(self, key: str) -> Step:
        """Return a step; raises KeyError."""
        return self._by_key[key]

    def descendants(self, key: str) -> frozenset[str]:
        """Return every step that waits for this one, directly or through others."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            required = waiting.pop()
            new = {step.key for step in self.steps if required in step.requires} - found
            found |= new
            waiting += new
        return frozenset(found)

    @cached_property
    def _by_key(self) -> dict[str, Step]:
        return {step.key: step for step in self.steps}
