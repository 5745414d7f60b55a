"""Fixtures that every test may use."""

from collections.abc import Iterator

import pytest
from django.db import connection

from generations.tools import catalogue
from tests.servers import PrivateRedis
from tests.tools import TrialAdapter

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


@pytest.fixture
def trial() -> Iterator[TrialAdapter]:
    """The trial tools, registered for one test."""
    adapter = TrialAdapter()
    catalogue.register(adapter)
    yield adapter
    catalogue.unregister(adapter.name)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what never asks a database, where that has been run on another one already.

    The tests that wait more than they work are spread out, so that every process has some of them.
    """
    if config.getoption("--only-with-database"):
        alone = {item for item in items if not _asks_a_database(item)}
        config.hook.pytest_deselected(items=list(alone))
        items[:] = [item for item in items if item not in alone]
    items[:] = _spread(items)


def _spread(items: list[pytest.Item]) -> list[pytest.Item]:
    slow = [item for item in items if _waits(item)]
    quick = [item for item in items if not _waits(item)]
    share = len(quick) // max(len(slow), 1)
    spread: list[pytest.Item] = []
    for number, item in enumerate(slow):
        spread += [item, *quick[number * share : (number + 1) * share]]
    return spread + quick[len(slow) * share :]


def _waits(item: pytest.Item) -> bool:
    """Whether a test waits for processes of its own; browser tests share one set of them."""
    is_browser = item.get_closest_marker("browser") is not None
    return item.get_closest_marker("acceptance") is not None and not is_browser


def _asks_a_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return (
        item.get_closest_marker("acceptance") is not None
        or item.get_closest_marker("django_db") is not None
        or not {"db", "transactional_db"}.isdisjoint(fixtures)
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests/test_failures.py found, also when it ran in another process."""
    for report in terminalreporter.getreports("passed"):
        for name, value in getattr(report, "user_properties", ()):
            if name == UNCOVERED and report.when == "call":
                terminalreporter.section(UNCOVERED)
                terminalreporter.write_line(value)
