"""Who may sit at the adviser's desk: names with hashed passwords from a file, or a name from a trusted proxy's header.

advisers = read_advisers(path)          raises `SigninProblem`: every fault with file and line
advisers.check(name, password) -> bool  for Gradio's `auth`
named_by_proxy(header)                  for Gradio's `auth_dependency`: request -> name or None
hash_password(password) -> str          the hash for a line of the file
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import bcrypt

LONGEST_NAME = 60
LONGEST_PASSWORD = 72
"""Bytes. bcrypt looks at no more, so a longer password would be weaker than it looks."""
SHORTEST_PASSWORD = 12
"""Characters of a new password."""
HASH = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
LEAST_ROUNDS = 10
"""Below this a stolen file is guessed too quickly."""


class SigninProblem(ValueError):
    """A file of advisers that cannot be used: every fault, each with the file and its line. No hash is repeated."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "; ".join(self.faults)


@dataclass(frozen=True, slots=True)
class Advisers:
    """Who may sign in: bcrypt hashes by name."""

    hashes: Mapping[str, bytes] = field(repr=False)

    def check(self, name: str, password: str) -> bool:
        """Whether this is their password. A name nobody has takes as long as one that somebody has."""
        given = password.encode("utf-8", "replace")
        known = self.hashes.get(name.strip())
        # Any hash does for an unknown name: the work is the same, and the result is not used.
        matched = bcrypt.checkpw(given[:LONGEST_PASSWORD], known or next(iter(self.hashes.values())))
        return matched and known is not None and len(given) <= LONGEST_PASSWORD


def read_advisers(path: Path) -> Advisers:
    """The advisers of a file with one `name:bcrypt-hash` a line; empty lines and lines from # on are passed over.

    Raises `SigninProblem`, and `OSError` if the file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise SigninProblem((f"{path.name}: bytes that are not UTF-8, expected text",)) from error
    hashes: dict[str, bytes] = {}
    faults: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, _, hashed = (part.strip() for part in line.partition(":"))
        fault = _fault(name, hashed, hashes)
        if fault is None:
            hashes[name] = hashed.encode()
        else:
            faults.append(f"{path.name}:{number} {fault}")
    if not hashes and not faults:
        faults.append(f"{path.name}: nobody in it, expected name:bcrypt-hash, one a line")
    if faults:
        raise SigninProblem(tuple(faults))
    return Advisers(hashes)


def _fault(name: str, hashed: str, known: Mapping[str, bytes]) -> str | None:
    """What is wrong with a line. A password that stands there in the open is not repeated."""
    if not _usable(name):
        return f"name, expected 1 to {LONGEST_NAME} letters, found {len(name)}"
    if name in known:
        return f"name = {name!r}, expected each name once"
    match = HASH.fullmatch(hashed)
    if match is None:
        return f"hash of {name!r}, expected a bcrypt hash ($2b$…); make one and put it there"
    if int(match[1]) < LEAST_ROUNDS:
        return f"hash of {name!r}: {int(match[1])} rounds, expected {LEAST_ROUNDS} or more; make a new one"
    return None


def _usable(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()


class Request(Protocol):
    """As much of a web request as is needed here."""

    @property
    def headers(self) -> Mapping[str, str]: ...


def named_by_proxy(header: str) -> Callable[[Request], str | None]:
    """The name that a trusted proxy put into a header; `None` if there is none, so nobody is signed in.

    Whoever reaches the server past the proxy can write that header: let nothing but the proxy reach it.
    """

    def named(request: Request) -> str | None:
        name = request.headers.get(header, "").strip()
        return name if _usable(name) else None

    return named


def hash_password(password: str) -> str:
    """The hash of a new password, for a line `name:hash`. Raises `ValueError` saying what would do."""
    given = password.encode("utf-8", "replace")
    if len(password) < SHORTEST_PASSWORD or len(given) > LONGEST_PASSWORD:
        raise ValueError(f"password: {len(password)} characters, expected {SHORTEST_PASSWORD} to {LONGEST_PASSWORD}")
    return bcrypt.hashpw(given, bcrypt.gensalt()).decode()
