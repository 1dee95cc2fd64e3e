"""`python -m evals.calibrate`: what the weights and the relevance gate of `assistant/retrieval.py` rest on.

Ways of asking are held out of their own card, a sixth at a time, and asked: does the right card come first? And how many
of them, against questions that have nothing to do with us, would pass the gate?
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.settings import Settings
from corpus.embedding import Vectors
from corpus.index import CourseIndex
from corpus.passages import SENTENCE, Passage
from evals.case import OWN
from evals.session import open_session

FOLDS = 6
THRESHOLDS = (0.30, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60)
CENTRES, LEXICALS, SENTENCES = (0.5, 1.0, 1.5), (0.1, 0.2, 0.3), (0.3, 0.6, 1.0)
SMOOTHING = 60
"""The usual constant of reciprocal rank fusion."""

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Held:
    """One fold. Scores are (questions, cards); `right` is the card each question belongs to."""

    best: Scores
    centre: Scores
    said: Scores
    lexical: Scores
    right: NDArray[np.intp]


def main(environ: Mapping[str, str]) -> int:
    session = open_session(Settings.of(environ))
    embedder = session.embedder
    index = CourseIndex.open(session.generation, embedder=embedder.name, dim=embedder.dim)
    passages, vectors = _cards(*index.load())
    folds = [hold_out(passages, vectors, fold) for fold in range(FOLDS)]
    print(f"corpus {session.records.catalogue.digest}; {sum(len(fold.right) for fold in folds)} held-out phrasings")
    for name, ranks in ways(folds):
        print(
            f"  {name:62s} MRR {np.mean(1 / ranks):.3f}  first {np.mean(ranks == 1):.1%}  in three {np.mean(ranks <= 3):.1%}"
        )
    asked = np.concatenate([fold.best.max(axis=1) for fold in folds])
    others = (embedder.encode(off_topic()) @ vectors.T).max(axis=1)
    print(f"relevance gate: share above it, of held-out phrasings and of {len(others)} off-topic questions")
    for threshold in THRESHOLDS:
        print(f"  {threshold:.2f}  {np.mean(asked >= threshold):.1%}  {np.mean(others >= threshold):.1%}")
    return 0


def _cards(passages: Sequence[Passage], vectors: Vectors) -> tuple[list[Passage], Vectors]:
    places = [place for place, passage in enumerate(passages) if passage.kind == "card"]
    return [passages[place] for place in places], vectors[places]


def hold_out(passages: Sequence[Passage], vectors: Vectors, fold: int) -> Held:
    """The scores of every phrasing of one fold against cards that do not have it. Needs at least one phrasing."""
    asks = [place for place, passage in enumerate(passages) if passage.part.startswith("ask")]
    held = asks[fold::FOLDS]
    left = sorted(set(range(len(passages))) - set(held))
    whole = [place for place in left if not passages[place].part.startswith(SENTENCE)]
    records = sorted({passage.record_id for passage in passages})
    number = {record: place for place, record in enumerate(records)}
    best = _best(vectors, held, whole, [number[passages[place].record_id] for place in whole], len(records))
    single = [place for place in left if passages[place].part.startswith(SENTENCE)]
    said = _best(vectors, held, single, [number[passages[place].record_id] for place in single], len(records))
    centres = np.zeros((len(records), vectors.shape[1]))
    texts = [""] * len(records)
    for place in whole:
        centres[number[passages[place].record_id]] += vectors[place]
        texts[number[passages[place].record_id]] += passages[place].text + " "
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    right = np.array([number[passages[place].record_id] for place in held])
    return Held(best, vectors[held] @ centres.T, said, _lexical(texts, [passages[place].text for place in held]), right)


def _best(vectors: Vectors, held: Sequence[int], places: Sequence[int], owners: Sequence[int], records: int) -> Scores:
    """The best similarity of every held-out phrasing to any of each card's passages, -1 without one."""
    similarity = vectors[list(held)] @ vectors[list(places)].T
    best = np.full((len(held), records), -1.0)
    for column, card in enumerate(owners):
        np.maximum(best[:, card], similarity[:, column], out=best[:, card])
    return best


def _lexical(texts: Sequence[str], questions: Sequence[str]) -> Scores:
    """BM25, 1 for the best card of each question."""
    import bm25s

    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(list(texts), stopwords="en", show_progress=False), show_progress=False)
    scores = np.zeros((len(questions), len(texts)))
    words = bm25s.tokenize(list(questions), stopwords="en", show_progress=False, return_ids=False)
    for row, said in enumerate(words):
        if known := [word for word in said if word in retriever.vocab_dict]:
            scores[row] = retriever.get_scores(known)
    return np.asarray(scores / np.maximum(scores.max(axis=1, keepdims=True), 1e-9))


def ways(folds: Sequence[Held]) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Each way of ranking with the rank, from 1, that it gives the right card of every held-out phrasing."""
    yield "best passage alone", _ranks(folds, [fold.best for fold in folds])
    for weight in CENTRES:
        yield f"+ {weight} x mean passage", _ranks(folds, [fold.best + weight * fold.centre for fold in folds])
    for weight in LEXICALS:
        totals = [fold.best + fold.centre + weight * fold.lexical for fold in folds]
        yield f"+ 1.0 x mean passage + {weight} x BM25", _ranks(folds, totals)
    for weight in SENTENCES:
        totals = [fold.best + fold.centre + weight * fold.said + 0.2 * fold.lexical for fold in folds]
        yield f"+ 1.0 x mean passage + {weight} x best sentence + 0.2 x BM25", _ranks(folds, totals)
    yield (
        "reciprocal rank fusion, best passage and BM25",
        _ranks(folds, [_fused(fold.best, fold.lexical) for fold in folds]),
    )


def _fused(*scores: Scores) -> Scores:
    return np.asarray(sum(1 / (SMOOTHING + 1 + np.argsort(np.argsort(-score, axis=1), axis=1)) for score in scores))


def _ranks(folds: Sequence[Held], totals: Sequence[Scores]) -> NDArray[np.float64]:
    ranks = [
        1 + (total > total[np.arange(len(fold.right)), fold.right][:, None]).sum(axis=1)
        for fold, total in zip(folds, totals, strict=True)
    ]
    return np.concatenate(ranks).astype(np.float64)


def off_topic() -> list[str]:
    """Questions that no record of ours should answer."""
    lines = (OWN / "off-topic.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


if __name__ == "__main__":
    sys.exit(main(os.environ))
