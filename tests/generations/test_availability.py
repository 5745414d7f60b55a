"""Tools that only some machines can run: not offered elsewhere, and everybody is told why."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command

from casts import library
from generations.adapters.base import NoSuchTool
from generations.checks import check_tools
from generations.tools import Catalogue, catalogue
from tests.clients import Api
from tests.tools import TrialAdapter

REASON = "trial.far is not available here: it needs libfar.so.1 (apt-get install libfar1)."


class PartialAdapter(TrialAdapter):
    """The trial tools, and one more that no machine can run."""

    def unavailable(self) -> dict[str, str]:
        return {"trial.far": REASON}


@pytest.fixture
def partial() -> Iterator[PartialAdapter]:
    adapter = PartialAdapter()
    catalogue.register(adapter)
    yield adapter
    catalogue.unregister(adapter.name)


def test_a_tool_that_cannot_run_here_is_not_in_the_catalogue_which_knows_why(
    partial: PartialAdapter,
) -> None:
    assert catalogue.unavailable()["trial.far"] == REASON
    assert catalogue.find("trial.far") is None
    assert "trial.far" not in catalogue.by_key()
    with pytest.raises(NoSuchTool, match=r"libfar1"):
        catalogue.get("trial.far")


def test_the_reason_goes_with_its_adapter() -> None:
    own = Catalogue()
    own.register(PartialAdapter())
    own.unregister("trial")
    assert "trial.far" not in own.unavailable()
    with pytest.raises(NoSuchTool, match=r"There is no tool"):
        own.get("trial.far")


@pytest.mark.django_db
def test_the_api_tells_why(partial: PartialAdapter) -> None:
    answer = Api().get("tools/trial.far/")
    assert answer.status_code == 404
    assert answer.json()["detail"] == REASON


@pytest.mark.django_db
def test_a_spell_that_names_it_is_told_why(partial: PartialAdapter) -> None:
    spell = {
        "slug": "far",
        "name": "Far",
        "steps": [{"key": "one", "tool": "trial.far", "inputs": {}}],
    }
    (problem,) = [one for one in library.check(spell).problems if one.code == "unknown_tool"]
    assert (problem.pointer, problem.detail) == ("/steps/0/tool", REASON)


@pytest.mark.failure("G2")
def test_manage_check_notes_it_and_stays_content(partial: PartialAdapter) -> None:
    """The guard: what cannot run is told, by one command, and is no error."""
    said = StringIO()
    call_command("check", "--fail-level", "WARNING", stdout=said)
    assert f"Note: {REASON}\n" in said.getvalue()
    assert check_tools() == []
    said = StringIO()
    call_command("check", "--list-tags", stdout=said)
    assert "Note" not in said.getvalue()
