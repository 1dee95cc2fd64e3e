"""Files -> raw records, each knowing its file and line. The only reader of `corpus/data` and of a user's own catalogue."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.formats import jsonl, toml
from ingest.problems import Problem, Where


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as written. `kind` is course, award, card or occupation; `field_lines` maps a field to its line."""

    kind: str
    data: dict[str, Any]
    where: Where
    field_lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read: records in file order, and every file or line that could not be read."""

    records: tuple[RawRecord, ...]
    problems: tuple[Problem, ...]


READERS: dict[str, Callable[[str], Iterator[tuple[str, dict[str, Any], int, dict[str, int]]]]] = {
    ".toml": toml.blocks,
    ".jsonl": jsonl.lines,
}


def read_sources(paths: Iterable[Path]) -> Reading:
    """Reads every `.toml` and `.jsonl` file of `paths` (a folder means all files below it), in name order.

    Nothing is raised for bad content: it becomes a `Problem`, so that all of them can be reported at once.
    """
    records: list[RawRecord] = []
    problems: list[Problem] = []
    for path in paths:
        files = _files(path)
        if not files:
            problems.append(
                Problem(
                    Where(str(path), 0), None, None, "no catalogue file", "a .toml or .jsonl file, or a folder of them"
                )
            )
        for file in files:
            read, faults = _read_file(file, _shown(file, path))
            records += read
            problems += faults
    return Reading(tuple(records), tuple(problems))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.suffix in READERS and file.name != "frameworks.toml")
    return [path] if path.is_file() and path.suffix in READERS else []


def _shown(file: Path, root: Path) -> str:
    return str(file.relative_to(root.parent)) if root.is_dir() else file.name


def _read_file(file: Path, shown: str) -> tuple[list[RawRecord], list[Problem]]:
    records: list[RawRecord] = []
    problems: list[Problem] = []
    try:
        content = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        return [], [
            Problem(Where(shown, 0), None, None, f"bytes that are not UTF-8 at position {error.start}", "UTF-8 text")
        ]
    try:
        for kind, data, line, lines in READERS[file.suffix](content):
            records.append(RawRecord(kind, data, Where(shown, line), lines))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(Where(shown, toml.error_line(error)), None, None, str(error), "valid TOML"))
    except jsonl.LineError as error:
        problems.append(Problem(Where(shown, error.line), None, None, error.found, error.expected))
    return records, problems
