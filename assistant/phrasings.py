"""What classifiers look at: the meaning of a sentence (its vector) beside its words. Vectors of the phrasings they learn from change
only with the data, so they are computed once and kept."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.embedding import Embedder, Vectors

WORDS = r"[\w£']+"
FOLDER = "learned"
"""Within the data folder."""


def vectors_of(name: str, phrasings: Sequence[str], embedder: Embedder, home: Path) -> Vectors:
    """One vector for each phrasing, (n, dim), read from `home` where the same ones were kept under this name. What cannot be
    read, or belongs to other phrasings or another embedder, is computed anew."""
    digest = hashlib.sha256("\n".join((embedder.name, *phrasings)).encode()).hexdigest()
    kept = home / FOLDER / f"{name}.npz"
    try:
        with kept.open("rb") as file, np.load(file) as held:
            if held["digest"] == digest:
                vectors: Vectors = held["vectors"]
                return vectors
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        # Not there yet, or not whole: what follows mends both.
        pass
    vectors = embedder.encode(phrasings)
    _keep(vectors, digest, kept)
    return vectors


def _keep(vectors: Vectors, digest: str, kept: Path) -> None:
    """Written whole or not at all: two processes may start at once."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    written = kept.with_suffix(f".{os.getpid()}.tmp")
    with written.open("wb") as file:
        np.savez(file, digest=np.array(digest), vectors=vectors)
    written.replace(kept)


class Seen:
    """Sentences as a classifier sees them: vectors beside weighted words and pairs of words, numbers made alike."""

    def __init__(self, texts: Sequence[str]) -> None:
        """`texts` are what is learned from: their words are the ones that are seen."""
        # Imported here: scikit-learn takes most of a second, and `plan` and `--help` need no classifier.
        from sklearn.feature_extraction.text import TfidfVectorizer

        words: Any = TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, preprocessor=_numbers_alike, token_pattern=WORDS
        )
        self._learned: Any = words.fit_transform(texts)
        self._words = words

    def of(self, vectors: Vectors, texts: Sequence[str] | None = None) -> Any:
        """A sparse (n, dim + words) for `texts` with their `vectors`; for what is learned from if no texts are given."""
        from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]

        counted = self._learned if texts is None else self._words.transform(texts)
        return hstack([csr_matrix(vectors), counted]).tocsr()


def _numbers_alike(text: str) -> str:
    return re.sub(r"\d+", "7", text.lower())
