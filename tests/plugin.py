"""Sets the environment of a test run before Django reads its settings (``-p tests.plugin``).

The controller of a parallel run does this once; its workers inherit the environment.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.servers import PrivatePostgres

_IS_WORKER = "PYTEST_XDIST_WORKER"
_postgres: PrivatePostgres | None = None
_folder: Path | None = None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgres"],
        default="sqlite",
        help="the database to test on; DATABASE_URL is used when it is a PostgreSQL one",
    )
    parser.addoption(
        "--only-with-database",
        action="store_true",
        help="leave out the tests that never ask the database",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    # A wrapper runs before pytest-django's hook, which loads the settings.
    if _IS_WORKER in os.environ:
        _have_own_folder(os.environ[_IS_WORKER])
    else:
        _set_environment(early_config.known_args_namespace.database)
    return (yield)


def pytest_unconfigure() -> None:
    if _postgres:
        _postgres.remove()
    if _folder:
        shutil.rmtree(_folder, ignore_errors=True)


def _set_environment(database: str) -> None:
    global _folder  # noqa: PLW0603 - one per test run
    _folder = Path(tempfile.mkdtemp(prefix="spellhub-tests-"))
    for name in ("DEBUG", "HOST", "PORT", "REDIS_URL", "SPELLHUB_BASE_URL", "SPELLHUB_ROLE"):
        os.environ.pop(name, None)
    os.environ["SPELLHUB_DATA_DIR"] = str(_folder)
    os.environ["SECRET_KEY"] = "a-key-that-only-the-tests-ever-sign-with-0123456789"
    os.environ["DATABASE_URL"] = _database_url(database, _folder)


def _have_own_folder(worker: str) -> None:
    folder = Path(os.environ["SPELLHUB_DATA_DIR"]) / worker
    folder.mkdir(exist_ok=True)
    os.environ["SPELLHUB_DATA_DIR"] = str(folder)


def _database_url(database: str, folder: Path) -> str:
    global _postgres  # noqa: PLW0603 - one per test run
    if database == "sqlite":
        return f"sqlite:///{folder}/spellhub.sqlite3"
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        return given
    _postgres = PrivatePostgres()
    _postgres.create()
    return _postgres.url("spellhub")
