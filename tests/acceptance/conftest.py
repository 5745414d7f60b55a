"""Fixtures of the tests that start real processes."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.stack import FreshDatabases, Stack


@pytest.fixture(scope="session")
def fresh_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FreshDatabases]:
    databases = FreshDatabases(tmp_path_factory.mktemp("template"), os.environ["DATABASE_URL"])
    yield databases
    databases.close()


MakeStack = Callable[..., Stack]


@pytest.fixture
def make_stack(tmp_path: Path, fresh_databases: FreshDatabases) -> Iterator[MakeStack]:
    """Return a function that makes a stack on a fresh, migrated database; it starts nothing.

    Keyword arguments are environment variables of its processes; ``migrated=False`` leaves the
    database empty.
    """
    made: list[Stack] = []

    def make(*, migrated: bool = True, **environment: str) -> Stack:
        folder = tmp_path / f"stack{len(made)}"
        folder.mkdir()
        stack = Stack(folder, fresh_databases.fresh(folder, migrated=migrated), **environment)
        made.append(stack)
        return stack

    yield make
    for stack in made:
        stack.close()


@pytest.fixture
def stack(make_stack: MakeStack) -> Stack:
    """A stack with web, two workers and a clock at work."""
    stack = make_stack()
    stack.start("web", "worker", "clock")
    return stack
