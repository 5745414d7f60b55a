"""The catalogue: what it refuses, what it shows, how it loads."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from generations.adapters.base import Adapter, Call, Done, Health, NoSuchTool, Price, ToolSpec
from generations.tools import Catalogue, ToolRefused

ROOT = Path(__file__).resolve().parents[2]
EMPTY: dict[str, Any] = {"type": "object", "properties": {}}


def spec(**changes: Any) -> ToolSpec:
    values: dict[str, Any] = {
        "key": "trial.one",
        "version": "1",
        "title": "One",
        "adapter": "trial",
        "input_schema": EMPTY,
        "output_schema": EMPTY,
    }
    return ToolSpec(**values | changes)


class Silent:
    """An adapter that offers tools and can do nothing with them."""

    name = "trial"

    def __init__(self, *specs: ToolSpec) -> None:
        self._specs = specs

    def tools(self) -> Iterator[ToolSpec]:
        yield from self._specs

    def check(self) -> Health:
        return Health(ok=True)


class Answering(Silent):
    """An adapter of immediate tools."""

    def execute(self, call: Call, tool: ToolSpec) -> Done:
        return Done({"called": tool.key, "with": dict(call.inputs)})


@pytest.fixture
def catalogue(settings: Settings) -> Catalogue:
    settings.ADAPTERS = []
    return Catalogue()


def refusal(catalogue: Catalogue, adapter: Adapter) -> str:
    with pytest.raises(ToolRefused) as refused:
        catalogue.register(adapter)
    return str(refused.value)


@pytest.mark.failure("E1")
def test_a_billable_tool_without_a_price_is_refused_at_registration(catalogue: Catalogue) -> None:
    """The guard: reasons_to_refuse looks for the price."""
    assert "no price" in refusal(catalogue, Answering(spec(billable=True)))
    assert catalogue.find("trial.one") is None


@pytest.mark.failure("E1")
@pytest.mark.parametrize("amount", ["0", "0.25"])
def test_a_billable_tool_with_a_price_is_registered_even_if_it_is_zero(
    catalogue: Catalogue, amount: str
) -> None:
    price = Price(amount=Decimal(amount))
    catalogue.register(Answering(spec(billable=True, price=price)))
    assert catalogue.get("trial.one").price == price


def test_a_key_that_is_taken_is_refused_and_nothing_of_the_adapter_is_added(
    catalogue: Catalogue,
) -> None:
    catalogue.register(Answering(spec()))
    assert "taken" in refusal(catalogue, Answering(spec(key="trial.two"), spec()))
    assert [tool.key for tool in catalogue.specs()] == ["trial.one"]


@pytest.mark.parametrize(
    ("schema", "complaint"),
    [
        ({"type": "objekt"}, "not JSON Schema"),
        ({"type": "object", "required": "text"}, "not JSON Schema"),
        ({"type": "string"}, "no object at the top"),
        ({}, "no object at the top"),
        (
            {"type": "object", "properties": {"a": {"$ref": "file:///etc/passwd"}}},
            "outside itself",
        ),
    ],
)
@pytest.mark.parametrize("side", ["input_schema", "output_schema"])
def test_a_schema_that_is_none_is_refused(
    catalogue: Catalogue, schema: dict[str, Any], complaint: str, side: str
) -> None:
    assert complaint in refusal(catalogue, Answering(spec(**{side: schema})))


def test_a_tool_whose_adapter_cannot_do_its_mode_is_refused(catalogue: Catalogue) -> None:
    assert "cannot execute" in refusal(catalogue, Silent(spec()))
    assert "cannot start" in refusal(catalogue, Answering(spec(mode="async")))


def test_a_tool_that_names_another_adapter_is_refused(catalogue: Catalogue) -> None:
    assert "offered by 'trial'" in refusal(catalogue, Answering(spec(adapter="other")))


def test_every_problem_of_an_adapter_is_told_at_once(catalogue: Catalogue) -> None:
    told = refusal(catalogue, Silent(spec(billable=True, input_schema={})))
    assert "no price" in told
    assert "cannot execute" in told
    assert "no object" in told


def test_an_adapter_is_taken_out_with_all_its_tools(catalogue: Catalogue) -> None:
    catalogue.register(Answering(spec(), spec(key="trial.two")))
    catalogue.unregister("trial")
    assert catalogue.specs() == []
    with pytest.raises(NoSuchTool):
        catalogue.adapter("trial.two")


@pytest.mark.failure("D7")
def test_a_tool_is_found_by_its_key_only(catalogue: Catalogue) -> None:
    """The guard: the catalogue is a dictionary by key."""
    catalogue.register(Answering(spec(title="Flow field"), spec(key="trial.two", title="One")))
    assert catalogue.get("trial.one").title == "Flow field"
    for label in ("Flow field", "One", "one", "TRIAL.ONE", "trial", " trial.one"):
        assert catalogue.find(label) is None
        with pytest.raises(NoSuchTool):
            catalogue.get(label)


def test_tools_for_debugging_exist_only_while_debugging(settings: Settings) -> None:
    catalogue = Catalogue()
    catalogue.register(Answering(spec(debug_only=True)))
    assert catalogue.find("trial.one") is None
    assert catalogue.find("text.fail") is None
    assert all(not tool.debug_only for tool in catalogue.specs())
    settings.DEBUG = True
    assert catalogue.get("trial.one").debug_only
    settings.DEBUG, settings.SPELLHUB_DEBUG_TOOLS = False, True
    assert {"trial.one", "text.fail", "text.sleep"} <= {tool.key for tool in catalogue.specs()}


def test_the_adapters_of_the_settings_load_on_first_use_and_sorted() -> None:
    catalogue = Catalogue()
    keys = [tool.key for tool in catalogue.specs()]
    assert keys == sorted(keys)
    assert {"text.template", "text.choose", "image.flow_field", "image.compose"} <= set(keys)
    assert {"image.caption", "image.resize"} <= set(keys)
    assert catalogue.problems() == []
    assert catalogue.adapter("image.resize").name == "local"


class Counted(Answering):
    """Counts how often it is made; being made takes a while."""

    made = 0

    def __init__(self) -> None:
        super().__init__(spec())
        threading.Event().wait(0.02)
        type(self).made += 1


def test_threads_that_come_first_together_load_once(settings: Settings) -> None:
    settings.ADAPTERS = [f"{__name__}.Counted"]
    Counted.made, catalogue, start = 0, Catalogue(), threading.Barrier(8)

    def find(_: int) -> ToolSpec:
        start.wait()
        return catalogue.get("trial.one")

    with ThreadPoolExecutor(8) as threads:
        assert len({tool.key for tool in threads.map(find, range(8))}) == 1
    assert Counted.made == 1


@pytest.mark.failure("G2")
def test_an_adapter_that_cannot_load_is_a_problem_and_the_others_stay(
    settings: Settings,
) -> None:
    """The guard: _load_adapter keeps every failure as a problem."""
    settings.ADAPTERS = [
        "nowhere.Adapter",
        "generations.adapters.local.LocalAdapter",
        f"{__name__}.Free",
    ]
    catalogue = Catalogue()
    assert catalogue.find("text.template") is not None
    assert catalogue.find("trial.one") is None
    unknown, free = catalogue.problems()
    assert "nowhere.Adapter cannot be loaded: ModuleNotFoundError" in unknown
    assert "no price" in free


class Free(Answering):
    """Wants money without saying how much."""

    def __init__(self) -> None:
        super().__init__(spec(billable=True))


@pytest.mark.failure("G2")
def test_manage_check_fails_loudly_on_an_adapter_that_cannot_load(tmp_path: Path) -> None:
    """The guard: the system check generations.E001."""
    (tmp_path / "broken_adapter.py").write_text("raise RuntimeError('no such library')\n")
    (tmp_path / "trial_settings.py").write_text(
        "from spellhub.settings import *\nADAPTERS = [*ADAPTERS, 'broken_adapter.Adapter']\n"
    )
    paths = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    names = {"DJANGO_SETTINGS_MODULE": "trial_settings"}
    checked = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=os.environ | paths | names,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert checked.returncode != 0
    assert "generations.E001" in checked.stderr
    assert (
        "broken_adapter.Adapter cannot be loaded: RuntimeError: no such library" in checked.stderr
    )
