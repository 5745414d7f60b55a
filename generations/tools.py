"""The catalogue: every tool a step can call, by key."""

import logging
import threading
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from generations.adapters.base import (
    MAX_CALL_S,
    Adapter,
    Asynchronous,
    Immediate,
    NoSuchTool,
    Selective,
    ToolSpec,
)

logger = logging.getLogger(__name__)


class ToolRefused(Exception):
    """An adapter offers a tool that cannot be registered; ``problems`` names each reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Catalogue:
    """The tools of the registered adapters; those of ``settings.ADAPTERS`` load on first use."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._loaded = False
        self._adapters: list[Adapter] = []
        self._offers: dict[str, tuple[Adapter, ToolSpec]] = {}
        self._problems: list[str] = []

    def get(self, key: str) -> ToolSpec:
        """Return the tool with this key; raises NoSuchTool."""
        return self._offer(key)[1]

    def adapter(self, key: str) -> Adapter:
        """Return the adapter that offers the tool with this key; raises NoSuchTool."""
        return self._offer(key)[0]

    def find(self, key: str) -> ToolSpec | None:
        """Return the tool with this key, or None."""
        try:
            return self.get(key)
        except NoSuchTool:
            return None

    def specs(self) -> list[ToolSpec]:
        """Return all tools that may be called now, sorted by key."""
        self._load()
        return sorted(
            (spec for _, spec in self._offers.values() if _is_enabled(spec)),
            key=lambda spec: spec.key,
        )

    def by_key(self) -> dict[str, ToolSpec]:
        """Return all tools that may be called now, by key."""
        return {spec.key: spec for spec in self.specs()}

    def adapter_named(self, name: str) -> Adapter | None:
        """Return the adapter of this name, or None."""
        self._load()
        return next((offer[0] for offer in self._offers.values() if offer[0].name == name), None)

    def problems(self) -> list[str]:
        """Return a sentence for everything that kept an adapter or a tool out."""
        self._load()
        return list(self._problems)

    def unavailable(self) -> dict[str, str]:
        """Return the tools that cannot run on this machine, by key, with a sentence why."""
        self._load()
        return {
            key: reason
            for adapter in self._adapters
            if isinstance(adapter, Selective)
            for key, reason in sorted(adapter.unavailable().items())
            if key not in self._offers
        }

    def register(self, adapter: Adapter) -> None:
        """Add an adapter with all its tools; raises ToolRefused and then adds none of them."""
        self._load()
        self._add(adapter)

    def unregister(self, name: str) -> None:
        """Take the adapter of this name out, with all its tools."""
        self._load()
        with self._lock:
            self._adapters = [adapter for adapter in self._adapters if adapter.name != name]
            self._offers = {
                key: offer for key, offer in self._offers.items() if offer[0].name != name
            }

    def _offer(self, key: str) -> tuple[Adapter, ToolSpec]:
        self._load()
        offer = self._offers.get(key)
        if offer is None or not _is_enabled(offer[1]):
            raise NoSuchTool(self.unavailable().get(key) or f"There is no tool {key!r}.")
        return offer

    def _load(self) -> None:
        if self._loaded:
            return
        with self._lock:
            if not self._loaded:
                for path in settings.ADAPTERS:
                    self._load_adapter(path)
                self._loaded = True

    def _load_adapter(self, path: str) -> None:
        try:
            self._add(import_string(path)())
        except ToolRefused as refused:
            self._problems += [f"{path}: {problem}" for problem in refused.problems]
        except Exception as error:  # any failure to load becomes an error of the system check
            logger.exception("The adapter %s cannot be loaded", path)
            self._problems.append(f"{path} cannot be loaded: {type(error).__name__}: {error}")

    def _add(self, adapter: Adapter) -> None:
        with self._lock:
            offers = dict(self._offers)
            problems: list[str] = []
            for spec in adapter.tools():
                problems += reasons_to_refuse(spec, adapter)
                if spec.key in offers:
                    other = offers[spec.key][0].name
                    problems.append(f"{spec.key}: the key is taken by a tool of {other}")
                offers[spec.key] = (adapter, spec)
            if problems:
                raise ToolRefused(problems)
            self._offers = offers
            self._adapters = [*self._adapters, adapter]


def _is_enabled(spec: ToolSpec) -> bool:
    debugging = settings.DEBUG or getattr(settings, "SPELLHUB_DEBUG_TOOLS", False)
    return debugging or not spec.debug_only


def reasons_to_refuse(spec: ToolSpec, adapter: Adapter) -> Iterator[str]:
    """Yield why a tool may not be registered, a sentence each."""
    if spec.adapter != adapter.name:
        yield f"{spec.key}: says adapter {spec.adapter!r} but is offered by {adapter.name!r}"
    if spec.billable and spec.price is None:
        yield f"{spec.key}: is billable but has no price"
    if spec.mode == "async" and not isinstance(adapter, Asynchronous):
        yield f"{spec.key}: is async, but its adapter cannot start and poll jobs"
    if spec.mode == "immediate" and not isinstance(adapter, Immediate):
        yield f"{spec.key}: is immediate, but its adapter cannot execute calls"
    if spec.mode == "immediate" and spec.deadline_s > MAX_CALL_S:
        yield f"{spec.key}: answers at once, but may take longer than {MAX_CALL_S} s"
    for side, schema in (("inputs", spec.input_schema), ("outputs", spec.output_schema)):
        problem = _schema_problem(schema)
        if problem:
            yield f"{spec.key}: the schema of its {side} {problem}"


def _schema_problem(schema: dict[str, Any]) -> str:
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return f"is not JSON Schema 2020-12: {error.message}"
    if schema.get("type") != "object":
        return "has no object at the top"
    remote = next((ref for ref in _references(schema) if not ref.startswith("#")), None)
    return f"refers to {remote!r} outside itself" if remote else ""


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


catalogue = Catalogue()
