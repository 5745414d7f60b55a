"""What tests of everything that calls out share."""

from collections.abc import Iterator

import pytest

from tests.website import Bait


@pytest.fixture
def bait() -> Iterator[Bait]:
    """A port of this machine that must never be visited."""
    with Bait() as listening:
        yield listening
