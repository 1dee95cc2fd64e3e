"""What a process reads from: a new index is noticed at the next turn, a missing or damaged one is one clear finding."""

from pathlib import Path

import pytest

from assistant.advise import Adviser
from assistant.shelf import Shelf
from corpus.index import IndexProblem, current_generation
from ingest.sync import apply_sync
from tests.ingest.test_sync import CountingEmbedder, course, snapshot


def test_a_running_page_notices_a_new_index(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    apply_sync(tmp_path, snapshot(course(1)), embedder)
    adviser = Adviser(Shelf(tmp_path, embedder))
    before = adviser.advise("hello").corpus
    assert adviser.shelf.current() is adviser.shelf.current()
    apply_sync(tmp_path, snapshot(course(1), course(2)), embedder)
    assert adviser.advise("hello").corpus != before
    assert len(adviser.shelf.current().catalogue.courses) == 2


def test_no_index_yet_names_the_command_that_builds_one(tmp_path: Path) -> None:
    with pytest.raises(IndexProblem, match="run: stack-advisor ingest"):
        Adviser(Shelf(tmp_path, CountingEmbedder())).advise("hello")


@pytest.mark.parametrize("damaged", ["records.json", "manifest.json", "chroma/chroma.sqlite3"])
def test_a_damaged_index_is_refused_with_the_command_that_rebuilds_it(tmp_path: Path, damaged: str) -> None:
    embedder = CountingEmbedder()
    apply_sync(tmp_path, snapshot(course(1)), embedder)
    generation = current_generation(tmp_path)
    assert generation is not None
    (generation / damaged).write_bytes(b"")
    with pytest.raises(IndexProblem, match="run: stack-advisor ingest"):
        Shelf(tmp_path, embedder).current()


def test_a_pointer_to_nowhere_is_refused(tmp_path: Path) -> None:
    apply_sync(tmp_path, snapshot(course(1)), CountingEmbedder())
    (tmp_path / "index" / "CURRENT").write_text("gone", encoding="utf-8")
    with pytest.raises(IndexProblem, match="which is not there"):
        Shelf(tmp_path, CountingEmbedder()).current()
