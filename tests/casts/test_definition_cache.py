"""Steps that reuse earlier outputs: how long, and which tools allow it."""

from typing import Any

import pytest

from casts.definition import check
from tests.casts.specs import paper_tools

DAY_S = 86_400
FREE = paper_tools()["any.echo"]
TOOLS = {
    "any.echo": FREE,
    "any.order": FREE.model_copy(update={"key": "any.order", "billable": True}),
    "any.once": FREE.model_copy(update={"key": "any.once", "repeatable": False}),
}


def document(tool: str = "any.echo", **more: Any) -> dict[str, Any]:
    return {"slug": "a", "steps": [{"key": "x", "tool": tool, **more}]}


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({}, None),
        ({"cache": False}, None),
        ({"cache": True}, 30 * DAY_S),
        ({"cache": {"ttl_s": 60}}, 60),
        ({"cache": {"ttl_s": 3600.0}}, 3600),
        ({"cache": {"ttl_s": 365 * DAY_S}}, 365 * DAY_S),
    ],
)
def test_reuse_is_off_or_for_so_many_seconds(given: dict[str, Any], seconds: int | None) -> None:
    checked = check(document(**given), TOOLS)
    assert checked.problems == ()
    assert checked.definition is not None
    assert checked.definition.step("x").cache_ttl_s == seconds
    assert isinstance(checked.definition.step("x").cache_ttl_s, int | None)


def test_no_reuse_is_stored_as_nothing() -> None:
    assert "cache" not in check(document(cache=False), TOOLS).document["steps"][0]
    assert check(document(cache=True), TOOLS).document["steps"][0]["cache"] is True


@pytest.mark.parametrize("cache", [True, {"ttl_s": 60}])
@pytest.mark.parametrize(
    ("tool", "why"), [("any.order", "costs something"), ("any.once", "is not repeatable")]
)
def test_only_what_is_repeatable_and_free_is_reused(cache: Any, tool: str, why: str) -> None:
    [problem] = check(document(tool, cache=cache), TOOLS).errors
    assert (problem.code, problem.pointer) == ("not_repeatable", "/steps/0/cache")
    assert problem.detail == (
        f"Step `x` cannot reuse what `{tool}` gave, which {why}; take `cache` out."
    )
    assert check(document(tool, cache=False), TOOLS).ok
