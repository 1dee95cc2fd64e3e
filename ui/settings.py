"""What the server is told from outside, read from the environment once and passed on as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ui.database import database_url

KEEP_DAYS = 30
LONGEST_KEPT = 3650


class SettingProblem(ValueError):
    """A setting that cannot be used; the sentence names it."""

    def __init__(self, name: str, found: str, expected: str) -> None:
        super().__init__(name, found, expected)
        self.name, self.found, self.expected = name, found, expected

    def __str__(self) -> str:
        return f"{self.name} = {self.found!r}, expected {self.expected}"


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """How `stack-advisor serve` runs. The adviser's desk is there only with `advisers` or `adviser_header`."""

    home: Path
    """The data folder."""
    database_url: str
    """Where saved sessions are kept, as SQLAlchemy writes it. It may hold a password."""
    keep_days: int = KEEP_DAYS
    """Days until a saved session is deleted, counted from its last change."""
    advisers: Path | None = None
    """File of `name:bcrypt-hash` lines: who may sign in."""
    adviser_header: str | None = None
    """The header in which a trusted reverse proxy names the adviser who is signed in."""
    hosts: frozenset[str] = frozenset()
    """Names that the server goes by, besides localhost and plain addresses."""

    @classmethod
    def of(cls, environ: Mapping[str, str], home: Path) -> ServeSettings:
        """Raises `SettingProblem` naming the first setting that cannot be used."""
        advisers = environ.get("STACK_ADVISOR_ADVISERS")
        return cls(
            home=home,
            database_url=environ.get("STACK_ADVISOR_DATABASE_URL") or database_url(home),
            keep_days=_days(environ.get("STACK_ADVISOR_KEEP_DAYS") or str(KEEP_DAYS)),
            advisers=Path(advisers) if advisers else None,
            adviser_header=environ.get("STACK_ADVISOR_ADVISER_HEADER") or None,
            hosts=_names(environ.get("STACK_ADVISOR_HOSTS", "")),
        )


def _days(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= LONGEST_KEPT:
        raise SettingProblem("STACK_ADVISOR_KEEP_DAYS", text, f"a whole number of days from 1 to {LONGEST_KEPT}")
    return int(text)


def _names(text: str) -> frozenset[str]:
    """ "advice.example.ac.uk, stack.example" as names in lower case; a port or a path is a mistake."""
    names = frozenset(name.strip().lower() for name in text.split(",") if name.strip())
    for name in names:
        if any(mark in name for mark in ":/*"):
            raise SettingProblem(
                "STACK_ADVISOR_HOSTS", name, "names such as advice.example.ac.uk, with commas between them"
            )
    return names
