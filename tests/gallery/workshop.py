"""A private stack, with all starter spells, that makes what the gallery shows."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tests.acceptance.client import Client
from tests.acceptance.stack import FreshDatabases, Stack
from tests.gallery.orders import STARTERS, filled
from tests.gallery.photographs import taken

_WITHIN_S = 300.0


class Workshop:
    """Casts spells, calls tools, and gives back the files."""

    def __init__(self, stack: Stack) -> None:
        stack.manage("loadspells", str(STARTERS))
        self._client = Client(stack)
        self._upload = cache(self._uploaded)

    def cast(self, spells: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """Cast spells, all at once; return their outputs by slug. Raises AssertionError."""
        orders = {slug: filled(inputs, self._upload) for slug, inputs in spells.items()}
        casts = {slug: self._client.cast(slug, **inputs) for slug, inputs in orders.items()}
        ended = self._client.ended(list(casts.values()), _WITHIN_S)
        return {slug: _outputs(slug, ended[cast]) for slug, cast in casts.items()}

    def run(self, tool: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """Call one tool; return its outputs. Raises AssertionError."""
        body = {"inputs": filled(inputs, self._upload)}
        answer = self._client.http.post(f"tools/{tool}/run/", json=body)
        assert answer.status_code == 202, answer.text
        cast = answer.json()["id"]
        return _outputs(tool, self._client.ended([cast], _WITHIN_S)[cast])

    def file(self, artifact: str) -> bytes:
        """Return the bytes of a file."""
        answer = self._client.http.get(f"artifacts/{artifact}/")
        assert answer.status_code == 200, answer.text
        return answer.content

    def offered(self) -> set[str]:
        """Return the keys of the tools that this machine can run."""
        return {tool["key"] for tool in self._client.http.get("tools/").json()["results"]}

    def _uploaded(self, photo: str) -> str:
        files = {"file": (f"{photo}.jpg", taken(photo), "image/jpeg")}
        answer = self._client.http.post("artifacts/", files=files)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


def _outputs(what: str, cast: dict[str, Any]) -> dict[str, Any]:
    assert cast["status"] == "succeeded", f"{what}: {cast['failure']}"
    outputs: dict[str, Any] = cast["outputs"]
    return outputs


@contextmanager
def workshop() -> Iterator[Workshop]:
    """Open a workshop on an SQLite database of its own; nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="spellhub-gallery-") as name:
        folder = Path(name)
        databases = FreshDatabases(folder, "sqlite://")
        stack = Stack(folder, databases.fresh(folder))
        try:
            stack.start("web", "worker", "clock")
            yield Workshop(stack)
        finally:
            stack.close()
            databases.close()
