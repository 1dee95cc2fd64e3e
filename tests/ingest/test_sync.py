"""Ingest into a real Chroma: repeatable, minimal, one writer, and never half an index."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from corpus.catalogue import Catalogue, Snapshot
from corpus.courses import Confidence, Course, Kind
from corpus.embedding import Vectors
from corpus.index import CourseIndex, IndexProblem, current_generation, read_manifest
from corpus.passages import split_passages
from ingest.sync import IngestRunning, apply_sync, plan_sync, up_to_date


class CountingEmbedder:
    """A small stand-in at our own seam: letters counted, so vectors are real, comparable and quick."""

    def __init__(self, name: str = "letters", dim: int = 26) -> None:
        self.name, self.dim = name, dim
        self.embedded: list[str] = []

    def encode(self, texts: Sequence[str], *, done: Callable[[int], object] | None = None) -> Vectors:
        self.embedded += texts
        vectors = np.array([[1 + text.lower().count(chr(97 + i % 26)) for i in range(self.dim)] for text in texts])
        if done is not None:
            done(len(texts))
        shaped = vectors.reshape(len(texts), self.dim).astype(np.float32)
        return shaped / np.linalg.norm(shaped, axis=1, keepdims=True)


def course(number: int, summary: str = "About things.") -> Course:
    return Course(
        id=f"c-{number}",
        title=f"Course {number}",
        provider="P",
        kind=Kind.SHORT_COURSE,
        subject="s",
        summary=summary,
        nation="UK",
        url="https://example.org",
        confidence=Confidence.HIGH,
    )


def snapshot(*courses: Course) -> Snapshot:
    return Snapshot.of(courses)


def stored(home: Path, embedder: CountingEmbedder) -> dict[str, str]:
    generation = current_generation(home)
    assert generation is not None
    return CourseIndex.open(generation, embedder=embedder.name, dim=embedder.dim).digests()


def test_the_plan_adds_what_is_new_or_changed_keeps_the_same_and_deletes_what_is_gone() -> None:
    wanted = split_passages(snapshot(course(1), course(2, "New words."), course(3)))
    before = {passage.id: passage.digest for passage in split_passages(snapshot(course(1), course(2), course(9)))}
    plan = plan_sync(wanted, before)
    assert [passage.record_id for passage in plan.add] == ["c-2", "c-3"]
    assert (plan.keep, plan.delete) == (1, ("c-9#facts",))


def test_only_changed_passages_are_embedded_and_vanished_ones_removed(tmp_path: Path) -> None:
    apply_sync(tmp_path, snapshot(course(1), course(2)), CountingEmbedder())
    second = CountingEmbedder()
    done = apply_sync(tmp_path, snapshot(course(2), course(3)), second)
    assert (done.embedded, done.kept, done.removed) == (1, 1, 1)
    assert len(second.embedded) == 1
    assert set(stored(tmp_path, second)) == {"c-2#facts", "c-3#facts"}


def test_the_same_input_gives_the_same_ids_vectors_and_corpus_digest(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    results = []
    for home in (tmp_path / "one", tmp_path / "two"):
        apply_sync(home, snapshot(course(1), course(2)), embedder)
        generation = current_generation(home)
        assert generation is not None
        passages, vectors = CourseIndex.open(generation, embedder=embedder.name, dim=embedder.dim).load()
        results.append((passages, vectors.tobytes(), read_manifest(generation)))
    assert results[0] == results[1]


def test_a_reader_of_the_old_index_keeps_it_and_a_new_one_sees_the_new(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    apply_sync(tmp_path, snapshot(course(1)), embedder)
    before = current_generation(tmp_path)
    assert before is not None
    old = CourseIndex.open(before, embedder=embedder.name, dim=embedder.dim)
    apply_sync(tmp_path, snapshot(course(1), course(2)), embedder)
    after = current_generation(tmp_path)
    assert after is not None
    assert after != before
    assert old.count() == 1
    assert len(Catalogue.open(after / "records.json").courses) == 2


def test_a_second_writer_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    apply_sync(tmp_path, snapshot(course(1)), embedder)
    before = current_generation(tmp_path)
    with FileLock(tmp_path / "ingest.lock"), pytest.raises(IngestRunning, match="another ingest is running"):
        apply_sync(tmp_path, snapshot(course(2)), embedder)
    assert current_generation(tmp_path) == before


@pytest.mark.parametrize(("name", "dim"), [("other-model", 26), ("letters", 30)])
def test_an_index_of_another_embedder_or_dimension_is_refused_with_the_command_that_rebuilds_it(
    tmp_path: Path, name: str, dim: int
) -> None:
    apply_sync(tmp_path, snapshot(course(1)), CountingEmbedder())
    generation = current_generation(tmp_path)
    assert generation is not None
    with pytest.raises(IndexProblem, match="stack-advisor ingest"):
        CourseIndex.open(generation, embedder=name, dim=dim)


def test_another_embedder_rebuilds_everything(tmp_path: Path) -> None:
    apply_sync(tmp_path, snapshot(course(1), course(2)), CountingEmbedder())
    other = CountingEmbedder("other-model", 30)
    assert not up_to_date(tmp_path, snapshot(course(1), course(2)), embedder=other.name, dim=other.dim)
    assert apply_sync(tmp_path, snapshot(course(1), course(2)), other).embedded == 2


def test_a_fault_half_way_leaves_the_old_index_and_no_rubbish(tmp_path: Path) -> None:
    class FullDisk(CountingEmbedder):
        def encode(self, texts: Sequence[str], *, done: Callable[[int], object] | None = None) -> Vectors:
            raise OSError(28, "No space left on device")

    embedder = CountingEmbedder()
    apply_sync(tmp_path, snapshot(course(1)), embedder)
    before = sorted(path.name for path in (tmp_path / "index").iterdir())
    with pytest.raises(OSError, match="No space left"):
        apply_sync(tmp_path, snapshot(course(1), course(2)), FullDisk())
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == before
    assert set(stored(tmp_path, embedder)) == {"c-1#facts"}


def test_a_damaged_index_is_named_and_can_be_rebuilt(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    apply_sync(tmp_path, snapshot(course(1)), embedder)
    generation = current_generation(tmp_path)
    assert generation is not None
    (generation / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexProblem, match=r"manifest\.json"):
        CourseIndex.open(generation, embedder=embedder.name, dim=embedder.dim)
    assert apply_sync(tmp_path, snapshot(course(1)), embedder).embedded == 1


KILLED = """
import sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.ingest.test_sync import CountingEmbedder, course, snapshot
from ingest.sync import apply_sync

