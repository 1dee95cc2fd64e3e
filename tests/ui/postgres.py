"""A PostgreSQL server of the tests' own: installed if it is missing, started in a folder that goes when they are done."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.browser.conftest import free_port

PATIENCE = 60
"""Seconds that the server has to start or stop."""


def binaries() -> Path | None:
    """The folder that holds `initdb` and `pg_ctl`, of the newest version on this machine; `None` if there is none."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


def install_postgres() -> None:
    """A PostgreSQL for the tests of the store: the one on the system, or the system's package."""
    if binaries() is not None:
        return
    if shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql"], check=True)
        return
    sys.exit("tests: no PostgreSQL found, expected initdb on the PATH; install it with your system's package manager")


@dataclass(frozen=True)
class Postgres:
    """A running server. It asks for the password, as one on a network would."""

    port: int
    password: str
    folder: Path

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://advisor:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"store_{secrets.token_hex(6)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def run(self, *command: str) -> None:
        """`pg_ctl start`, `pg_ctl stop` and the like."""
        _run([str((binaries() or Path()) / "pg_ctl"), "-D", str(self.folder / "data"), "-w", *command])

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self.run("-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self.run("-m", "immediate", "stop")


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Starts a server with an empty data folder; stops it and deletes the folder at the end."""
    install_postgres()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = Postgres(free_port(), secrets.token_hex(12), folder)
    try:
        (folder / "password").write_text(server.password)
        if os.geteuid() == 0:
            for path in (folder, folder / "password"):
                shutil.chown(path, _unprivileged())
        access = ("--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--encoding=UTF8", "--no-sync")
        _run([str((binaries() or Path()) / "initdb"), "-D", str(folder / "data"), "-U", "advisor", *access])
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _unprivileged() -> str:
    """A user that PostgreSQL runs as; it refuses to run as root."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(command: list[str]) -> None:
    as_user = ["runuser", "-u", _unprivileged(), "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*as_user, *command], cwd="/", check=True, timeout=PATIENCE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
