"""What a day's work would give instead: the LangChain quick-start, BM25 alone and dense alone, over the same passages.

They answer each turn by itself with the passages found, so that every measure that reads an answer can score them.
The one place that imports langchain's Chroma store.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel

from assistant.contract import course_json
from assistant.llm import LanguageModel, ModelUnavailable
from corpus.catalogue import Catalogue
from corpus.embedding import Embedder, Vectors
from corpus.passages import Passage
from evals.measures import Turn
from evals.run import LISTS, failed

TOP = 4


Search = Callable[[str], Sequence[Passage]]
"""Finds passages for a question, best first."""


class Reply(BaseModel):
    """What the quick-start asks a model for."""

    answer: str


PROMPT = """Answer the question based only on the following context:
{context}

Question: {question}
"""


class Retrieved:
    """A system that shows the passages a search finds, best first."""

    def __init__(self, name: str, catalogue: Catalogue, search: Search, model: LanguageModel | None = None) -> None:
        self.name = name
        self._catalogue = catalogue
        self._search = search
        self._model = model

    def converse(self, turns: Sequence[str]) -> list[Turn]:
        return [self._answer(message) for message in turns]

    def _answer(self, message: str) -> Turn:
        started = time.perf_counter()
        found = self._search(message)
        text = "\n\n".join(passage.text for passage in found)
        if self._model is not None:
            try:
                reply = self._model.fill(PROMPT.format(context=text, question=message), Reply)
            except ModelUnavailable as error:
                return failed(error)
            assert isinstance(reply, Reply)
            text = reply.answer
        records = list(dict.fromkeys(passage.record_id for passage in found))
        return {
            **{name: [] for name in LISTS},
            "answer": text,
            "outcome": "advised" if found else "no_match",
            "evidence": [self._source(record, place, found) for place, record in enumerate(records, start=1)],
            "courses": [
                course_json(course, "") for record in records if (course := self._catalogue.course(record)) is not None
            ],
            "profile": {},
            "timings_ms": {"total": round((time.perf_counter() - started) * 1000, 2)},
        }

    def _source(self, record_id: str, place: int, found: Sequence[Passage]) -> dict[str, Any]:
        passage = next(passage for passage in found if passage.record_id == record_id)
        return {
            "id": f"E{place}",
            "record_id": record_id,
            "kind": passage.kind,
            "title": record_id,
            "quote": passage.text,
            "as_of": None,
        }


class Dense:
    """The nearest passages by cosine similarity."""

    def __init__(self, passages: Sequence[Passage], vectors: Vectors, embedder: Embedder) -> None:
        self._passages, self._vectors, self._embedder = passages, vectors, embedder

    def __call__(self, question: str) -> list[Passage]:
        similarity = self._vectors @ self._embedder.encode([question])[0]
        return [self._passages[int(place)] for place in np.argsort(-similarity, kind="stable")[:TOP]]


class Lexical:
    """The best passages by BM25 with the library's own settings; none if no word is shared."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        import bm25s

        self._bm25s: Any = bm25s
        self._passages = passages
        self._index: Any = bm25s.BM25()
        self._index.index(
            bm25s.tokenize([passage.text for passage in passages], stopwords="en", show_progress=False),
            show_progress=False,
        )

    def __call__(self, question: str) -> list[Passage]:
        words = self._bm25s.tokenize([question], stopwords="en", show_progress=False, return_ids=False)[0]
        known = [word for word in words if word in self._index.vocab_dict]
        if not known:
            return []
        scores = self._index.get_scores(known)
        return [self._passages[int(place)] for place in np.argsort(-scores, kind="stable")[:TOP] if scores[place] > 0]


class QuickStart:
    """LangChain's own first example: every text into a Chroma store, the four most similar out again."""

    def __init__(self, passages: Sequence[Passage], vectors: Vectors, embedder: Embedder) -> None:
        from langchain_chroma import Chroma

        self._passages = {passage.id: passage for passage in passages}
        known = {passage.text: vector for passage, vector in zip(passages, vectors, strict=True)}
        store: Any = Chroma
        self._store = store.from_texts(
            [passage.text for passage in passages],
            embedding=_Embeddings(embedder, known),
            metadatas=[{"id": passage.id} for passage in passages],
            collection_name="quick-start",
        )

    def __call__(self, question: str) -> list[Passage]:
        return [self._passages[found.metadata["id"]] for found in self._store.similarity_search(question, k=TOP)]


class _Embeddings:
    """Our embedder with LangChain's two method names; texts of the index keep the vectors they already have."""

    def __init__(self, embedder: Embedder, known: dict[str, Vectors]) -> None:
        self._embedder, self._known = embedder, known

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(number) for number in self._known[text]] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [float(number) for number in self._embedder.encode([text])[0]]


def baselines(
    catalogue: Catalogue, passages: Sequence[Passage], vectors: Vectors, embedder: Embedder, model: LanguageModel | None
) -> list[Retrieved]:
    """Every baseline; the quick-start also with the model if there is one."""
    quick = QuickStart(passages, vectors, embedder)
    systems = [
        Retrieved("langchain-quick-start", catalogue, quick),
        Retrieved("bm25", catalogue, Lexical(passages)),
        Retrieved("dense", catalogue, Dense(passages, vectors, embedder)),
    ]
    return (
        systems if model is None else [*systems, Retrieved("langchain-quick-start-with-model", catalogue, quick, model)]
    )
