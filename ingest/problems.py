"""A problem in the data, as fields first and a sentence second."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file; `line` counts from 1, 0 means the whole file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where, in which record and field, what was found, what was expected."""

    where: Where
    record: str | None
    field: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        subject = " ".join(part for part in (self.record, self.field) if part)
        return f"{self.where}: {subject + ': ' if subject else ''}found {self.found}, expected {self.expected}"
