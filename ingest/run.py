"""The whole of ingest: read -> parse -> check -> split -> plan_sync -> apply_sync. Read this first."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.catalogue import Snapshot
from corpus.embedding import Embedder
from ingest.check import check_catalogue
from ingest.home import catalogue_paths, keep_catalogues, with_added
from ingest.parse import parse_records
from ingest.problems import Problem
from ingest.quality import measure_quality
from ingest.read import read_sources
from ingest.sync import Progress, Synced, apply_sync, up_to_date


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checked corpus: nothing may be indexed while `problems` is not empty."""

    snapshot: Snapshot
    problems: tuple[Problem, ...]

    def report(self) -> dict[str, Any]:
        """Every problem and the quality figures, for `--report`."""
        return {
            "problems": [
                {
                    "file": problem.where.file,
                    "line": problem.where.line,
                    "record": problem.record,
                    "field": problem.field,
                    "found": problem.found,
                    "expected": problem.expected,
                }
                for problem in self.problems
            ],
            "quality": measure_quality(self.snapshot).as_json(),
        }


class BadData(Exception):
    """The catalogue has problems; nothing was changed."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return (
            f"{len(self.problems)} problems in the data, nothing was changed; first: {self.problems[0]}; "
            "see them all with: stack-advisor ingest --dry-run"
        )


def prepare(paths: tuple[Path, ...], today: datetime.date) -> Prepared:
    """Reads and checks catalogues; changes nothing."""
    reading = read_sources(paths)
    parsed = parse_records(reading.records)
    faults = check_catalogue(parsed, today)
    return Prepared(Snapshot.of(parsed.records), reading.problems + parsed.problems + faults)


def refresh(home: Path, today: datetime.date, embedder: Embedder, progress: Progress | None = None) -> Synced | None:
    """Brings the index up to date with the shipped and added catalogues; `None` if it already is.

    Raises what `ingest` raises.
    """
    prepared = prepare(catalogue_paths(home), today)
    if prepared.problems:
        raise BadData(prepared.problems)
    if up_to_date(home, prepared.snapshot, embedder=embedder.name, dim=embedder.dim):
        return None
    return apply_sync(home, prepared.snapshot, embedder, progress=progress)


def ingest(
    home: Path,
    paths: tuple[Path, ...],
    today: datetime.date,
    embedder: Callable[[], Embedder],
    progress: Progress | None = None,
) -> Synced:
    """Adds `paths` to the catalogue (none: only the shipped one) and brings the index up to date.

    `embedder` is called only once the data is known to be sound. Raises `BadData` if anything is wrong with it,
    `IngestRunning` if another process writes, `OSError` if the disk does not take it; nothing is lost in any case.
    """
    prepared = prepare(with_added(home, paths), today)
    if prepared.problems:
        raise BadData(prepared.problems)
    synced = apply_sync(home, prepared.snapshot, embedder(), progress=progress)
    if paths:
        keep_catalogues(home, paths)
    return synced
