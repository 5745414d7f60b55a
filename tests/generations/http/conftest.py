"""What the tests of the guarded client share."""

import pytest

from tests.certificates import Authority


@pytest.fixture(scope="session")
def authority() -> Authority:
    """An authority that the tests trust, and nobody else."""
    return Authority()
