"""What a tool is called with: what its step maps, and nothing else."""

import pytest

from tests.casts.engine.conftest import Begin, step
from tests.casts.engine.test_run import carry_on
from tests.tools import TrialAdapter

pytestmark = pytest.mark.django_db


@pytest.mark.failure("D1")
def test_outputs_that_nobody_mapped_reach_nobody(begin: Begin, trial: TrialAdapter) -> None:
    """Guard: the planner resolves the inputs of a step, and adds none.

    The first step gives an output that has the name of an input of the second.
    """
    trial.behave = lambda _: {"value": "given", "fail": 7}
    carry_on(begin(step("one", "custom"), step("two", value="own", needs=["one"])))
    assert trial.calls[-1][:2] == ("trial.echo", {"value": "own"})
