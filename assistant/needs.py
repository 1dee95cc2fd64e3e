"""What a message is asking for: a small classifier over sentence embeddings, learned from the phrasings in `needs.toml`."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

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
    """Needs of a message, likeliest first. Built once per process from the phrasings kept as data."""

    def __init__(self, embedder: Embedder) -> None:
        # Imported here: scikit-learn takes most of a second, and `plan` and `--help` need no classifier.
        from sklearn.linear_model import LogisticRegression

        labelled = [(Need(need), phrasing) for need, phrasings in _phrasings().items() for phrasing in phrasings]
        vectors = embedder.encode([phrasing for _, phrasing in labelled])
        self._model: Any = LogisticRegression(C=20.0, max_iter=1000, class_weight="balanced")
        self._model.fit(vectors, [need.value for need, _ in labelled])

    def needs(self, vectors: Vectors) -> tuple[tuple[Need, float], ...]:
        """The likely needs over all `vectors` (n, dim), one per sentence, with probabilities, likeliest first.

        Never empty: the likeliest need of the likeliest sentence is always there.
        """
        probabilities: Vectors = self._model.predict_proba(vectors)
        strongest = probabilities.max(axis=0)
        order = np.argsort(-strongest)
        chosen = [(Need(self._model.classes_[place]), float(strongest[place])) for place in order]
        return tuple(pair for number, pair in enumerate(chosen) if number == 0 or pair[1] >= LIKELY)


def _phrasings() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "needs.toml").read_text(encoding="utf-8"))
