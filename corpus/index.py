"""The index over the corpus: generations on disk, one of them current. The one place that imports chromadb.

    HOME/index/CURRENT            names the generation that answers
    HOME/index/<generation>/      records.json, chroma/, manifest.json

A generation is written once and never changed after it became current, so a reader never sees half of one, and a
killed ingest leaves the old one answering.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.embedding import Vectors
from corpus.passages import Passage

PIPELINE = 3
"""Raise when passages are split or embedded differently, so that older indexes are rebuilt."""

COLLECTION = "passages"
REBUILD = "run: stack-advisor ingest"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index generation was built from; written last."""

    embedder: str
    dim: int
    pipeline: int
    corpus: str
    passages: int


class IndexProblem(Exception):
    """The index cannot be used. `what` is the finding, `remedy` the command that mends it."""

    def __init__(self, what: str, remedy: str = REBUILD) -> None:
        super().__init__(what, remedy)
        self.what, self.remedy = what, remedy

    def __str__(self) -> str:
        return f"{self.what}; {self.remedy}"


def current_generation(home: Path) -> Path | None:
    """The folder of the generation that answers now; `None` if nothing has been built."""
    pointer = home / "index" / "CURRENT"
    if not pointer.is_file():
        return None
    name = pointer.read_text(encoding="utf-8").strip()
    folder = home / "index" / name
    if not name or not (folder / "manifest.json").is_file():
        raise IndexProblem(f"{pointer} names {name!r}, which is not there")
    return folder


def make_current(home: Path, generation: Path) -> None:
    """Makes a finished generation the one that answers, in one step."""
    pointer = home / "index" / "CURRENT"
    fresh = pointer.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as out:
        out.write(generation.name)
        out.flush()
        os.fsync(out.fileno())
    os.replace(fresh, pointer)


def read_manifest(generation: Path) -> Manifest:
    """Raises `IndexProblem` if the manifest is damaged."""
    file = generation / "manifest.json"
    try:
        return Manifest(**json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise IndexProblem(f"{file}: {error}") from error


class CourseIndex:
    """One generation's passages and vectors."""

    def __init__(self, generation: Path, collection: Any, manifest: Manifest | None) -> None:
        self.generation = generation
        self.manifest = manifest
        self._collection = collection

    @classmethod
    def open(cls, generation: Path, *, embedder: str, dim: int) -> CourseIndex:
        """The finished index in `generation`. Raises `IndexProblem` if it was built by another embedder, dimension or
        pipeline, or cannot be read."""
        manifest = read_manifest(generation)
        built, wanted = (manifest.embedder, manifest.dim, manifest.pipeline), (embedder, dim, PIPELINE)
        if built != wanted:
            raise IndexProblem(
                f"{generation.name}: built with {built[0]}, {built[1]} dimensions, pipeline {built[2]}; "
                f"this program uses {wanted[0]}, {wanted[1]} dimensions, pipeline {wanted[2]}"
            )
        index = cls(generation, _collection(generation / "chroma", create=False), manifest)
        if index.count() != manifest.passages:
            raise IndexProblem(f"{generation.name}: {index.count()} passages, its manifest says {manifest.passages}")
        return index

    @classmethod
    def create(cls, generation: Path, *, start_from: Path | None) -> CourseIndex:
        """A new generation, empty or a copy of `start_from`, for `apply` to change."""
        generation.mkdir(parents=True)
        if start_from is not None:
            shutil.copytree(start_from / "chroma", generation / "chroma")
        return cls(generation, _collection(generation / "chroma", create=True), None)

    def count(self) -> int:
        return int(self._collection.count())

    def digests(self) -> dict[str, str]:
        """Passage id -> digest of everything stored."""
        stored = self._collection.get(include=["metadatas"])
        return {key: row["digest"] for key, row in zip(stored["ids"], stored["metadatas"], strict=True)}

    def load(self) -> tuple[tuple[Passage, ...], Vectors]:
        """Everything stored: passages in id order and their vectors, float32 (n, dim), unit length."""
        stored = self._collection.get(include=["metadatas", "documents", "embeddings"])
        order = sorted(range(len(stored["ids"])), key=lambda place: stored["ids"][place])
        passages = tuple(
            Passage(stored["ids"][place], row["record_id"], row["kind"], row["part"], stored["documents"][place])
            for place in order
            if (row := stored["metadatas"][place])
        )
        return passages, np.asarray(stored["embeddings"], dtype=np.float32)[order]

    def apply(self, add: Sequence[Passage], vectors: Vectors, delete: Sequence[str]) -> None:
        """Adds or replaces `add` (with their vectors, (n, dim)) and removes `delete`.

        Raises `IndexProblem` if the disk does not take it.
        """
        from chromadb.errors import ChromaError

        try:
            self._write_rows(add, vectors, delete)
        except ChromaError as error:
            # Chroma reports a full or failing disk with an error of its own.
            raise IndexProblem(
                f"{self.generation}: could not be written ({error})",
                "is the disk full? Free some space and try again; the index in use is untouched",
            ) from error

    def _write_rows(self, add: Sequence[Passage], vectors: Vectors, delete: Sequence[str]) -> None:
        for ids in _batches(delete):
            self._collection.delete(ids=list(ids))
        for places in _batches(range(len(add))):
            chosen = [add[place] for place in places]
            self._collection.upsert(
                ids=[passage.id for passage in chosen],
                embeddings=vectors[list(places)],
                documents=[passage.text for passage in chosen],
                metadatas=[
                    {
                        "record_id": passage.record_id,
                        "kind": passage.kind,
                        "part": passage.part,
                        "digest": passage.digest,
                    }
                    for passage in chosen
                ],
            )

    def finish(self, manifest: Manifest, records: bytes) -> None:
        """Writes the records and, last, the manifest: from here on the generation is complete."""
        _write(self.generation / "records.json", records)
        _write(self.generation / "manifest.json", json.dumps(asdict(manifest), indent=1).encode())


def prune(home: Path, keep: Iterable[Path]) -> None:
    """Removes generations other than `keep`: old ones and the leavings of killed runs."""
    kept = {folder.name for folder in keep}
    for folder in (home / "index").iterdir():
        if folder.is_dir() and folder.name not in kept:
            shutil.rmtree(folder)


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    size = 1_000
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _collection(folder: Path, *, create: bool) -> Any:
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    # Imported here: half a second that `plan` and `--help` do not need.
    import chromadb
    from chromadb.config import Settings

    if not create and not (folder / "chroma.sqlite3").is_file():
        raise IndexProblem(f"{folder}: no database there")
    try:
        client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
        if create:
            return client.get_or_create_collection(
                COLLECTION, metadata={"hnsw:space": "cosine"}, embedding_function=None
            )
        return client.get_collection(COLLECTION, embedding_function=None)
    except (chromadb.errors.ChromaError, ValueError) as error:
        raise IndexProblem(f"{folder}: {error}") from error
