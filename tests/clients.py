"""Clients of the endpoints, each with an API key of an account."""

import json
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from spellhub.accounts.models import ApiKey
from tests.factories import UserFactory, one_step

ROOT = "/internal/v1/"
JSON = "application/json"


class Api:
    """Calls endpoints by their path below the root, as one account."""

    def __init__(self, account: User | None = None, *, is_service: bool = False) -> None:
        self.account = account or UserFactory()
        self.row, self.key = ApiKey.issue(self.account, is_service=is_service)
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(self._at(path), query or {}, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, json.dumps({} if body is None else body).encode(), **headers)

    def patch(self, path: str, body: Any) -> Any:
        return self.send("PATCH", path, json.dumps(body).encode())

    def delete(self, path: str) -> Any:
        return self.client.delete(self._at(path), headers=self._headers({}))

    def send(
        self, method: str, path: str, raw: bytes, *, content_type: str = JSON, **headers: str
    ) -> Any:
        """Send bytes as they are."""
        return self.client.generic(
            method, self._at(path), raw, content_type, headers=self._headers(headers)
        )

    def upload(self, name: str, content: bytes, *, path: str = "artifacts/", **fields: Any) -> Any:
        file = SimpleUploadedFile(name, content)
        return self.client.post(self._at(path), {"file": file, **fields}, headers=self._headers({}))

    def save_spell(self, slug: str = "hello", **members: Any) -> dict[str, Any]:
        """Save a spell of one step."""
        answer = self.post("spells/", {**one_step(slug), **members})
        assert answer.status_code == 201, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def cast(self, spell: str = "hello", **members: Any) -> dict[str, Any]:
        """Cast a spell; return the cast."""
        answer = self.post("casts/", {"spell": spell, **members})
        assert answer.status_code == 202, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def _at(self, path: str) -> str:
        return path if path.startswith(("/", "http")) else ROOT + path

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.key}", **named}


def flaws(answer: Any) -> list[tuple[str, str]]:
    """The (pointer, code) of each thing that a problem says is wrong."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return [(flaw["pointer"], flaw["code"]) for flaw in answer.json()["errors"]]
