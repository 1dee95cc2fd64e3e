"""What the tests share: an index of the shipped catalogue made with the real embedder, and no way out of this machine."""

import datetime
import ipaddress
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from assistant.advise import Adviser
from assistant.shelf import Shelf
from corpus.embedding import SentenceEmbedder
from ingest.run import ingest


class NetworkUsed(Exception):
    """A test tried to reach another machine. Not an `OSError`, so that no library takes it for a bad connection."""

    def __init__(self, address: object) -> None:
        super().__init__(address)
        self.address = address

    def __str__(self) -> str:
        return f"a test tried to reach {self.address!r}; the network is off in tests"


def is_here(host: object) -> bool:
    """Whether a host name or address means this machine."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def network_off() -> Iterator[None]:
    """Sockets reach this machine only, from the first fixture to the last test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _kept_here(getattr(socket.socket, name)))
        looked_up = socket.getaddrinfo

        def look_up(host: Any, *rest: Any, **named: Any) -> Any:
            if not is_here(host):
                raise NetworkUsed(host)
            return looked_up(host, *rest, **named)

        patch.setattr(socket, "getaddrinfo", look_up)
        yield


def _kept_here(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address[0]):
            raise NetworkUsed(address)
        return connect(self, address)

    return guarded


@pytest.fixture(scope="session")
def embedder() -> SentenceEmbedder:
    """The real embedding model, loaded once."""
    return SentenceEmbedder()


@pytest.fixture(scope="session")
def home(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, worker_id: str, embedder: SentenceEmbedder
) -> Path:
    """A data folder with the index over the shipped catalogue; tests do not change it.

    Made once for all xdist workers, in the session's temporary folder. It starts from what the session before left in
    pytest's cache, if anything: only changed passages are embedded, which turns minutes into seconds.
    """
    assert pytestconfig.cache is not None
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folder = shared / "home"
    with FileLock(shared / "home.lock"):
        if not (shared / "home.ready").exists():
            kept = pytestconfig.cache.mkdir("home")
            shutil.copytree(kept, folder, dirs_exist_ok=True)
            ingest(folder, (), datetime.datetime.now(datetime.UTC).date(), lambda: embedder)
            shutil.rmtree(kept)
            shutil.copytree(folder, kept)
            (shared / "home.ready").touch()
    return folder


@pytest.fixture(scope="session")
def adviser(home: Path, embedder: SentenceEmbedder) -> Adviser:
    """The adviser over the whole shipped catalogue, without a language model."""
    return Adviser(Shelf(home, embedder))
