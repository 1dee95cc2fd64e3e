"""Vectors of phrasings are computed once, and again when they or the kept file are no longer what they were."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.phrasings import FOLDER, vectors_of
from corpus.embedding import Vectors


class CountingEmbedder:
    """An embedder that counts the texts it is given."""

    name, dim = "counting", 2

    def __init__(self) -> None:
        self.texts = 0

    def encode(self, texts: Sequence[str], *, done: Callable[[int], object] | None = None) -> Vectors:
        self.texts += len(texts)
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


def test_vectors_are_computed_once(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    first = vectors_of("needs", ("a", "bb"), embedder, tmp_path)
    assert np.array_equal(vectors_of("needs", ("a", "bb"), embedder, tmp_path), first)
    assert embedder.texts == 2


def test_other_phrasings_are_computed_anew(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    vectors_of("needs", ("a", "bb"), embedder, tmp_path)
    assert vectors_of("needs", ("a", "ccc"), embedder, tmp_path)[1, 0] == 3


def test_a_broken_file_is_mended(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    vectors_of("needs", ("a",), embedder, tmp_path)
    kept = tmp_path / FOLDER / "needs.npz"
    kept.write_bytes(kept.read_bytes()[:40])
    assert vectors_of("needs", ("a",), embedder, tmp_path).shape == (1, 2)
    assert kept.stat().st_size > 40
