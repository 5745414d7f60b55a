"""What can be called."""

from decimal import Decimal

import pytest
from django.conf import LazySettings

from generations.tools import catalogue
from tests.clients import Api
from tests.tools import TrialAdapter

pytestmark = pytest.mark.django_db


def test_all_tools_are_listed_by_key() -> None:
    body = Api().get("tools/").json()
    keys = [tool["key"] for tool in body["results"]]
    assert keys == sorted(keys)
    assert {"text.template", "text.choose", "image.flow_field", "image.caption"} <= set(keys)
    assert (body["next"], body["previous"]) == (None, None)


def test_tools_for_tests_are_listed_only_where_they_can_be_called(settings: LazySettings) -> None:
    api = Api()
    assert api.get("tools/text.sleep/").status_code == 404
    settings.SPELLHUB_DEBUG_TOOLS = True
    assert api.get("tools/text.sleep/").status_code == 200


def test_a_tool_is_told_with_its_schemas_and_deadline() -> None:
    body = Api().get("tools/text.template/").json()
    spec = catalogue.get("text.template")
    assert body["inputs"] == spec.input_schema
    assert body["outputs"] == spec.output_schema
    assert (body["deadline_s"], body["mode"], body["adapter"]) == (60, "immediate", "local")
    assert body["price"] == {"amount": "0", "currency": "USD"}
    assert body in Api().get("tools/").json()["results"]


def test_a_price_is_exact(trial: TrialAdapter) -> None:
    body = Api().get("tools/trial.paid/").json()
    assert Decimal(body["price"]["amount"]) == Decimal("0.25")
    assert (body["billable"], body["repeatable"]) == (True, False)


@pytest.mark.parametrize("key", ["none", "text.none", "Template", "..", "%00", "a" * 300])
def test_a_tool_that_is_not_there_is_404(key: str) -> None:
    assert Api().get(f"tools/{key}/").status_code == 404
