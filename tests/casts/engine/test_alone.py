"""A cast needs nobody: no page that is open, no client that asks, no reader of events."""

import pytest

from casts import engine
from casts.models import LiveLink
from casts.states import Status
from tests.casts.engine.conftest import Begin, step

pytestmark = pytest.mark.django_db


@pytest.mark.failure("C11")
def test_one_run_carries_a_cast_that_nobody_watches_to_its_end(begin: Begin) -> None:
    """Guard: what a boundary claims depends on the rows of the cast alone."""
    cast = begin(step("one"), step("two"), step("three"))
    engine.run(cast.id)
    cast.refresh_from_db()
    assert cast.status == Status.SUCCEEDED
    assert LiveLink.objects.count() == 0
