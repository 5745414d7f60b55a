"""A REST client of a stack, and the spells that the acceptance tests cast."""

import time
from collections.abc import Mapping
from typing import Any

import httpx

from tests.acceptance.stack import Stack

FINAL = {"succeeded", "failed", "cancelled"}


class Client:
    """Casts spells over real HTTP with an API key."""

    def __init__(self, stack: Stack, account: str = "ada") -> None:
        key = stack.manage("create_api_key", "--account", account).strip()
        self.http = httpx.Client(
            base_url=f"{stack.base_url}/internal/v1/",
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
            trust_env=False,
        )

    def save(self, *steps: Mapping[str, Any], slug: str, **document: Any) -> None:
        """Save a spell."""
        spell = {
            "slug": slug,
            "name": slug.title(),
            "inputs": {"type": "object", "properties": {"seed": {"type": "integer"}}},
            "steps": list(steps),
            **document,
        }
        answer = self.http.post("spells/", json=spell)
        assert answer.status_code == 201, answer.text

    def cast(self, spell: str, **inputs: Any) -> str:
        """Cast a spell; return the cast's id."""
        answer = self.http.post("casts/", json={"spell": spell, "inputs": inputs})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def read(self, cast: str) -> dict[str, Any]:
        """Read a cast."""
        answer = self.http.get(f"casts/{cast}/")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def ended(self, casts: list[str], within: float) -> dict[str, dict[str, Any]]:
        """Wait until all casts have ended; return them by id. Times are in seconds."""
        until = time.monotonic() + within
        done: dict[str, dict[str, Any]] = {}
        while len(done) < len(casts):
            for cast in casts:
                if cast not in done and (found := self.read(cast))["status"] in FINAL:
                    done[cast] = found
            if time.monotonic() > until:
                open_ = [self.read(cast) for cast in casts if cast not in done]
                raise AssertionError(f"{len(open_)} casts did not end: {open_[:3]}")
            time.sleep(0.2)
        return done


def template(key: str, text: str, **more: Any) -> dict[str, Any]:
    """A step that fills a template."""
    return {"key": key, "tool": "text.template", "inputs": {"template": text}, **more}


def sleep(key: str, seconds: float, **more: Any) -> dict[str, Any]:
    """A step that takes so many seconds."""
    inputs = {"seconds": seconds, "text": key}
    return {"key": key, "tool": "text.sleep", "inputs": inputs, **more}


def failing(key: str, mode: str, **more: Any) -> dict[str, Any]:
    """A step that fails in one of the ways of text.fail."""
    inputs = {"mode": mode, **more.pop("inputs", {})}
    return {"key": key, "tool": "text.fail", "inputs": inputs, **more}
