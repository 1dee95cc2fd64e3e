"""Checked corpus -> index: plan what changed, embed only that, and switch to the new index in one step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.catalogue import Snapshot, corpus_digest
from corpus.embedding import Embedder
from corpus.index import (
    PIPELINE,
    CourseIndex,
    IndexProblem,
    Manifest,
    current_generation,
    make_current,
    prune,
    read_manifest,
)
from corpus.passages import Passage, split_passages

Progress = Callable[[int, int], object]
"""Called as passages are embedded, with how many are done and how many there are."""


class IngestRunning(Exception):
    """Another process is writing the index."""

    def __init__(self, lock: Path) -> None:
        super().__init__(lock)
        self.lock = lock

    def __str__(self) -> str:
        return f"{self.lock}: another ingest is running; wait for it to finish, or stop it, then try again"


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What turns the stored passages into the wanted ones. Ids of `delete` are in id order."""

    add: tuple[Passage, ...]
    keep: int
    delete: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did: the generation that answers now, and how many passages were embedded, kept and removed."""

    generation: Path
    embedded: int
    kept: int
    removed: int


def plan_sync(wanted: Sequence[Passage], stored: Mapping[str, str]) -> SyncPlan:
    """Passages to embed (new or changed), to keep and to delete. `stored` maps passage id to digest."""
    add = tuple(passage for passage in wanted if stored.get(passage.id) != passage.digest)
    gone = tuple(sorted(stored.keys() - {passage.id for passage in wanted}))
    return SyncPlan(add, len(wanted) - len(add), gone)


def up_to_date(home: Path, snapshot: Snapshot, *, embedder: str, dim: int) -> bool:
    """Whether the current index was built from exactly these records by this embedder."""
    try:
        current = current_generation(home)
        if current is None:
            return False
        built = read_manifest(current)
    except IndexProblem:
        return False
    wanted = (embedder, dim, PIPELINE, corpus_digest(snapshot.to_json()))
    return (built.embedder, built.dim, built.pipeline, built.corpus) == wanted


def apply_sync(home: Path, snapshot: Snapshot, embedder: Embedder, *, progress: Progress | None = None) -> Synced:
    """Makes the index say what `snapshot` says. The old index answers until the new one is complete.

    Raises `IngestRunning` if another process writes, `OSError` if the disk is full or not writable; in both cases
    the current index is untouched.
    """
    (home / "index").mkdir(parents=True, exist_ok=True)
    with _only_writer(home):
        base = _reusable(home, embedder)
        records = snapshot.to_json()
        wanted = split_passages(snapshot)
        generation = home / "index" / f"{corpus_digest(records)}-{os.urandom(4).hex()}"
        try:
            index = CourseIndex.create(generation, start_from=base)
            plan = plan_sync(wanted, index.digests())
            vectors = embedder.encode([passage.text for passage in plan.add], done=_counter(len(plan.add), progress))
            index.apply(plan.add, vectors, plan.delete)
            index.finish(Manifest(embedder.name, embedder.dim, PIPELINE, corpus_digest(records), len(wanted)), records)
        except BaseException:
            shutil.rmtree(generation, ignore_errors=True)
            raise
        make_current(home, generation)
        # The one before stays until the next ingest: a page that is reading it notices the change only at its next turn.
        prune(home, [generation] if base is None else [generation, base])
        return Synced(generation, len(plan.add), plan.keep, len(plan.delete))


@contextmanager
def _only_writer(home: Path) -> Iterator[None]:
    """Two processes writing one Chroma folder silently lose rows; so there is one writer, or a clear refusal."""
    lock = FileLock(home / "ingest.lock")
    try:
        with lock.acquire(timeout=0):
            yield
    except Timeout as error:
        raise IngestRunning(home / "ingest.lock") from error


def _reusable(home: Path, embedder: Embedder) -> Path | None:
    """The current generation if its vectors are still comparable, so that unchanged passages are not embedded again."""
    try:
        current = current_generation(home)
        if current is None:
            return None
        CourseIndex.open(current, embedder=embedder.name, dim=embedder.dim)
    except IndexProblem:
        return None
    return current


def _counter(total: int, progress: Progress | None) -> Callable[[int], object] | None:
    if progress is None:
        return None
    finished = 0

    def done(count: int) -> None:
        nonlocal finished
        finished += count
        progress(finished, total)

    return done
