"""Reading -> what the corpus holds on it: hard filters first, then lexical and vector search fused, then a relevance gate.

Codes, titles and names are looked up exactly by the reader (`gazetteer.py`) before anything is searched here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.fitting import tests_of
from assistant.limits import Constraints
from corpus.catalogue import Catalogue
from corpus.courses import Listing
from corpus.credit import FrameworkTable
from corpus.embedding import Vectors
from corpus.passages import SENTENCE, Passage

GATES: Mapping[str, float] = {"course": 0.40, "award": 0.45, "card": 0.45}
"""Least cosine similarity for a record to be relevant at all. Measured by `python -m evals.calibrate` (see DECISIONS.md)."""

CENTRE_WEIGHT, SENTENCE_WEIGHT, LEXICAL_WEIGHT = 1.0, 0.6, 0.2
"""What a record's mean passage, its best single sentence and its BM25 score (0 to 1 within a query) add to its best passage's
similarity. Chosen on held-out card phrasings by `python -m evals.calibrate` (see DECISIONS.md).
"""

SAME_WORDS, RESCUE = 0.8, 0.10
"""A record among the best by words passes a gate lower by so much: one short word ("maths") embeds poorly."""


@dataclass(frozen=True, slots=True)
class Found:
    """A relevant record. `similarity` is its best passage's cosine to any query, -1 to 1; `rank` orders records of one
    search, higher is better; `passage` is the text that matched. `lines` are a card's sentences by number, each with its own
    similarity to the query."""

    record_id: str
    similarity: float
    rank: float
    passage: str
    lines: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Excluded:
    """How many on-offer courses one hard filter took away, and of those how many only because the page does not say."""

    constraint: str
    failed: int
    not_stated: int


@dataclass(frozen=True, slots=True)
class Filtered:
    """Courses that meet every constraint; those that break none but whose page leaves one open; parts of longer awards
    that meet every one but are not known to be sold by themselves; and what each constraint took away."""

    ids: frozenset[str]
    unstated: frozenset[str]
    parts: frozenset[str]
    excluded: tuple[Excluded, ...]


class Searcher:
    """Searches one generation's passages, exactly and in memory: at this size quicker than an approximate index, and
    filters cost nothing. Built once per generation."""

    def __init__(
        self, catalogue: Catalogue, table: FrameworkTable, passages: Sequence[Passage], vectors: Vectors
    ) -> None:
        self._catalogue = catalogue
        self._table = table
        self._kinds = {
            kind: _Kind([place for place, passage in enumerate(passages) if passage.kind == kind], passages, vectors)
            for kind in GATES
        }
        offered = (Listing.COURSE, Listing.RANGE)
        own = [course for course in catalogue.courses if course.same_as is None]
        self._offered = [course for course in own if course.listing in offered]
        self._parts = [course for course in own if course.listing not in offered]
        self.on_offer = frozenset(course.id for course in self._offered)

    def filter(self, constraints: Constraints) -> Filtered:
        """On-offer courses that meet every constraint. A page that does not state a constrained field does not meet it."""
        tests = tests_of(constraints, self._table)
        kept: set[str] = set()
        left_open: set[str] = set()
        failed = dict.fromkeys(tests, 0)
        unstated = dict.fromkeys(tests, 0)
        for course in self._offered:
            verdicts = {name: test(course) for name, test in tests.items()}
            if all(verdicts.values()):
                kept.add(course.id)
            elif False not in verdicts.values():
                left_open.add(course.id)
            for name, verdict in verdicts.items():
                failed[name] += verdict is False
                unstated[name] += verdict is None
        return Filtered(
            frozenset(kept),
            frozenset(left_open),
            frozenset(course.id for course in self._parts if all(test(course) for test in tests.values())),
            tuple(Excluded(name, failed[name] + unstated[name], unstated[name]) for name in tests),
        )

    def courses(
        self, queries: Sequence[str], vectors: Vectors, k: int, among: Iterable[str] | None = None
    ) -> tuple[Found, ...]:
        """The `k` most relevant courses on offer, single ones and ranges, best first; only those in `among` if it is given."""
        allowed = self.on_offer if among is None else self.on_offer & frozenset(among)
        return self._search("course", queries, vectors, k, allowed)

    def parts(self, queries: Sequence[str], vectors: Vectors, k: int, among: Iterable[str]) -> tuple[Found, ...]:
        """The `k` most relevant parts of longer awards in `among`, best first."""
        return self._search("course", queries, vectors, k, frozenset(among))

    def cards(self, queries: Sequence[str], vectors: Vectors, k: int) -> tuple[Found, ...]:
        """The `k` most relevant cards, best first."""
        return self._search("card", queries, vectors, k, None)

    def awards(self, queries: Sequence[str], vectors: Vectors, k: int) -> tuple[Found, ...]:
        """The `k` most relevant awards, best first."""
        return self._search("award", queries, vectors, k, None)

    def _search(
        self, kind: str, queries: Sequence[str], vectors: Vectors, k: int, allowed: frozenset[str] | None
    ) -> tuple[Found, ...]:
        best: dict[str, Found] = {}
        for query, vector in zip(queries, vectors, strict=True):
            for found in self._kinds[kind].scored(query, vector, GATES[kind]):
                if allowed is not None and found.record_id not in allowed:
                    continue
                other = best.get(found.record_id)
                if other is None or found.rank > other.rank:
                    best[found.record_id] = found
        return tuple(sorted(best.values(), key=lambda found: (-found.rank, found.record_id))[:k])


class _Kind:
    """The passages of one kind of record, with a mean vector and a BM25 document for each record.

    Single sentences stand apart: they say which part of a card answers, and count for less than its whole text.
    """

    def __init__(self, places: Sequence[int], passages: Sequence[Passage], vectors: Vectors) -> None:
        whole = [place for place in places if not passages[place].part.startswith(SENTENCE)]
        single = [place for place in places if passages[place].part.startswith(SENTENCE)]
        self._passages = [passages[place] for place in whole]
        self._records = sorted({passage.record_id for passage in self._passages})
        number = {record_id: place for place, record_id in enumerate(self._records)}
        self._owner = np.array([number[passage.record_id] for passage in self._passages], dtype=np.intp)
        self._vectors = vectors[whole]
        self._centres = _centres(self._vectors, self._owner, len(self._records))
        self._line_owner = np.array([number[passages[place].record_id] for place in single], dtype=np.intp)
        self._line_number = [int(passages[place].part.removeprefix(SENTENCE)) for place in single]
        self._lines = vectors[single]
        texts = [""] * len(self._records)
        for passage in self._passages:
            texts[number[passage.record_id]] += passage.text + " "
        self._lexical = _Lexical(texts)

    def scored(self, query: str, vector: Vectors, gate: float) -> Iterator[Found]:
        """Every record whose best passage reaches the gate, in no order."""
        if not self._records:
            return
        similarity = self._vectors @ vector
        best = _best(similarity, self._owner, len(self._records))
        lines = self._lines @ vector
        said = _best(lines, self._line_owner, len(self._records)) if len(lines) else 0.0
        lexical = self._lexical.scores(query)
        rank = best + CENTRE_WEIGHT * (self._centres @ vector) + SENTENCE_WEIGHT * said + LEXICAL_WEIGHT * lexical
        for record in np.flatnonzero((best >= gate) | ((lexical >= SAME_WORDS) & (best >= gate - RESCUE))):
            passage = self._passages[int(np.argmax(np.where(self._owner == record, similarity, -1.0)))]
            own = np.flatnonzero(self._line_owner == record)
            by_line = {self._line_number[place]: float(lines[place]) for place in own}
            yield Found(self._records[record], float(best[record]), float(rank[record]), passage.text, by_line)


def _best(similarity: Vectors, owner: NDArray[np.intp], records: int) -> Vectors:
    """The best similarity of each record's passages, -1 if it has none."""
    best: Vectors = np.full(records, -1.0, dtype=np.float32)
    np.maximum.at(best, owner, similarity)
    return best


