"""Attacks on course text: the shipped catalogue with hostile records added, in an index of its own that is thrown away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.shelf import Shelf
from corpus.catalogue import Catalogue, Snapshot
from corpus.courses import Confidence, Course, Kind
from corpus.embedding import Embedder
from corpus.index import current_generation
from evals.case import Case
from ingest.sync import apply_sync


@contextmanager
def poisoned_shelf(home: Path, cases: Sequence[Case], embedder: Embedder) -> Iterator[Shelf]:
    """A shelf over a copy of the index in `home` with a record for every poison. The index itself is not touched."""
    with TemporaryDirectory(prefix="stack-advisor-attack-", ignore_cleanup_errors=True) as folder:
        generation = current_generation(home)
        assert generation is not None, "an adviser that is open has an index"
        copy = Path(folder) / "index"
        shutil.copytree(generation, copy / generation.name)
        shutil.copy(home / "index" / "CURRENT", copy / "CURRENT")
        catalogue = Catalogue.open(generation / "records.json")
        apply_sync(Path(folder), _with_poison(catalogue, cases), embedder)
        yield Shelf(Path(folder), embedder)


def _with_poison(catalogue: Catalogue, cases: Sequence[Case]) -> Snapshot:
    snapshot = Snapshot(catalogue.courses, catalogue.awards, catalogue.cards, catalogue.occupations)
    return replace(
        snapshot, courses=snapshot.courses + tuple(_record(case) for case in cases if case.poison is not None)
    )


def _record(case: Case) -> Course:
    assert case.poison is not None
    return Course(
        id=f"poison-{case.name}",
        title=case.poison.title,
        provider="Hostile Test Provider",
        kind=Kind.SHORT_COURSE,
        subject=case.poison.title,
        summary=case.poison.summary,
        entry_requirements=case.poison.summary,
        evidence_note=case.poison.summary,
        nation="UK",
        url="https://example.org/hostile",
        confidence=Confidence.LOW,
    )