class Slow(CountingEmbedder):
    def encode(self, texts, *, done=None):
        print("writing", flush=True)
        time.sleep({pause})
        return super().encode(texts, done=done)

apply_sync(Path({home!r}), snapshot(*(course(n, "Changed.") for n in range(400))), Slow())
print("finished", flush=True)
"""


@pytest.mark.parametrize("after_ms", [0, 60, 150, 300, 600])
def test_a_killed_ingest_leaves_the_old_index_answering(tmp_path: Path, after_ms: int) -> None:
    embedder = CountingEmbedder()
    old = snapshot(course(1), course(2))
    apply_sync(tmp_path, old, embedder)
    root = str(Path(__file__).parents[2])
    code = KILLED.format(root=root, home=str(tmp_path), pause=0.05)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    time.sleep(after_ms / 1000)
    os.kill(process.pid, signal.SIGKILL)
    finished = process.communicate()[0] == "finished\n"
    found = stored(tmp_path, embedder)
    whole_old = found.keys() == {"c-1#facts", "c-2#facts"}
    whole_new = len(found) == 400
    assert whole_old or whole_new
    assert whole_new or not finished
    # The leavings of the killed run do not stand in the way of the next one, and go with it.
    apply_sync(tmp_path, snapshot(course(7)), embedder)
    assert set(stored(tmp_path, embedder)) == {"c-7#facts"}
    assert sum(path.is_dir() for path in (tmp_path / "index").iterdir()) <= 2
