"""An empty database for each test that wants one: SQLite in a file, then PostgreSQL from a server of the tests' own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.postgres import Postgres, running_postgres
from ui.store import Store, database_url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database; each test runs once on each kind."""
    if request.param == "sqlite":
        return database_url(tmp_path)
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store.open(url)
    yield store
    store.close()
