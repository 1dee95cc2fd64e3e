"""What a message is asking for: a small classifier over sentence embeddings, learned from the phrasings in `needs.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from assistant.phrasings import Seen, vectors_of
from corpus.embedding import Embedder, Vectors


class Need(StrEnum):
    """One thing a person wants from a turn."""

    FIT = "fit"
    SEARCH = "search"
    STACK = "stack"
    CONVERT = "convert"
    REQUIREMENT = "requirement"
    FUND = "fund"
    RECOGNISE = "recognise"
    EVIDENCE = "evidence"
    COMPARE = "compare"
    PLAN = "plan"
    EXPLAIN = "explain"
    SMALL_TALK = "small_talk"
    OUT_OF_SCOPE = "out_of_scope"


LIKELY = 0.30
"""Least probability for a need to be taken up beside the likeliest one."""


class NeedClassifier:
    """Needs of a message, likeliest first. Built once per process from the phrasings kept as data.

    It looks at the meaning of a sentence (its vector) and at its words and pairs of words, numbers made alike: meaning alone took
    15 in 100 phrasings by another author for something else, both together 10 (DECISIONS.md).
    """

    def __init__(self, embedder: Embedder, home: Path) -> None:
        """`home`: the data folder, where the vectors of the phrasings are kept."""
        # Imported here: scikit-learn takes most of a second, and `plan` and `--help` need no classifier.
        from sklearn.linear_model import LogisticRegression

        labelled = [(Need(need), phrasing) for need, phrasings in _phrasings().items() for phrasing in phrasings]
        self.texts = tuple(phrasing for _, phrasing in labelled)
        self.vectors = vectors_of("needs", self.texts, embedder, home)
        self._seen = Seen(self.texts)
        self._model: Any = LogisticRegression(C=20.0, max_iter=1000, class_weight="balanced")
        self._model.fit(self._seen.of(self.vectors), [need.value for need, _ in labelled])

    def needs(self, texts: Sequence[str], vectors: Vectors) -> tuple[tuple[Need, float], ...]:
        """The likely needs over all `texts`, sentences with their `vectors` (n, dim), with probabilities, likeliest first.

        Never empty: the likeliest need of the likeliest sentence is always there.
        """
        probabilities: Vectors = self._model.predict_proba(self._seen.of(vectors, texts))
        strongest = probabilities.max(axis=0)
        order = np.argsort(-strongest)
        chosen = [(Need(self._model.classes_[place]), float(strongest[place])) for place in order]
        return tuple(pair for number, pair in enumerate(chosen) if number == 0 or pair[1] >= LIKELY)


def _phrasings() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "needs.toml").read_text(encoding="utf-8"))
