"""Holding live answers against the description that is served."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from jsonschema import Draft202012Validator

from tests.clients import ROOT

UNDESCRIBED = {"schema/", "docs/"}


class Description:
    """The description, as a client gets it."""

    @cached_property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = Client().get(f"{ROOT}schema/").json()
        return found

    def operations(self) -> set[tuple[str, str]]:
        """(method, path) of everything that is described."""
        return {
            (method.upper(), path)
            for path, item in self.document["paths"].items()
            for method in item
        }

    def check(self, answer: Any) -> None:
        """Fail unless the answer is one that is described for its request."""
        request = answer.wsgi_request
        operation = self._operation(request.method, request.path)
        responses = operation["responses"]
        response = responses.get(str(answer.status_code), responses["default"])
        assert "X-Request-ID" in response["headers"]
        if answer.status_code in (204, 304):
            assert not answer.content
            return
        media_type = answer["Content-Type"].partition(";")[0]
        media_types = response["content"]
        assert media_type in media_types or "*/*" in media_types, (media_type, media_types)
        if "*/*" not in media_types:
            self._validate(media_types[media_type]["schema"], answer.json())

    def check_body(self, method: str, path: str, body: Any) -> None:
        """Fail unless a body is one that is described for a request."""
        operation = self._operation(method, ROOT + path)
        self._validate(operation["requestBody"]["content"]["application/json"]["schema"], body)

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        # The literal paths come first: spells/validate/ is not the spell of that name.
        for template, item in sorted(self.document["paths"].items(), key=lambda i: "{" in i[0]):
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path):
                found: dict[str, Any] = item[method.lower()]
                return found
        raise AssertionError(f"{path} is not described")

    def _validate(self, schema: dict[str, Any], value: Any) -> None:
        whole = {**schema, "components": self.document["components"]}
        Draft202012Validator(whole).validate(value)


def routes() -> set[tuple[str, str]]:
    """(method, path) of everything that is routed below the root."""
    return {
        (method, path)
        for path, view in _views(get_resolver().url_patterns, "/")
        if path.startswith(ROOT) and path.removeprefix(ROOT) not in UNDESCRIBED
        for method in _methods(view)
    }


def _views(patterns: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def _methods(view: Any) -> set[str]:
    return {
        name.upper()
        for name in ("get", "post", "put", "patch", "delete")
        if hasattr(view.cls, name)
    }
