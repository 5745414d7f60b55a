"""Casting documents in the test's own process, with real rows and a real adapter."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.contrib.auth.models import User

from casts import engine, library
from casts.models import Cast
from tests.factories import UserFactory
from tests.tools import TrialAdapter

Begin = Callable[..., Cast]
N = {"n": {"type": "integer", "default": 1}}


@pytest.fixture
def account(db: None) -> User:
    return UserFactory()


@pytest.fixture
def begin(trial: TrialAdapter, account: User) -> Begin:
    """Save a spell of the given steps and cast it once."""

    def make(
        *steps: Mapping[str, Any],
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        properties: Mapping[str, Any] | None = None,
        **document: Any,
    ) -> Cast:
        spell = {
            "slug": document.pop("slug", "trial"),
            "name": "Trial",
            "inputs": {"type": "object", "properties": N | dict(properties or {})},
            "steps": [dict(step) for step in steps],
            **({"outputs": dict(outputs)} if outputs else {}),
            **document,
        }
        version, _ = library.save(spell, account)
        return engine.begin(version, account, dict(inputs or {}), source="api", actor="key:test")

    return make


def step(key: str, tool: str = "echo", value: Any = "v", **more: Any) -> dict[str, Any]:
    """A step that calls a trial tool."""
    inputs = {"value": value} | more.pop("inputs", {})
    return {"key": key, "tool": f"trial.{tool}", "inputs": inputs, **more}