def _centres(vectors: Vectors, owner: NDArray[np.intp], records: int) -> Vectors:
    """The mean passage of each record, (records, dim), unit length."""
    centres: Vectors = np.zeros((records, vectors.shape[1]), dtype=np.float32)
    np.add.at(centres, owner, vectors)
    lengths: Vectors = np.linalg.norm(centres, axis=1, keepdims=True).astype(np.float32)
    unit: Vectors = (centres / np.maximum(lengths, np.float32(1e-9))).astype(np.float32)
    return unit


class _Lexical:
    """BM25 over one text per record. The one place that uses bm25s."""

    def __init__(self, texts: list[str]) -> None:
        import bm25s

        self._bm25s: Any = bm25s
        self._size = len(texts)
        self._retriever: Any = bm25s.BM25()
        if texts:
            self._retriever.index(self._tokens(texts), show_progress=False)

    def scores(self, query: str) -> Vectors:
        """One score per record, 1 for the best of this query; all 0 if no word is shared."""
        words = self._tokens_of(query)
        known = [word for word in words if word in self._retriever.vocab_dict]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        scores: Vectors = self._retriever.get_scores(known).astype(np.float32)
        scaled: Vectors = (scores / np.float32(max(float(scores.max()), 1e-9))).astype(np.float32)
        return scaled

    def _tokens(self, texts: list[str]) -> Any:
        return self._bm25s.tokenize(texts, stopwords="en", show_progress=False)

    def _tokens_of(self, query: str) -> list[str]:
        words: list[list[str]] = self._bm25s.tokenize([query], stopwords="en", show_progress=False, return_ids=False)
        return words[0]
