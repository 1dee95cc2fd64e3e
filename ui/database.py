"""One database by its URL: SQLite in a file, or PostgreSQL. Opening it brings its tables up to date.

Several processes may open the same one at once; the first to come makes or upgrades the tables while the others wait.
Every failure is a `DatabaseProblem`: one line, never with a password or with anything that people typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

PATIENCE = 30
"""Seconds that a write waits for another process to finish its own, and a thread for a free connection."""
CONNECT_PATIENCE = 5
"""Seconds that a PostgreSQL server has to answer."""
MIGRATION_LOCK = 7_221_094
"""Any number, the same in every process: PostgreSQL lets one of them at a time hold it."""
MIGRATIONS = Path(__file__).parent / "migrations"
EXPECTED = "sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"


class DatabaseProblem(Exception):
    """The database cannot be used: `where` it is (without a password), what was `found`, and the `remedy`."""

    def __init__(self, where: str, found: str, remedy: str) -> None:
        super().__init__(where, found, remedy)
        self.where, self.found, self.remedy = where, found, remedy

    def __str__(self) -> str:
        return f"{self.where}: {self.found}; {self.remedy}"


class BadDatabaseUrl(DatabaseProblem):
    """The URL names no database that can be used here."""


class DatabaseUnreachable(DatabaseProblem):
    """The database does not answer, refuses, or cannot write."""


class StatementRefused(DatabaseProblem):
    """The database refused one of our own statements: a fault in the program. Which values it held is not told."""


class NewerSchema(DatabaseProblem):
    """A newer version of this program has changed the tables."""


def database_url(home: Path) -> str:
    """The URL of the SQLite file in a data folder, which is where everything is kept unless told otherwise."""
    return f"sqlite:///{home / 'sessions.sqlite'}"


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. `reading` and `writing` give a connection in one transaction: all of it happens, or none."""

    engine: Engine
    where: str

    @classmethod
    def open(cls, url: str) -> Database:
        """The database with its tables as this program needs them. Raises `DatabaseProblem`."""
        parsed = _parsed(url)
        where = _shown(parsed)
        # Until it is open, every fault is about the database or its URL; later, only some are.
        with _clear(where, parsed, DBAPIError):
            engine = _sqlite(parsed, where) if parsed.get_backend_name() == "sqlite" else _postgres(parsed)
            database = cls(engine, where)
            try:
                with _alone(engine, where):
                    database._bring_up_to_date()
            except BaseException:
                engine.dispose()
                raise
        return database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with _clear(self.where, self.engine.url), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """On SQLite one writer at a time from here on; waits up to `PATIENCE` seconds for another."""
        writer = self.engine.execution_options(writing=True)
        with _clear(self.where, self.engine.url), writer.begin() as connection:
            yield connection

    def scrub(self) -> None:
        """Takes what was deleted out of SQLite's log as well; the file itself was overwritten when it was deleted."""
        if self.engine.dialect.name == "sqlite":
            with _clear(self.where, self.engine.url):
                _outside(self.engine, "PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.engine.dispose()

    def _bring_up_to_date(self) -> None:
        with self.writing() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATION_LOCK})
            upgrade(connection, self.where)


def upgrade(connection: Connection, where: str, revision: str = "head") -> None:
    """Brings the tables up to a revision, inside the transaction that is open. Raises `NewerSchema`."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    known = {step.revision for step in script.walk_revisions()}
    found = MigrationContext.configure(connection).get_current_heads()
    if unknown := [name for name in found if name not in known]:
        newest = script.get_current_head()
        raise NewerSchema(
            where,
            f"its tables are at version {unknown[0]}, expected {newest} or older",
            "run the newer Stack Advisor that made them, or use another database",
        )
    if set(found) != {script.get_current_head()}:
        command.upgrade(config, revision)


def _parsed(url: str) -> URL:
    shown = "database URL"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # `from None`: the error before may quote the URL with its password.
        raise BadDatabaseUrl(shown, "it cannot be read", f"expected {EXPECTED}") from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise BadDatabaseUrl(shown, f"it starts with {parsed.drivername}:", f"expected {EXPECTED}")
    if not parsed.database or parsed.database == ":memory:":
        raise BadDatabaseUrl(shown, "it names no database", f"expected {EXPECTED}")
    return parsed


def _shown(url: URL) -> str:
    """What messages call a database: no user, no password, no options."""
    if url.get_backend_name() == "sqlite":
        return f"database {url.database}"
    return f"database {url.database} at {url.host or 'this machine'}{f':{url.port}' if url.port else ''}"


def _postgres(url: URL) -> Engine:
    query = {"connect_timeout": str(CONNECT_PATIENCE), **url.query}
    return create_engine(url.set(query=query), pool_pre_ping=True, pool_timeout=PATIENCE, hide_parameters=True)


def _sqlite(url: URL, where: str) -> Engine:
    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # its owner's only: people's plans are in it
    except OSError as error:
        raise DatabaseUnreachable(where, error.strerror or str(error), "name a file that can be written") from error
    engine = create_engine(
        url, connect_args={"timeout": PATIENCE}, pool_timeout=PATIENCE, pool_size=10, max_overflow=40,
        hide_parameters=True,
    )  # fmt: skip
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # Python's own guessing when to begin leaves DDL outside of transactions
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA synchronous=NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("outside"):
        return
    # A transaction that reads first and writes later fails at once when another wrote in between; so writers queue here.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing") else "BEGIN")


def _outside(engine: Engine, statement: str) -> None:
    """Runs what SQLite refuses to do inside a transaction."""
    with engine.execution_options(outside=True).connect() as connection:
        connection.execute(text(statement))


@contextmanager
def _alone(engine: Engine, where: str) -> Iterator[None]:
    """One process at a time on a SQLite file while its log is switched on, which fails at once if another is there.

    PostgreSQL needs none of this; see `_bring_up_to_date`.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    try:
        with FileLock(f"{engine.url.database}.lock", timeout=PATIENCE):
            _outside(engine, "PRAGMA journal_mode=WAL")
            yield
    except Timeout:
        found = f"another process has been setting it up for {PATIENCE} seconds"
        raise DatabaseUnreachable(where, found, "end that process or wait for it") from None


@contextmanager
def _clear(where: str, url: URL, faults: type[DBAPIError] = OperationalError) -> Iterator[None]:
    """Turns what a driver says into one line of ours."""
    try:
        yield
    except NoConnectionFree:
        raise DatabaseUnreachable(where, "every connection is busy", "try again in a moment") from None
    except faults as error:
        remedy = "check that it is running, the address, user and password, and that its disk is not full"
        raise DatabaseUnreachable(where, _first_line(str(error.orig), url), remedy) from None
    except DBAPIError as error:
        # PostgreSQL quotes the whole row, with what people typed, and this ends in a log.
        kind = type(error.orig).__name__
        raise StatementRefused(where, f"it refused a statement: {kind}", "please report this as a fault") from None


def _first_line(said: str, url: URL) -> str:
    line = " ".join(said.split("\n", 1)[0].split())
    secrets = [url.password, *(value for value in url.query.values() if isinstance(value, str))]
    for secret in filter(None, secrets):
        line = line.replace(secret, "***")
    return re.sub(r"[.;\s]+$", "", line)
