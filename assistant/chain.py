"""The flow as a LangChain Runnable and the corpus as a LangChain retriever, so tracing, batch and async come for free."""

from __future__ import annotations

from typing import TypedDict

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict, SkipValidation

from assistant.advise import Advice, Adviser, Conversation
from assistant.evidence import evidence_of
from assistant.shelf import Shelf
from corpus.catalogue import Record
from corpus.embedding import Embedder


class Turn(TypedDict, total=False):
    """The chain's input: a message and, after the first turn, the conversation that came back with the advice."""

    message: str
    conversation: Conversation


def advice_chain(adviser: Adviser) -> Runnable[Turn, Advice]:
    """`adviser.advise` as a Runnable: `.invoke`, `.batch`, `.ainvoke` and callbacks work as in any chain."""

    def advise(turn: Turn) -> Advice:
        return adviser.advise(turn["message"], turn.get("conversation"))

    return RunnableLambda(advise, name="stack-advisor")


class CorpusRetriever(BaseRetriever):
    """Cards and courses relevant to a query, best first, as documents with their source, date and confidence.

    Below the relevance gate nothing comes back, so the list may be empty.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    shelf: Shelf
    embedder: SkipValidation[Embedder]
    k: int = 4

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:  # noqa: ARG002  (LangChain's signature)
        library = self.shelf.current()
        vectors = np.asarray(self.embedder.encode([query]))
        found = (*library.searcher.cards([query], vectors, self.k), *library.searcher.courses([query], vectors, self.k))
        best = sorted(found, key=lambda hit: -hit.rank)[: self.k]
        return [
            _document(record, hit.similarity)
            for hit in best
            if (record := library.catalogue.record(hit.record_id)) is not None
        ]


def _document(record: Record, similarity: float) -> Document:
    source = evidence_of(record)
    return Document(
        id=source.record_id,
        page_content=source.text,
        metadata={
            "title": source.title,
            "kind": source.kind,
            "url": source.url,
            "as_of": source.as_of,
            "confidence": str(source.confidence),
            "similarity": similarity,
        },
    )
