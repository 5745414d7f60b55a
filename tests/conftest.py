"""Fixtures that every test may use."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.servers import PrivateRedis

UNCOVERED = "failures without a test"


@pytest.fixture(scope="session")
def database() -> str:
    """The database under test: ``sqlite`` or ``postgres``."""
    return "sqlite" if connection.vendor == "sqlite" else "postgres"


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a Redis server of our own."""
    redis = PrivateRedis()
    redis.start()
    yield redis.url
    redis.remove()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests/test_failures.py found, also when it ran in another process."""
    for report in terminalreporter.getreports("passed"):
        for name, value in getattr(report, "user_properties", ()):
            if name == UNCOVERED and report.when == "call":
                terminalreporter.section(UNCOVERED)
                terminalreporter.write_line(value)
